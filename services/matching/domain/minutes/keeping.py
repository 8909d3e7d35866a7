"""How the document that both sides confirm is kept: beside its case, so that whoever works on that need not open it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from eventstore.decider import Decider
from eventstore.protection import Business, Sealed
from eventstore.records import StreamId
from services.matching.domain.case.dialogue import edition_id
from services.matching.domain.event_types import EVENTS


@EVENTS.event(category="minutes", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class MinutesKept:
    """The document (PDF) of an edition of a session's minutes, whose SHA-256 stands in the case's own record."""

    case_id: UUID
    session_id: UUID
    edition: int
    file: Business[bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepMinutes:
    """Keep the document of an edition. The fields are those of the event."""

    case_id: UUID
    session_id: UUID
    edition: int
    file: bytes = field(repr=False)


def decide(command: KeepMinutes, kept: MinutesKept | None) -> Sequence[MinutesKept]:
    """What is kept stays as it is."""
    if kept is not None:
        return []
    return [
        MinutesKept(
            case_id=command.case_id,
            session_id=command.session_id,
            edition=command.edition,
            file=Sealed(command.file),
        )
    ]


def evolve(_: MinutesKept | None, event: MinutesKept) -> MinutesKept:
    """What is kept after an event."""
    return event


MINUTES: Final[Decider[KeepMinutes, MinutesKept | None]] = Decider(
    category="minutes", initial=None, decide=decide, evolve=evolve
)


def minutes_stream(session_id: UUID, edition: int) -> StreamId:
    """Where the document of an edition of a session's minutes is kept."""
    return StreamId(MINUTES.category, edition_id(session_id, edition))
