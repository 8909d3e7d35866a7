"""What an entry's events come to: how its measure stands, and what is known of its candidates."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum, unique
from typing import assert_never
from uuid import UUID

from services.intake.domain.parties import Likeness, Party, likeness
from services.intake.domain.register_entry.events import (
    CandidateConfirmed,
    CandidateDismissed,
    CandidateFound,
    MeasureBegun,
    MeasureCorrected,
    MeasureEnded,
    MeasureEntered,
    MeasureLifted,
    MeasureStated,
    RegisterEntryEvent,
)
from services.intake.domain.register_entry.measure import Standing


@unique
class Candidacy(StrEnum):
    """What is known of a proposal whose proposer may be the party."""

    FOUND = "found"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterEntry:
    """What later decisions need to know of an entry.

    standing: as it is on record; None before the entry is made. candidates: proposal → what is known of it.
    """

    stated: MeasureStated | None = None
    standing: Standing | None = None
    lifted_on: date | None = None
    candidates: Mapping[UUID, Candidacy] = field(default_factory=dict)

    def is_done(self, day: date) -> bool:
        """Whether nothing follows from the measure any more: it was lifted, or its period is over by record or day."""
        if self.stated is None or self.standing in (Standing.OVER, Standing.LIFTED):
            return True
        return self.stated.until_day is not None and self.stated.until_day < day


@unique
class Concern(StrEnum):
    """What an entry means for a proposal."""

    FLAGS = "flags"
    ASKS = "asks"
    NONE = "none"


def concern(entry: RegisterEntry, party: Party, proposal_id: UUID, proposer: Party, day: date) -> Concern:
    """Whether an entry flags a proposal, has a person asked, or does not concern it on a day.

    party: the entry's. An equal number flags, and so does whatever a person confirmed. An equal name alone asks, until
    a person dismissed it; it asks before the period begins, too, so that the answer is there by then. Nothing is
    flagged before the record says that the period has begun, nor after its last day, however late that is recorded.
    """
    if entry.is_done(day):
        return Concern.NONE
    alike, known = likeness(party, proposer), entry.candidates.get(proposal_id)
    if alike is Likeness.SAME or known is Candidacy.CONFIRMED:
        return Concern.FLAGS if entry.standing is Standing.BARRING else Concern.NONE
    return Concern.ASKS if alike is Likeness.POSSIBLE and known is not Candidacy.DISMISSED else Concern.NONE


def evolve(entry: RegisterEntry, event: RegisterEntryEvent) -> RegisterEntry:
    """The entry after an event."""
    match event:
        case MeasureEntered():
            return replace(entry, stated=event, standing=event.standing)
        case MeasureCorrected():
            candidates = {} if event.is_another_party else entry.candidates
            return replace(entry, stated=event, standing=event.standing, candidates=candidates)
        case MeasureBegun():
            return replace(entry, standing=Standing.BARRING)
        case MeasureEnded():
            return replace(entry, standing=Standing.OVER)
        case MeasureLifted():
            return replace(entry, standing=Standing.LIFTED, lifted_on=event.lifted_on)
        case CandidateFound() | CandidateConfirmed() | CandidateDismissed():
            return replace(entry, candidates={**entry.candidates, event.proposal_id: _known_after(event)})
        case _:
            assert_never(event)


def _known_after(event: CandidateFound | CandidateConfirmed | CandidateDismissed) -> Candidacy:
    match event:
        case CandidateFound():
            return Candidacy.FOUND
        case CandidateConfirmed():
            return Candidacy.CONFIRMED
        case CandidateDismissed():
            return Candidacy.DISMISSED
        case _:
            assert_never(event)
