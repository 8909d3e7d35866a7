"""How far the city has come with an accepted proposal, as its proposer is told: steps and days, no department's name.

Only where the city's pack says so (S04): what departments say to each other is not told, but that another is asked is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum, unique
from typing import Final
from uuid import UUID, uuid5

from desk.foreign import reading
from eventstore.records import Recorded, StreamId
from eventstore.store import EventStore
from services.intake.domain.proposal.outcomes import ProposalAccepted
from services.intake.projections.answers import Answered
from services.intake.queries.cases import Held

CASE: Final = "case"
OPENED_BY: Final = "matching.open_cases/"
"""By what matching's command is named that opens a case; its stream has the command's id."""
LEAD: Final = "lead"


@unique
class Step(StrEnum):
    """What the proposer is told of. A department is sought again where the one before did not take the case."""

    DEPARTMENT_SOUGHT = "department_sought"
    DEPARTMENT_FOUND = "department_found"
    DIALOGUE_HELD = "dialogue_held"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What is read of `CaseOffered`."""

    offer_id: UUID
    part: str
    offered_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What is read of `OfferTaken`."""

    offer_id: UUID
    taken_on: date


READS: Final = {
    "CaseOffered": reading(Offered),
    "OfferTaken": reading(Taken),
    "SessionHeld": reading(Held),
    "ProposerAnswered": reading(Answered),
}


def steps(store: EventStore, proposal: Sequence[Recorded]) -> Iterator[tuple[Step, date]]:
    """Each step with its day, in the order in which they are on record. proposal: the proposal's events."""
    leads: set[UUID] = set()
    for recorded in _case_of(store, proposal):
        match READS[recorded.type](recorded.event) if recorded.type in READS else None:
            case Offered() as offered if offered.part == LEAD:
                leads.add(offered.offer_id)
                yield Step.DEPARTMENT_SOUGHT, offered.offered_on
            case Taken() as taken if taken.offer_id in leads:
                yield Step.DEPARTMENT_FOUND, taken.taken_on
            case Held() as held:
                yield Step.DIALOGUE_HELD, held.held_on
            case Answered() as answered:
                yield Step.ANSWERED, answered.answered_on
            case _:
                continue


def _case_of(store: EventStore, proposal: Sequence[Recorded]) -> Sequence[Recorded]:
    """The events of the case that the acceptance opened; none while there is none."""
    for recorded in proposal:
        if isinstance(recorded.event, ProposalAccepted):
            return store.load_fields(StreamId(CASE, uuid5(recorded.id, OPENED_BY)))
    return ()
