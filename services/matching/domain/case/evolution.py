"""What the events of a case make of it."""

from dataclasses import replace
from datetime import date
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
from services.matching.domain.case.state import Case, Decided, Minutes, Offer, Standing

CaseEvent: TypeAlias = OpeningEvent | AssignmentEvent | PeopleEvent | DialogueEvent | GoalsEvent | FeasibilityEvent


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
            return _objected(case, event)
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
            asked = Offer(id=event.offer_id, department=event.department, part=event.part, offered_on=event.offered_on)
            return _offer(case, asked)
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
    """A department that has the case no more keeps the officer that it had."""
    moved = {one.id: replace(one, officer_id=event.to_id) for one in case.in_charge if one.officer_id == event.from_id}
    deputies = case.deputies
    if event.from_id in deputies:
        deputies = deputies - {event.from_id} | {event.to_id}
    accompanied_by = event.to_id if case.accompanied_by == event.from_id else case.accompanied_by
    offers = MappingProxyType({**case.offers, **moved})
    return replace(case, offers=offers, deputies=deputies, accompanied_by=accompanied_by)


def _dialogue(
    case: Case, event: SessionHeld | MinutesDrafted | MinutesConfirmedByCity | MinutesConfirmedByProposer
) -> Case:
    """A session is contact, and so is whatever the proposer says of its minutes."""
    if isinstance(event, SessionHeld):
        return _contacted(_minutes(case, event.session_id, Minutes(held_on=event.held_on)), event.held_on)
    minutes = case.sessions.get(event.session_id, Minutes())
    match event:
        case MinutesDrafted():
            return _minutes(case, event.session_id, replace(minutes, edition=event.edition))
        case MinutesConfirmedByCity():
            confirmed = replace(minutes, by_city=event.edition, confirmed_on=event.confirmed_on)
            return _minutes(case, event.session_id, confirmed)
        case MinutesConfirmedByProposer():
            settled = _minutes(case, event.session_id, replace(minutes, by_proposer=event.edition))
            return _contacted(settled, event.confirmed_on)
        case _:
            assert_never(event)


def _objected(case: Case, event: MinutesObjected) -> Case:
    """An objection is contact too; of a session that is not known here it says nothing else."""
    minutes = case.sessions.get(event.session_id)
    if minutes is not None:
        case = _minutes(case, event.session_id, replace(minutes, objected=event.edition))
    return _contacted(case, event.objected_on)


def _feasibility(case: Case, event: FeasibilityEvent) -> Case:
    match event:
        case OpinionGiven():
            return _opinion(case, event)
        case FeasibilityDecided():
            decided = Decided(outcome=event.outcome, decided_on=event.decided_on, kept_until=event.kept_until)
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


def _opinion(case: Case, event: OpinionGiven) -> Case:
    offer = case.offers.get(event.offer_id)
    if offer is not None and offer.part is Part.LEAD:
        case = replace(case, lead_voices=case.lead_voices | {event.given_by})
    return _offer_changed(case, event.offer_id, opinion_on=case.goals_edition)


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
