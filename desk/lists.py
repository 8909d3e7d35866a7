"""Lists: pages of a projection's rows, in the log's order or in another that stays put. They open nothing sealed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from psycopg.rows import dict_row
from psycopg.sql import SQL, Composable, Identifier

from desk.forms.listing import Listing
from desk.office import Office
from eventstore.errors import NotFound
from eventstore.events import as_json
from eventstore.following.subscriptions import Subscription


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadModel:
    """A projection's first table as a list. key: the column that names a row. columns: what is told of it.

    order: the column by which rows are ordered, equal ones by their key. Unless named it is `position`, that of the
    event that brought the row, which no event changes: then pages skip and repeat nothing. By another column a row is
    found where it stands when its page is asked for: one that moves meanwhile may be told twice, or be missed.
    """

    subscription: Subscription[Any]
    key: str
    columns: tuple[str, ...]
    order: str = "position"

    def page(
        self, office: Office, listing: Listing, *seen: Composable, where: Sequence[Composable] = (), **equal: object
    ) -> dict[str, Any]:
        """`items`; `after`, with which the next page is asked for, or None at the end; `as_of`, how fresh it is.

        seen: conditions of the rows that there are for whoever asks; any other is none, `after` included. where: other
        conditions. equal: column → value that the rows must have, or None for any; a list → what a column of lists must
        contain.
        Raises `NotYetFollowed` where the page cannot show yet what it has to, `NotFound` for an `after` that is no row.
        """
        if listing.at_least is not None:
            office.freshness.wait(self.subscription, listing.at_least)
        as_of = office.freshness.of(self.subscription)
        wanted = {column: value for column, value in equal.items() if value is not None}
        rows = self._rows(office, listing, seen, [*where, *_equal(wanted)])
        shown = rows[: listing.limit]
        after = str(shown[-1][self.key]) if len(rows) > listing.limit else None
        return {"items": as_json(shown), "after": after, "as_of": asdict(as_of)}

    def _rows(
        self, office: Office, listing: Listing, seen: Sequence[Composable], wanted: Sequence[Composable]
    ) -> list[dict[str, Any]]:
        """One row more than the page has, so that it is known whether another page follows."""
        table, key, order = Identifier(self.subscription.tables[0]), Identifier(self.key), Identifier(self.order)
        conditions = [*seen, *wanted]
        with office.database.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
            if listing.after is not None:
                where = _all([SQL("{} = {}").format(key, listing.after), *seen])
                found = SQL("SELECT {} AS place FROM {} WHERE {}").format(order, table, where)
                last = cursor.execute(found).fetchone()
                if last is None:
                    raise NotFound
                conditions.append(SQL("({}, {}) > ({}, {})").format(order, key, last["place"], listing.after))
            statement = SQL("SELECT {} FROM {}{} ORDER BY {}, {} LIMIT {}").format(
                SQL(", ").join(map(Identifier, self.columns)),
                table,
                SQL(" WHERE {}").format(_all(conditions)) if conditions else SQL(""),
                order,
                key,
                listing.limit + 1,
            )
            return cursor.execute(statement).fetchall()


def _equal(wanted: Mapping[str, object]) -> Iterator[Composable]:
    for name, value in wanted.items():
        yield SQL("{} @> {}" if isinstance(value, list) else "{} = {}").format(Identifier(name), value)


def _all(conditions: Sequence[Composable]) -> Composable:
    return SQL(" AND ").join(conditions)
