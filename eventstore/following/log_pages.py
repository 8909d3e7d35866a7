"""Reads the log by position: the events of some types between two positions, in order, decoded to their envelopes.

Positions and sequence numbers run side by side in stretches, which end where a transaction was rolled back or came
late: stretch by stretch a page is a range of the events' own index. Looking each position up costs twice the time.

    positions   11 12 13 | 14 15 16        a page
    sequence    20 21 22 | 24 25 26        23 was rolled back: two stretches
"""

from collections.abc import Iterator, Mapping
from operator import itemgetter
from typing import Any, Final, TypeAlias

from psycopg.sql import SQL, Identifier

from eventstore.database import Connection
from eventstore.records import read

FEW: Final = 8
"""Stretches of a page up to which each is read as a range."""

Followed: TypeAlias = tuple[int, dict[str, Any]]
"""Position and envelope."""

_STRETCHES: Final = (
    "SELECT sequence - position, min(sequence), max(sequence), count(*) FROM positions"
    " WHERE position BETWEEN %b AND %b GROUP BY 1 ORDER BY min(position)"
)
_STRETCH: Final = SQL("SELECT sequence - %b, record FROM {} WHERE sequence BETWEEN %b AND %b AND type = ANY(%b)")
_LOOKED_UP: Final = SQL(
    "SELECT p.position, e.record FROM positions p JOIN {} e ON e.sequence = p.sequence"
    " WHERE p.position BETWEEN %b AND %b AND p.service = {} AND e.type = ANY(%b)"
)


class LogPages:
    """The log as it is read by who follows certain event types of certain services."""

    def __init__(self, types: Mapping[str, list[str]]) -> None:
        """types: service → its event types."""
        self._types = types
        self._stretch = {service: _STRETCH.format(Identifier(f"events_{service}")).as_bytes() for service in types}
        self._looked_up = {
            service: _LOOKED_UP.format(Identifier(f"events_{service}"), service).as_bytes() for service in types
        }

    def between(self, connection: Connection, first: int, last: int) -> Iterator[Followed]:
        """The events from position `first` to `last`, both included, in order."""
        stretches = connection.execute(_STRETCHES, (first, last), binary=True, prepare=True).fetchall()
        rows: list[tuple[int, bytes]] = []
        if len(stretches) <= FEW and all(highest - lowest + 1 == count for _, lowest, highest, count in stretches):
            for ahead, lowest, highest, _ in stretches:
                rows += self._rows(connection, self._stretch, (ahead, lowest, highest))
        else:
            rows += self._rows(connection, self._looked_up, (first, last))
        rows.sort(key=itemgetter(0))
        for position, record in rows:
            yield position, read(record)

    def _rows(
        self, connection: Connection, statements: Mapping[str, bytes], bounds: tuple[int, ...]
    ) -> Iterator[tuple[int, bytes]]:
        for service, statement in statements.items():
            parameters = (*bounds, self._types[service])
            yield from connection.execute(statement, parameters, binary=True, prepare=True).fetchall()
