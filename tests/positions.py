"""A log as its positions tell it, and what must hold of every one of them."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

import psycopg

from eventstore.records import read


class Numbered(NamedTuple):
    """What stands at a position; version 0 where the event is gone."""

    position: int
    service: str
    sequence: int
    stream: str
    version: int
    type: str
    id: UUID | None
    record: bytes | None

    @property
    def envelope(self) -> dict[str, Any]:
        """The whole envelope."""
        return read(self.record or b"{}")

    @property
    def causation(self) -> UUID | None:
        """The event that this one follows from."""
        cause = self.envelope["causation"]
        return cause and UUID(cause)


def positions(connection: psycopg.Connection[Any]) -> list[Numbered]:
    """Everything that is numbered, in order."""
    rows = connection.execute(
        "SELECT position, service, sequence, concat(category, '-', stream_id), coalesce(version, 0),"
        " coalesce(type, ''), id, record FROM positions LEFT JOIN events USING (service, sequence) ORDER BY position"
    )
    return [Numbered(*row) for row in rows.fetchall()]


def disorder(log: Sequence[Numbered], stored: int) -> list[str]:
    """How the log is not the `stored` events, each at one position, dense, and each stream in its own order."""
    found = []
    if [one.position for one in log] != list(range(1, len(log) + 1)):
        found.append("positions are not dense")
    if len({(one.service, one.sequence) for one in log}) != len(log):
        found.append("an event has two positions")
    if len(log) != stored:
        found.append(f"{stored} events are stored and {len(log)} numbered")
    versions: dict[str, int] = {}
    for one in log:
        if one.version != versions.get(one.stream, 0) + 1:
            found.append(f"position {one.position}: {one.stream} v{one.version} after v{versions.get(one.stream, 0)}")
        versions[one.stream] = one.version
    return found
