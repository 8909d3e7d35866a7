"""The SQL of one service's partitions, written once and prepared by the driver."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

from psycopg.sql import SQL, Composed, Identifier

from eventstore.database import Connection

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
    def copy_in(self) -> Composed:
        """COPY in the binary form."""
        return SQL("COPY {} FROM STDIN (FORMAT binary)").format(self.into)

    @property
    def unnested(self) -> Composed:
        """`unnest(…)` of one array parameter per column."""
        arrays = SQL(", ").join(SQL("%b::{}[]").format(SQL(name)) for name in self.types)
        return SQL("unnest({})").format(arrays)

    def copy(self, connection: Connection, rows: Iterable[Sequence[object]]) -> None:
        """Copies rows in; nothing for none."""
        rows = list(rows)
        if not rows:
            return
        with connection.cursor().copy(self.copy_in) as copying:
            copying.set_types(self.types)
            for row in rows:
                copying.write_row(row)


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
    def append(self, count: int, *, first: bool, sealed: bool) -> bytes:
        """Appends `count` events in one statement, with their keys, sealed values and look-ups if there are any.

        Parameters: stream id and version that must exist (unless `first`), the columns of keys, values and look-ups
        as arrays (if `sealed`), then the events row by row. Its row count is `count`; 0 without the previous version.
        """
        row = SQL("({})").format(SQL(", ").join(SQL("%b::{}").format(SQL(name)) for name in EVENT_TYPES))
        rows = SQL(", ").join([row] * count)
        if first and not sealed:
            return SQL("INSERT INTO {} VALUES {}").format(self.events.into, rows).as_bytes()
        return (
            SQL("WITH previous AS ({}){} INSERT INTO {} SELECT given.* FROM (VALUES {}) given, previous")
            .format(
                SQL("SELECT") if first else self._exists, self._beside() if sealed else SQL(""), self.events.into, rows
            )
            .as_bytes()
        )

    @property
    def _exists(self) -> Composed:
        return SQL("SELECT FROM {} WHERE stream_id = %b AND version = %b").format(Identifier(self.events.name))

    def _beside(self) -> Composed:
        """What is inserted beside the events, each part only if the previous version exists."""
        return SQL("").join(
            SQL(", {} AS (INSERT INTO {} SELECT given.* FROM {} given, previous{})").format(
                Identifier(name), table.into, table.unnested, SQL(on_conflict)
            )
            for name, table, on_conflict in (
                ("added_keys", self.keys, ""),
                ("added_values", self.values, ""),
                ("added_indexes", self.indexes, " ON CONFLICT DO NOTHING"),
            )
        )

    @cached_property
    def load(self) -> Composed:
        """The records of a stream after a version, in order."""
        return SQL(
            "SELECT record FROM {} WHERE stream_id = %b AND category = %b AND version > %b ORDER BY version"
        ).format(Identifier(self.events.name))

    @cached_property
    def load_keys(self) -> Composed:
        """The wrapped keys of a stream."""
        return SQL("SELECT id, class_group, subject, master_key, wrapped FROM {} WHERE stream_id = %b").format(
            Identifier(self.keys.name)
        )

    @cached_property
    def load_values(self) -> Composed:
        """The sealed values under a list of keys."""
        return SQL("SELECT event_id, key_id, blob FROM {} WHERE key_id = ANY(%b)").format(Identifier(self.values.name))

    @cached_property
    def versions(self) -> Composed:
        """The last version of each of a list of streams."""
        return SQL("SELECT stream_id, max(version) FROM {} WHERE stream_id = ANY(%b) GROUP BY stream_id").format(
            Identifier(self.events.name)
        )

    @cached_property
    def find(self) -> Composed:
        """The streams that a blind index finds."""
        return SQL("SELECT category, stream_id FROM {} WHERE name = %s AND digest = %s").format(
            Identifier(self.indexes.name)
        )
