"""Reads the log by position: the records of some types between two positions, in order.

Positions and sequence numbers run side by side in stretches, which end where a transaction was rolled back or came
late: stretch by stretch a page is a range of the events' own index. Looking each position up costs twice the time.

    positions   11 12 13 | 14 15 16        a page
    sequence    20 21 22 | 24 25 26        23 was rolled back: two stretches
"""

from collections.abc import Mapping
from operator import itemgetter
from typing import Final, NamedTuple, TypeAlias

from psycopg.sql import SQL, Identifier

from eventstore.database import Connection

FEW: Final = 8
"""Stretches of a page up to which each is read as a range."""

Followed: TypeAlias = tuple[int, bytes]
"""Position and record."""


class _Stretch(NamedTuple):
    """Positions that are `ahead` less than their sequence numbers, from `lowest` to `highest` of these."""

    ahead: int
    lowest: int
    highest: int
    size: int

    @property
    def is_whole(self) -> bool:
        """Whether every number in between belongs to it."""
        return self.highest - self.lowest + 1 == self.size


_ENDS: Final = (
    "SELECT min(sequence - position), max(sequence - position), min(sequence), max(sequence), count(*) FROM positions"
    " WHERE position BETWEEN %b AND %b"
)
_STRETCHES: Final = (
    "SELECT sequence - position, min(sequence), max(sequence), count(*) FROM positions"
    " WHERE position BETWEEN %b AND %b GROUP BY 1 ORDER BY min(position)"
)
_RANGE: Final = SQL(
    "SELECT sequence - %b, record FROM {} WHERE sequence BETWEEN %b AND %b AND type = ANY(%b) ORDER BY sequence"
)
_LOOKED_UP: Final = SQL(
    "SELECT p.position, e.record FROM positions p JOIN {} e ON e.sequence = p.sequence"
    " WHERE p.position BETWEEN %b AND %b AND p.service = {} AND e.type = ANY(%b) ORDER BY p.position"
)


class LogPages:
    """The log as it is read by who follows certain event types of certain services."""

    def __init__(self, types: Mapping[str, list[str]]) -> None:
        """types: service → its event types."""
        self._types = types
        self._range = {service: _RANGE.format(Identifier(f"events_{service}")).as_bytes() for service in types}
        self._looked_up = {
            service: _LOOKED_UP.format(Identifier(f"events_{service}"), service).as_bytes() for service in types
        }

    def between(self, connection: Connection, first: int, last: int) -> list[Followed]:
        """The records from position `first` to `last`, both included, in order."""
        stretches = _stretches(connection, first, last)
        if len(stretches) > FEW or not all(stretch.is_whole for stretch in stretches):
            return self._read(connection, self._looked_up, (first, last))
        rows: list[Followed] = []
        for stretch in stretches:
            read = self._read(connection, self._range, stretch[:3])
            rows = rows + read if rows else read
        return rows

    def _read(self, connection: Connection, statements: Mapping[str, bytes], bounds: tuple[int, ...]) -> list[Followed]:
        """What lies within the bounds, of every service, in order."""
        rows: list[Followed] = []
        for service, statement in statements.items():
            parameters = (*bounds, self._types[service])
            rows += connection.execute(statement, parameters, binary=True, prepare=True).fetchall()
        if len(statements) > 1:
            rows.sort(key=itemgetter(0))
        return rows


def _stretches(connection: Connection, first: int, last: int) -> list[_Stretch]:
    """The stretches of a page in order; most pages are one."""
    ends = connection.execute(_ENDS, (first, last), binary=True, prepare=True).fetchone()
    if ends is None or ends[0] is None:
        return []
    least, most, *stretch = ends
    if least == most:
        return [_Stretch(least, *stretch)]
    rows = connection.execute(_STRETCHES, (first, last), binary=True, prepare=True).fetchall()
    return [_Stretch(*row) for row in rows]
