"""Lists: pages of a projection's rows, in the log's order. They open nothing sealed."""

from collections.abc import Mapping
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
    """A projection's one table as a list. key: the column that names a row. columns: what is told of it.

    The table has `position`, that of the event that brought the row.
    """

    subscription: Subscription[Any]
    key: str
    columns: tuple[str, ...]

    def page(self, office: Office, listing: Listing, **equal: object) -> dict[str, Any]:
        """`items`; `after`, with which the next page is asked for, or None at the end; `as_of`, how fresh it is.

        equal: column → value that the rows must have, or None for any. Raises `NotYetFollowed` where the page cannot
        show yet what it has to, `NotFound` for an `after` that is no row.
        """
        if listing.at_least is not None:
            office.freshness.wait(self.subscription, listing.at_least)
        as_of = office.freshness.of(self.subscription)
        wanted = {column: value for column, value in equal.items() if value is not None}
        rows = self._rows(office, listing, wanted)
        shown = rows[: listing.limit]
        after = str(shown[-1][self.key]) if len(rows) > listing.limit else None
        return {"items": as_json(shown), "after": after, "as_of": asdict(as_of)}

    def _rows(self, office: Office, listing: Listing, wanted: Mapping[str, object]) -> list[dict[str, Any]]:
        """One row more than the page has, so that it is known whether another page follows."""
        table, key = Identifier(*self.subscription.tables), Identifier(self.key)
        conditions: list[Composable] = [
            SQL("{} = {}").format(Identifier(name), value) for name, value in wanted.items()
        ]
        with office.database.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
            if listing.after is not None:
                found = SQL("SELECT position FROM {} WHERE {} = {}").format(table, key, listing.after)
                last = cursor.execute(found).fetchone()
                if last is None:
                    raise NotFound
                conditions.append(SQL("position > {}").format(last["position"]))
            statement = SQL("SELECT {} FROM {}{} ORDER BY position LIMIT {}").format(
                SQL(", ").join(map(Identifier, self.columns)),
                table,
                SQL(" WHERE {}").format(SQL(" AND ").join(conditions)) if conditions else SQL(""),
                listing.limit + 1,
            )
            return cursor.execute(statement).fetchall()
