"""The SQL of one service's partitions, written once and prepared by the driver."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final, LiteralString

from psycopg.sql import SQL, Composed, Identifier

from eventstore.binary import Rows, copied
from eventstore.database import Connection

ON_CONFLICT: Final = " ON CONFLICT DO NOTHING"
EVENT_TYPES: Final = ("text", "uuid", "int4", "uuid", "text", "int2", "uuid", "timestamptz", "bytea")


@dataclass(frozen=True)
class Table:
    """One table of a service's partition with the columns that an append fills, in order, and their types."""

    name: str
    columns: tuple[str, ...]
    types: tuple[str, ...]

    @property
    def into(self) -> Composed:
        """`table (column, …)`, as INSERT and COPY want it."""
        return SQL("{} ({})").format(Identifier(self.name), SQL(", ").join(map(Identifier, self.columns)))

    @cached_property
    def copy_in(self) -> bytes:
        """COPY in the binary form."""
        return SQL("COPY {} FROM STDIN (FORMAT binary)").format(self.into).as_bytes()

    def insert(self, count: int, *, after: int = 0, only: str = "") -> Composed:
        """INSERT of so many rows, whose parameters come after the first `after`; `only` ends the statement."""
        width = len(self.types)
        rows = (
            ", ".join(f"${n}::{name}" for n, name in enumerate(self.types, after + 1 + row * width))
            for row in range(count)
        )
        values = SQL(", ").join(SQL(f"({row})") for row in rows)
        return SQL("INSERT INTO {} SELECT given.* FROM (VALUES {}) given{}").format(self.into, values, SQL(only))

    def copy(self, connection: Connection, rows: Rows) -> None:
        """Copies rows in."""
        with connection.cursor().copy(self.copy_in) as copying:
            for piece in copied(rows):
                copying.write(piece)


class Statements:
    """The statements of one service."""

    def __init__(self, service: str) -> None:
        self.service = service
        self.events = Table(
            f"events_{service}",
            ("category", "stream_id", "version", "id", "type", "schema_version", "command_id", "recorded_at", "record"),
            EVENT_TYPES,
        )
        self.keys = Table(
            f"data_keys_{service}",
            ("id", "category", "stream_id", "class_group", "subject", "master_key", "wrapped"),
            ("uuid", "text", "uuid", "text", "uuid", "uuid", "bytea"),
        )
        self.values = Table(f"sealed_values_{service}", ("key_id", "event_id", "blob"), ("uuid", "uuid", "bytea"))
        self.indexes = Table(
            f"blind_indexes_{service}",
            ("name", "digest", "category", "stream_id", "key_id"),
            ("text", "bytea", "text", "uuid", "uuid"),
        )

    @staticmethod
    @lru_cache
    def of(service: str) -> "Statements":
        """The statements of a service, made once."""
        return Statements(service)

    @lru_cache  # noqa: B019 - one Statements per service lives as long as the process
    def append(self, first: bool, events: int, keys: int = 0, values: int = 0, indexes: int = 0) -> bytes:
        """Appends so many events in one statement, and so many wrapped keys, sealed values and look-ups beside them.

        Parameters, row by row: in this order. Its row count is `events`; 0 where these are not the `first` of their
        stream and the version before them does not exist.
        """
        parts = [SQL("previous AS ({})").format(SQL("SELECT") if first else self._previous)]
        after = events * len(self.events.types)
        for name, table, rows, on_conflict in (
            ("added_keys", self.keys, keys, ""),
            ("added_values", self.values, values, ""),
            ("added_indexes", self.indexes, indexes, ON_CONFLICT),
        ):
            if rows:
                insert = table.insert(rows, after=after, only=", previous" + on_conflict)
                parts.append(SQL("{} AS ({})").format(SQL(name), insert))
                after += rows * len(table.types)
        insert = self.events.insert(events, only=", previous")
        return SQL("WITH {} {}").format(SQL(", ").join(parts), insert).as_bytes()

    @property
    def _previous(self) -> Composed:
        """One row if the version before the first event's exists: $2 is that event's stream, $3 its version."""
        return SQL("SELECT FROM {} WHERE stream_id = $2::uuid AND version = $3::int4 - 1").format(
            Identifier(self.events.name)
        )

    @lru_cache  # noqa: B019 - as above
    def add_indexes(self, count: int) -> bytes:
        """Adds `count` look-ups, but those that are there."""
        return self.indexes.insert(count, only=ON_CONFLICT).as_bytes()

    @cached_property
    def load(self) -> bytes:
        """The records of a stream after a version, in order."""
        return self._on(
            self.events,
            "SELECT record FROM {} WHERE stream_id = %b AND category = %b AND version > %b ORDER BY version",
        )

    @cached_property
    def load_keys(self) -> bytes:
        """The wrapped keys of a stream."""
        return self._on(self.keys, "SELECT id, class_group, subject, master_key, wrapped FROM {} WHERE stream_id = %b")

    @cached_property
    def load_values(self) -> bytes:
        """The sealed values under a list of keys."""
        return self._on(self.values, "SELECT event_id, key_id, blob FROM {} WHERE key_id = ANY(%b)")

    @cached_property
    def existing(self) -> bytes:
        """A row for each of a list of streams ($1) that has the version listed ($2): looked up one by one."""
        return self._on(
            self.events,
            "SELECT FROM unnest($1::uuid[], $2::int4[]) given (stream_id, version) WHERE (SELECT true FROM {} event"
            " WHERE event.stream_id = given.stream_id AND event.version = given.version)",
        )

    @cached_property
    def find(self) -> bytes:
        """The streams that a blind index finds."""
        return self._on(self.indexes, "SELECT category, stream_id FROM {} WHERE name = %s AND digest = %s")

    @staticmethod
    def _on(table: Table, statement: LiteralString) -> bytes:
        """A statement on one table as bytes, which the driver need not put together anew each time."""
        return SQL(statement).format(Identifier(table.name)).as_bytes()
