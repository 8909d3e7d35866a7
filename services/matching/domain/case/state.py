"""What later decisions need to know of a case, and what its events make of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum, unique
from types import MappingProxyType
from typing import Any, Final, TypeAlias, assert_never
from uuid import UUID

from services.matching.domain.case.assignment import (
    AssignmentEvent,
    CaseOffered,
    DepartmentsSuggested,
    OfferDeclined,
    OfferTaken,
    OfferWithdrawn,
    Part,
)
from services.matching.domain.case.dialogue import (
    DialogueEvent,
    MinutesConfirmedByCity,
    MinutesConfirmedByProposer,
    MinutesDrafted,
    MinutesObjected,
    SessionHeld,
)
from services.matching.domain.case.feasibility import (
    CaseResumed,
    FeasibilityDecided,
    FeasibilityEvent,
    KeptCaseDue,
    OpinionGiven,
    Outcome,
    ProposerAnswered,
)
from services.matching.domain.case.goals import GoalsAgreed, GoalsEvent
from services.matching.domain.case.opening import CaseFlagCleared, CaseFlagged, CaseOpened, CaseWithdrawn, OpeningEvent
from services.matching.domain.case.people import (
    AccompanimentAssigned,
    CaseFellSilent,
    CaseHandedOver,
    DeputyNamed,
    DeputyReleased,
    NoteAdded,
    OfficerNamed,
    PeopleEvent,
    ProposerContacted,
)
from services.matching.domain.case.status import Status

CaseEvent: TypeAlias = OpeningEvent | AssignmentEvent | PeopleEvent | DialogueEvent | GoalsEvent | FeasibilityEvent


@unique
class Standing(StrEnum):
    """Where the asking of a department stands."""

    OFFERED = "offered"
    TAKEN = "taken"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The asking of one department. opinion_by: who has said what it thinks, None while nobody has."""

    id: UUID
    department: str
    part: Part
    standing: Standing = Standing.OFFERED
    officer_id: UUID | None = None
    opinion_by: UUID | None = None

    @property
    def is_current(self) -> bool:
        """Whether the department is asked, or has the case."""
        return self.standing in (Standing.OFFERED, Standing.TAKEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Minutes:
    """The minutes of a session: the newest edition (0 before the first), and which edition each side stands by."""

    edition: int = 0
    by_city: int = 0
    by_proposer: int = 0

    @property
    def is_settled(self) -> bool:
        """Whether both sides stand by the newest edition."""
        return 0 < self.edition == self.by_city == self.by_proposer


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """The decision that stands."""

    outcome: Outcome
    kept_until: date | None
    is_answered: bool = False
    is_due: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case as it stands.

    flags: the register entries that concern its proposer. While any stands, nothing may be signed: whoever signs an
    agreement reads them here. decisions: how often its feasibility was decided; decided: the decision that stands.
    """

    proposal_id: UUID | None = None
    opened_on: date | None = None
    withdrawn_on: date | None = None
    flags: frozenset[UUID] = frozenset()
    suggestions: frozenset[UUID] = frozenset()
    offers: Mapping[UUID, Offer] = field(default_factory=lambda: MappingProxyType({}))
    accompanied_by: UUID | None = None
    deputies: frozenset[UUID] = frozenset()
    last_contact_on: date | None = None
    silent_since: date | None = None
    sessions: Mapping[UUID, Minutes] = field(default_factory=lambda: MappingProxyType({}))
    goals_edition: int = 0
    decisions: int = 0
    decided: Decided | None = None

    @property
    def status(self) -> Status:
        """Where it stands."""
        if self.opened_on is None:
            return Status.ABSENT
        if self.withdrawn_on is not None:
            return Status.WITHDRAWN
        if self.decided is None:
            return self.stage
        if not self.decided.is_answered:
            return Status.DECIDED
        return Status.KEPT if self.decided.outcome is Outcome.KEPT else Status.ANSWERED

    @property
    def stage(self) -> Status:
        """How far it has come toward a decision, whatever was decided."""
        if self.lead is None or self.lead.standing is not Standing.TAKEN:
            return Status.OFFERED if any(offer.is_current for offer in self.offers.values()) else Status.UNASSIGNED
        if self.goals_edition:
            return Status.AGREED
        return Status.IN_DIALOGUE if self.sessions else Status.TAKEN

    @property
    def lead(self) -> Offer | None:
        """The department that leads, or is asked to."""
        return next((one for one in self.offers.values() if one.part is Part.LEAD and one.is_current), None)

    @property
    def people(self) -> frozenset[UUID]:
        """Everybody who has to do with it now."""
        officers = (one.officer_id for one in self.offers.values() if one.is_current)
        return self.deputies | {one for one in (self.accompanied_by, *officers) if one is not None}


def evolve(case: Case, event: CaseEvent) -> Case:
    """The case after an event."""
    match event:
        case CaseOpened() | CaseFlagged() | CaseFlagCleared() | CaseWithdrawn():
            return _opening(case, event)
        case DepartmentsSuggested() | CaseOffered() | OfferTaken() | OfferDeclined() | OfferWithdrawn():
            return _assignment(case, event)
        case SessionHeld() | MinutesDrafted() | MinutesConfirmedByCity() | MinutesConfirmedByProposer():
            return _dialogue(case, event)
        case MinutesObjected():
            return _contacted(case, event.objected_on)
        case GoalsAgreed():
            return replace(case, goals_edition=event.edition)
        case OpinionGiven() | FeasibilityDecided() | ProposerAnswered() | KeptCaseDue() | CaseResumed():
            return _feasibility(case, event)
        case _:
            return _people(case, event)


def _opening(case: Case, event: OpeningEvent) -> Case:
    match event:
        case CaseOpened():
            return replace(
                case, proposal_id=event.proposal_id, opened_on=event.opened_on, last_contact_on=event.opened_on
            )
        case CaseFlagged():
            return replace(case, flags=case.flags | {event.entry_id})
        case CaseFlagCleared():
            return replace(case, flags=case.flags - {event.entry_id})
        case CaseWithdrawn():
            return replace(case, withdrawn_on=event.withdrawn_on)
        case _:
            assert_never(event)


STANDINGS: Final = {OfferDeclined: Standing.DECLINED, OfferWithdrawn: Standing.WITHDRAWN}


def _assignment(case: Case, event: AssignmentEvent) -> Case:
    match event:
        case DepartmentsSuggested():
            return replace(case, suggestions=case.suggestions | {event.suggestion_id})
        case CaseOffered():
            return _offer(case, Offer(id=event.offer_id, department=event.department, part=event.part))
        case OfferTaken():
            return _offer_changed(case, event.offer_id, standing=Standing.TAKEN, officer_id=event.officer_id)
        case OfferDeclined() | OfferWithdrawn():
            return _offer_changed(case, event.offer_id, standing=STANDINGS[type(event)])
        case _:
            assert_never(event)


def _people(case: Case, event: PeopleEvent) -> Case:
    match event:
        case AccompanimentAssigned():
            return replace(case, accompanied_by=event.staff_id)
        case DeputyNamed():
            return replace(case, deputies=case.deputies | {event.staff_id})
        case DeputyReleased():
            return replace(case, deputies=case.deputies - {event.staff_id})
        case OfficerNamed():
            return _offer_changed(case, event.offer_id, officer_id=event.officer_id)
        case CaseHandedOver():
            return _handed_over(case, event)
        case ProposerContacted():
            return _contacted(case, event.contacted_on)
        case CaseFellSilent():
            return replace(case, silent_since=event.last_contact_on)
        case NoteAdded():
            return case
        case _:
            assert_never(event)


def _handed_over(case: Case, event: CaseHandedOver) -> Case:
    offers = {
        one.id: replace(one, officer_id=event.to_id) if one.officer_id == event.from_id else one
        for one in case.offers.values()
    }
    deputies = case.deputies
    if event.from_id in deputies:
        deputies = deputies - {event.from_id} | {event.to_id}
    accompanied_by = event.to_id if case.accompanied_by == event.from_id else case.accompanied_by
    return replace(case, offers=MappingProxyType(offers), deputies=deputies, accompanied_by=accompanied_by)


def _dialogue(
    case: Case, event: SessionHeld | MinutesDrafted | MinutesConfirmedByCity | MinutesConfirmedByProposer
) -> Case:
    """A session is contact, and so is whatever the proposer says of its minutes."""
    if isinstance(event, SessionHeld):
        return _contacted(_minutes(case, event.session_id, Minutes()), event.held_on)
    minutes = case.sessions.get(event.session_id, Minutes())
    match event:
        case MinutesDrafted():
            return _minutes(case, event.session_id, replace(minutes, edition=event.edition))
        case MinutesConfirmedByCity():
            return _minutes(case, event.session_id, replace(minutes, by_city=event.edition))
        case MinutesConfirmedByProposer():
            confirmed = _minutes(case, event.session_id, replace(minutes, by_proposer=event.edition))
            return _contacted(confirmed, event.confirmed_on)
        case _:
            assert_never(event)


def _feasibility(case: Case, event: FeasibilityEvent) -> Case:
    match event:
        case OpinionGiven():
            return _offer_changed(case, event.offer_id, opinion_by=event.given_by)
        case FeasibilityDecided():
            decided = Decided(outcome=event.outcome, kept_until=event.kept_until)
            return replace(case, decisions=event.decision, decided=decided)
        case ProposerAnswered():
            answered = replace(case, decided=case.decided and replace(case.decided, is_answered=True))
            return _contacted(answered, event.answered_on)
        case KeptCaseDue():
            return replace(case, decided=case.decided and replace(case.decided, is_due=True))
        case CaseResumed():
            return replace(case, decided=None)
        case _:
            assert_never(event)


def _offer(case: Case, offer: Offer) -> Case:
    return replace(case, offers=MappingProxyType({**case.offers, offer.id: offer}))


def _offer_changed(case: Case, offer_id: UUID, **changed: Any) -> Case:
    """An asking that is not known here stays unknown."""
    return _offer(case, replace(case.offers[offer_id], **changed)) if offer_id in case.offers else case


def _minutes(case: Case, session_id: UUID, minutes: Minutes) -> Case:
    return replace(case, sessions=MappingProxyType({**case.sessions, session_id: minutes}))


def _contacted(case: Case, day: date) -> Case:
    """Contact that becomes known later than a newer one changes nothing."""
    if case.last_contact_on is not None and day < case.last_contact_on:
        return case
    return replace(case, last_contact_on=day, silent_since=None)
