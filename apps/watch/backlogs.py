"""What waits: how much of it, and how long the oldest has waited."""

from dataclasses import dataclass
from datetime import datetime
from math import inf
from typing import Any, Final

from eventstore.database import Connection

MOST: Final = 10_000
"""As far as something is counted: more tells nobody more, and the question stays cheap however large the log is."""

_UNNUMBERED: Final = (
    "SELECT count(*), min(recorded_at) FROM ("
    "(SELECT recorded_at FROM events WHERE sequence > %(seen)s ORDER BY sequence LIMIT %(most)s)"
    " UNION ALL (SELECT recorded_at FROM events e WHERE sequence BETWEEN %(first)s AND %(last)s"
    "  AND NOT EXISTS (SELECT FROM positions p"
    "   WHERE p.sequence BETWEEN %(first)s AND %(last)s AND p.sequence = e.sequence))"
    ") waiting"
)
_RECORDED: Final = (
    "SELECT p.position, e.recorded_at FROM positions p"
    " JOIN events e ON e.service = p.service AND e.sequence = p.sequence WHERE p.position = ANY(%s)"
)


@dataclass(frozen=True, slots=True)
class Backlog:
    """Things that wait. age: seconds since the oldest was recorded or parked; 0 for none, inf where nobody can tell."""

    count: int
    age: float

    @classmethod
    def of(cls, count: int, oldest: datetime | None, now: datetime) -> "Backlog":
        """So many, the oldest from that instant; an instant yet to come is now (another machine's clock)."""
        if not count:
            return cls(0, 0.0)
        return cls(count, max((now - oldest).total_seconds(), 0.0) if oldest else inf)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How far everybody is. head, published: positions. seen, decided: sequence numbers, as the sequencer has them."""

    head: int
    published: int
    seen: int
    decided: int

    @classmethod
    def ask(cls, connection: Connection) -> "Reach":
        """As the database has it in the connection's snapshot."""
        head, seen, decided, published = one(
            connection,
            "SELECT (SELECT coalesce(max(position), 0) FROM positions),"
            " (SELECT coalesce(max(sequence), 0) FROM positions), decided, published FROM relay_progress",
        )
        return cls(head=head, published=published, seen=max(seen, decided), decided=decided)


def unnumbered(connection: Connection, reach: Reach, now: datetime) -> Backlog:
    """Events committed and not yet numbered, at most some `MOST` of them.

    They lie beyond what the sequencer has seen, or in a hole before it: the first hole begins where `decided` ends.
    """
    count, oldest = one(
        connection,
        _UNNUMBERED,
        {
            "seen": reach.seen,
            "first": reach.decided + 1,
            "last": min(reach.seen, reach.decided + MOST),
            "most": MOST,
        },
    )
    return Backlog.of(count, oldest, now)


def behind(connection: Connection, head: int, reached: list[int], now: datetime) -> list[Backlog]:
    """For each position reached: what follows it in the log. An event that is gone has no age."""
    firsts = [position + 1 for position in reached if position < head]
    recorded: dict[int, datetime] = dict(connection.execute(_RECORDED, (firsts,)).fetchall()) if firsts else {}
    return [Backlog.of(max(head - position, 0), recorded.get(position + 1), now) for position in reached]


def one(connection: Connection, statement: str, arguments: Any = None) -> tuple[Any, ...]:
    """The only row of a question that always has one."""
    row = connection.execute(statement, arguments).fetchone()
    assert row is not None  # noqa: S101 - an aggregate or a table of one row
    return tuple(row)
