"""The sequencer: gives each committed event its permanent, dense position, its leaf, and its place in the tree.

A sequence number is drawn inside the INSERT and committed later, so the numbers that can be seen have holes: events
still to come, or rolled back. What can be seen is numbered at once, in the order of the sequence within one snapshot,
which keeps each stream's own order (a version is inserted only after the one before it is committed). A hole is waited
for until every transaction that held a row lock on the events when the hole was known has ended: then it is decided.

    hole seen in snapshot 1 → lock holders noted → … → none of them holds a lock → snapshot n shows it, or never will

So a slow transaction delays its own events and nobody else's, and nothing is lost (PostgreSQL: a transaction becomes
visible before it releases its locks, and takes the lock before it draws the number).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import psycopg
from psycopg.sql import SQL

from eventstore.database import Connection
from eventstore.errors import Unavailable
from eventstore.ledger.stored import StoredTree
from eventstore.ledger.tree import Growing
from eventstore.relay.single import SEQUENCER, take

BATCH: Final = 5_000

_HOLDERS: Final = SQL(
    "SELECT DISTINCT virtualtransaction FROM pg_locks WHERE locktype = 'relation' AND mode = 'RowExclusiveLock'"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND (relation = 'events'::regclass"
    " OR relation IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = 'events'::regclass))"
)
_NUMBER: Final = SQL(
    "WITH seen AS ("
    " (SELECT sequence, service, record FROM events WHERE sequence > %(after)s ORDER BY sequence LIMIT %(batch)s)"
    " UNION ALL SELECT sequence, service, record FROM events WHERE sequence = ANY(%(holes)s)"
    ") INSERT INTO positions (position, sequence, service, leaf)"
    " SELECT %(size)s + row_number() OVER (ORDER BY sequence), sequence, service, sha256('\\x00'::bytea || record)"
    " FROM seen ORDER BY sequence RETURNING position, sequence, leaf"
)


@dataclass(slots=True)
class Holes:
    """Sequence numbers that could not be seen, with the transactions that may still bring them."""

    numbers: set[int]
    holders: frozenset[str] | None = None

    def note(self, holding: frozenset[str]) -> None:
        """Notes who holds locks, once: only they can have drawn these numbers."""
        if self.holders is None:
            self.holders = holding

    def is_decided(self, holding: frozenset[str]) -> bool:
        """Whether all of them have ended."""
        return self.holders is not None and not self.holders & holding


@dataclass(slots=True)
class Sequencer:
    """Numbers one city's events over a connection of its own, which holds the lock that makes it single."""

    connection: Connection
    tree: Growing = field(default_factory=Growing)
    decided: int = 0
    seen: int = 0
    holes: list[Holes] = field(default_factory=list)

    @classmethod
    def begin(cls, connection: Connection) -> "Sequencer":
        """Takes the lock and finds where to go on. Raises `AnotherRelay`."""
        take(connection, SEQUENCER)
        (size,) = _one(connection, "SELECT coalesce(max(position), 0) FROM positions")
        (decided,) = _one(connection, "SELECT decided FROM relay_progress")
        (seen,) = _one(connection, "SELECT coalesce(max(sequence), 0) FROM positions")
        begun = cls(connection, Growing.at(size, StoredTree(connection)), decided, max(seen, decided))
        begun._find_holes()
        return begun

    def step(self) -> int:
        """Numbers what can be seen now; gives how many events that were. Zero: there was nothing new."""
        with _fails_as_unavailable():
            if not self.holes and not self._is_something_new():
                return 0
            holding = frozenset(row[0] for row in self.connection.execute(_HOLDERS).fetchall())
            decided = [holes for holes in self.holes if holes.is_decided(holding)]
            for holes in self.holes:
                holes.note(holding)
            with self.connection.transaction():
                numbered = self._number()
                self._forget(decided)
                self._remember()
        return numbered

    def _is_something_new(self) -> bool:
        # By the index from its end: an EXISTS is planned as a scan of the whole table while statistics are old.
        row = self.connection.execute("SELECT sequence FROM events ORDER BY sequence DESC LIMIT 1").fetchone()
        return row is not None and row[0] > self.seen

    def _find_holes(self) -> None:
        """What was open when the sequencer before this one ended."""
        rows = self.connection.execute(
            "SELECT number FROM generate_series(%s::bigint, %s::bigint) number"
            " WHERE NOT EXISTS (SELECT FROM positions WHERE sequence = number)",
            (self.decided + 1, self.seen),
        ).fetchall()
        if rows:
            self.holes.append(Holes({row[0] for row in rows}))

    def _number(self) -> int:
        asked = [number for holes in self.holes for number in holes.numbers]
        rows = self.connection.execute(
            _NUMBER, {"after": self.seen, "batch": BATCH, "holes": asked, "size": self.tree.size}
        ).fetchall()
        rows.sort()
        nodes = [made for _, _, leaf in rows for made in self.tree.add(leaf)]
        if nodes:
            with self.connection.cursor() as cursor:
                cursor.executemany("INSERT INTO tree_nodes (level, number, hash) VALUES (%s, %s, %s)", nodes)
        self._see([sequence for _, sequence, _ in rows])
        return len(rows)

    def _see(self, sequences: Sequence[int]) -> None:
        """Fills holes, and notes the new ones below the highest number seen."""
        for holes in self.holes:
            holes.numbers.difference_update(sequences)
        new = [sequence for sequence in sequences if sequence > self.seen]
        if new:
            missing = set(range(self.seen + 1, max(new))).difference(new)
            self.seen = max(new)
            if missing:
                self.holes.append(Holes(missing))

    def _forget(self, decided: Sequence[Holes]) -> None:
        over = {id(holes) for holes in decided}
        self.holes = [holes for holes in self.holes if holes.numbers and id(holes) not in over]

    def _remember(self) -> None:
        decided = min((min(holes.numbers) - 1 for holes in self.holes), default=self.seen)
        if decided > self.decided:
            self.connection.execute("UPDATE relay_progress SET decided = %s", (decided,))
            self.decided = decided


def _one(connection: Connection, statement: str, *arguments: object) -> tuple[Any, ...]:
    row = connection.execute(statement, arguments).fetchone()
    assert row is not None  # noqa: S101 - an aggregate or a table of one row
    return tuple(row)


@contextmanager
def _fails_as_unavailable() -> Iterator[None]:
    """A lost connection in our own words: the lock is lost with it, and a new sequencer has to begin."""
    try:
        yield
    except psycopg.OperationalError as fault:
        raise Unavailable(
            f"the database does not answer ({type(fault).__name__})", code="database_unavailable"
        ) from fault
