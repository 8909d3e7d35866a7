"""What follows where departments speak, somebody decides, and the proposer hears."""

from collections.abc import Sequence
from uuid import UUID

from eventstore.protection import Sealed
from services.matching.domain.case.assignment import OfferUnknown
from services.matching.domain.case.days import require_begun
from services.matching.domain.case.feasibility import (
    REALISED,
    UNPURSUED,
    AnswerProposer,
    CallUnfit,
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
    require_begun(command.given_on, case.opened_on)
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
    require_begun(command.decided_on, case.opened_on)
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
            city_cost_yen=Sealed(command.city_cost_yen),
            needs_open_call=command.needs_open_call,
            expenses_cap_yen=Sealed(expenses.cap_yen if expenses else None),
            method=command.method,
            kept_until=command.kept_until,
            call_id=command.call_id,
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
    """To go on together, goals are agreed, and every department that has the case or is asked has spoken (S08, S37).

    An opinion is of the goals on which it was given: on newer ones every department speaks again.
    """
    if case.stage is not Status.AGREED:
        raise REFUSALS[case.stage]
    if any(offer.opinion_on != case.goals_edition for offer in case.current):
        raise OpinionsMissing


def _require_another(decided_by: UUID, case: Case) -> None:
    if decided_by in case.lead_voices:
        raise DecidedByItself


def _require_procurement(command: DecideFeasibility) -> None:
    """The gate of S14: by contract rules wherever the city pays or a call is fair, S47's exception set aside.

    Of another method too: the reference is then that of the method's own procedure.
    """
    expenses = command.expenses
    if expenses is not None:
        is_fit = command.outcome is Outcome.DEMONSTRATION and 0 < command.city_cost_yen <= expenses.cap_yen
        if not is_fit or command.needs_open_call:
            raise ExpensesUnfit
        return
    is_asked = command.city_cost_yen > 0 or command.needs_open_call
    if command.outcome not in UNPURSUED and is_asked and command.procurement_reference is None:
        raise ProcurementRequired


def _require_details(command: DecideFeasibility) -> None:
    is_kept, until = command.outcome is Outcome.KEPT, command.kept_until
    if is_kept != (until is not None) or (until is not None and until <= command.today):
        raise KeptUntilUnfit
    if command.outcome is Outcome.PROCUREMENT and command.procurement_reference is None:
        raise ProcurementUnnamed
    if command.outcome is not Outcome.PROCUREMENT and command.call_id is not None:
        raise CallUnfit
    is_named = command.outcome is Outcome.OTHER_METHOD and bool(command.methods)
    if command.method not in (command.methods if is_named else {None}):
        raise MethodUnfit


def answer_proposer(command: AnswerProposer, case: Case) -> Sequence[ProposerAnswered]:
    """By a letter that tells the decision that stands; one that went out before, or tells an earlier one, does not."""
    if case.decided is None or case.proposal_id is None or command.decision != case.decisions:
        return []
    if command.answered_on < case.decided.decided_on:
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
    """Of what was kept before its day has come too; of any other decision until the proposer is answered."""
    return [CaseResumed(resumed_on=command.resumed_on)]
