"""What follows where departments are suggested, asked, and answer."""

from collections.abc import Sequence
from uuid import UUID

from eventstore.protection import Sealed
from services.matching.domain.case.assignment import (
    CaseOffered,
    DeclineOffer,
    DepartmentAsked,
    DepartmentsSuggested,
    LeadAsked,
    OfferCase,
    OfferDeclined,
    OfferNotOpen,
    OfferTaken,
    OfferUnknown,
    OfferWithdrawn,
    Part,
    SuggestDepartments,
    SuggestionUnknown,
    TakeOffer,
    WithdrawOffer,
)
from services.matching.domain.case.days import require_begun
from services.matching.domain.case.state import Case, Offer, Standing


def suggest(command: SuggestDepartments, _: Case) -> Sequence[DepartmentsSuggested]:
    """What was shown is kept, and binds nobody."""
    return [
        DepartmentsSuggested(
            suggestion_id=command.suggestion_id,
            suggested_on=command.suggested_on,
            ranking=command.ranking,
            terms=Sealed(command.terms),
        )
    ]


def offer(command: OfferCase, case: Case) -> Sequence[CaseOffered]:
    """All are asked or none. A department is asked once at a time, whatever it was called, and one leads."""
    if command.suggestion_id is not None and command.suggestion_id not in case.suggestions:
        raise SuggestionUnknown
    current = {one.department for one in case.current}
    named = [one.department for one in command.asked]
    if len(set(named)) < len(named) or any(current & {one.department, *one.known_as} for one in command.asked):
        raise DepartmentAsked
    leads = sum(one.part is Part.LEAD for one in command.asked)
    if leads > (1 if case.lead is None else 0):
        raise LeadAsked
    return [
        CaseOffered(
            offer_id=one.offer_id,
            department=one.department,
            part=one.part,
            offered_on=command.offered_on,
            suggestion_id=command.suggestion_id,
            message=Sealed(command.message),
        )
        for one in command.asked
    ]


def take(command: TakeOffer, case: Case) -> Sequence[OfferTaken]:
    """Nothing follows where it is taken by this very person already."""
    found = _offer(case, command.offer_id)
    if found.standing is Standing.TAKEN and found.officer_id == command.officer_id:
        return []
    if found.standing is not Standing.OFFERED:
        raise OfferNotOpen
    require_begun(command.taken_on, found.offered_on)
    return [
        OfferTaken(
            offer_id=found.id, department=found.department, officer_id=command.officer_id, taken_on=command.taken_on
        )
    ]


def decline(command: DeclineOffer, case: Case) -> Sequence[OfferDeclined]:
    """Only who is asked declines; who has taken a case asks the desk to take it back."""
    found = _offer(case, command.offer_id)
    if found.standing is not Standing.OFFERED:
        raise OfferNotOpen
    require_begun(command.declined_on, found.offered_on)
    return [
        OfferDeclined(
            offer_id=found.id,
            department=found.department,
            declined_on=command.declined_on,
            grounds=Sealed(command.grounds),
        )
    ]


def withdraw_offer(command: WithdrawOffer, case: Case) -> Sequence[OfferWithdrawn]:
    """Whatever has become of the case. Nothing follows where it is so already; who has declined is not asked anyway."""
    found = _offer(case, command.offer_id)
    if found.standing is Standing.WITHDRAWN:
        return []
    if found.standing is Standing.DECLINED:
        raise OfferNotOpen
    return [OfferWithdrawn(offer_id=found.id, department=found.department, withdrawn_on=command.withdrawn_on)]


def _offer(case: Case, offer_id: UUID) -> Offer:
    if offer_id not in case.offers:
        raise OfferUnknown
    return case.offers[offer_id]
