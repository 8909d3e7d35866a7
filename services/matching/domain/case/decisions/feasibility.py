"""What follows where departments speak, somebody decides, and the proposer hears."""

from collections.abc import Sequence
from uuid import UUID

from eventstore.protection import Sealed
from services.matching.domain.case.assignment import OfferUnknown
from services.matching.domain.case.feasibility import (
    REALISED,
    AnswerProposer,
    CaseResumed,
    DecidedByItself,
    DecideFeasibility,
    ExpensesUnfit,
    FeasibilityDecided,
    GiveOpinion,
    KeptCaseDue,
    KeptUntilUnfit,
    MethodUnfit,
    NoteKeptDue,
    OpinionGiven,
    OpinionsMissing,
    Outcome,
    ProcurementRequired,
    ProcurementUnnamed,
    ProposerAnswered,
    ResumeCase,
)
from services.matching.domain.case.people import NotInCharge
from services.matching.domain.case.state import Case, Standing
from services.matching.domain.case.status import REFUSALS, Status


def give_opinion(command: GiveOpinion, case: Case) -> Sequence[OpinionGiven]:
    """Each department that has the case says what it thinks; the latest counts."""
    offer = case.offers.get(command.offer_id)
    if offer is None:
        raise OfferUnknown
    if offer.standing is not Standing.TAKEN:
        raise NotInCharge
    return [
        OpinionGiven(
            offer_id=offer.id,
            department=offer.department,
            view=Sealed(command.view),
            given_on=command.given_on,
            given_by=command.given_by,
            grounds=Sealed(command.grounds),
        )
    ]


def decide_feasibility(command: DecideFeasibility, case: Case) -> Sequence[FeasibilityDecided]:
    """A decision that was not answered yet may be taken anew: the later takes its place."""
    if command.outcome in REALISED:
        _require_ripe(case)
    _require_another(command.decided_by, case)
    _require_procurement(command)
    _require_details(command)
    expenses = command.expenses
    return [
        FeasibilityDecided(
            decision=case.decisions + 1,
            outcome=command.outcome,
            decided_on=command.decided_on,
            decided_by=command.decided_by,
            city_cost_yen=command.city_cost_yen,
            needs_open_call=command.needs_open_call,
            expenses_cap_yen=expenses.cap_yen if expenses else None,
            method=command.method,
            kept_until=command.kept_until,
            procurement_reference=Sealed(command.procurement_reference),
            expenses_approver=Sealed(expenses.approver if expenses else None),
            expenses_reason=Sealed(expenses.reason if expenses else None),
            explanation=Sealed(command.explanation),
            approver=Sealed(command.approver),
            approval_reference=Sealed(command.approval_reference),
            delegation=Sealed(command.delegation),
        )
    ]


def _require_ripe(case: Case) -> None:
    """To go on together, goals are agreed, and every department that has the case or is asked has spoken (S08, S37)."""
    if case.stage is not Status.AGREED:
        raise REFUSALS[case.stage]
    if any(offer.is_current and offer.opinion_by is None for offer in case.offers.values()):
        raise OpinionsMissing


def _require_another(decided_by: UUID, case: Case) -> None:
    if case.lead is not None and case.lead.opinion_by == decided_by:
        raise DecidedByItself


def _require_procurement(command: DecideFeasibility) -> None:
    """The gate of S14: by contract rules wherever the city pays or a call is fair, S47's exception set aside."""
    expenses = command.expenses
    if expenses is not None:
        is_fit = command.outcome is Outcome.DEMONSTRATION and 0 < command.city_cost_yen <= expenses.cap_yen
        if not is_fit or command.needs_open_call:
            raise ExpensesUnfit
        return
    is_asked = command.city_cost_yen > 0 or command.needs_open_call
    if command.outcome in REALISED and is_asked and command.procurement_reference is None:
        raise ProcurementRequired


def _require_details(command: DecideFeasibility) -> None:
    is_kept, until = command.outcome is Outcome.KEPT, command.kept_until
    if is_kept != (until is not None) or (until is not None and until <= command.decided_on):
        raise KeptUntilUnfit
    if command.outcome is Outcome.PROCUREMENT and command.procurement_reference is None:
        raise ProcurementUnnamed
    if (command.outcome is Outcome.OTHER_METHOD) != (command.method is not None):
        raise MethodUnfit


def answer_proposer(command: AnswerProposer, case: Case) -> Sequence[ProposerAnswered]:
    """By a letter that tells the decision that stands; one that tells an earlier decision answers nothing."""
    if case.decided is None or case.proposal_id is None or command.decision != case.decisions:
        return []
    return [
        ProposerAnswered(
            proposal_id=case.proposal_id,
            decision=command.decision,
            outcome=case.decided.outcome,
            letter_id=command.letter_id,
            answered_on=command.answered_on,
        )
    ]


def note_kept_due(command: NoteKeptDue, case: Case) -> Sequence[KeptCaseDue]:
    """Noted once."""
    decided = case.decided
    if decided is None or decided.is_due or decided.kept_until is None or command.today < decided.kept_until:
        return []
    return [KeptCaseDue(kept_until=decided.kept_until)]


def resume(command: ResumeCase, _: Case) -> Sequence[CaseResumed]:
    """Before the day has come too."""
    return [CaseResumed(resumed_on=command.resumed_on)]
