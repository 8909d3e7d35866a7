"""Whether and how: who has to have spoken, who decides, when a call comes first, and what the proposer hears."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from eventstore.protection import Sealed
from eventstore.testing import given
from services.matching.domain.case import CASE, Status
from services.matching.domain.case.assignment import OfferUnknown, Part
from services.matching.domain.case.dialogue import SessionUnknown
from services.matching.domain.case.feasibility import (
    REALISED,
    AnswerProposer,
    CaseResumed,
    DecidedByItself,
    ExpensesUnfit,
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
    View,
)
from services.matching.domain.case.goals import AgreeGoals, Goal, GoalsAgreed, MinutesUnconfirmed, Shares
from services.matching.domain.case.people import NotInCharge
from services.matching.domain.case.status import AlreadyAnswered, AlreadyDecided, GoalsNotAgreed, KeptForLater
from tests.feasibility import (
    AGREED,
    CHIEF,
    COLLEAGUE,
    DAY,
    DECISION,
    DRAFTED,
    EXPENSES,
    LEAD,
    OFFICER,
    RIPE,
    SESSION,
    SETTLED,
    SUPPORTING,
    TAKEN,
    decided,
    decision,
    happened,
    offered,
    opinion,
    taken,
)

UNTIL = date(2027, 4, 1)
LETTER = UUID(int=31)
AGREE = AgreeGoals(
    session_id=SESSION,
    agreed_on=DAY,
    goals=(Goal(indicator="利用者数", baseline="0人", target="300人", due_on=UNTIL),),
    roles=Shares(city="場所の提供", proposer="運行", citizens=None),
    merits=Shares(city="渋滞の緩和", proposer="知見", citizens="外出の機会"),
)
OPINE = GiveOpinion(offer_id=LEAD, view=View.CONDITIONAL, given_on=DAY, given_by=OFFICER, grounds="場所があれば")


@pytest.mark.row("S08", "S09")
def test_goals_roles_and_merits_are_agreed_by_minutes_that_both_have_confirmed() -> None:
    agreed = given(CASE, *TAKEN, *SETTLED).when(AGREE).event()

    assert agreed == GoalsAgreed(
        edition=1,
        session_id=SESSION,
        agreed_on=DAY,
        goals=Sealed(AGREE.goals),
        roles=Sealed(AGREE.roles),
        merits=Sealed(AGREE.merits),
    )
    assert given(CASE, *TAKEN, *SETTLED, agreed).state.status is Status.AGREED
    assert given(CASE, *TAKEN, *SETTLED, agreed).when(AGREE).event().edition == 2


@pytest.mark.row("S08")
def test_minutes_that_one_side_has_not_confirmed_agree_nothing() -> None:
    given(CASE, *TAKEN, *DRAFTED).when(AGREE).refused(MinutesUnconfirmed)
    newer = happened("MinutesDrafted", session_id=SESSION, edition=2)
    given(CASE, *TAKEN, *SETTLED, newer).when(AGREE).refused(MinutesUnconfirmed)
    given(CASE, *TAKEN, *SETTLED).when(replace(AGREE, session_id=LETTER)).refused(SessionUnknown)


@pytest.mark.row("S37")
def test_a_department_that_has_the_case_says_what_it_thinks_and_may_think_otherwise_later() -> None:
    given(CASE, *AGREED).when(OPINE).then(
        OpinionGiven(
            offer_id=LEAD,
            department="department_11",
            view=Sealed(View.CONDITIONAL),
            given_on=DAY,
            given_by=OFFICER,
            grounds=Sealed("場所があれば"),
        )
    )
    assert given(CASE, *RIPE).when(replace(OPINE, given_by=COLLEAGUE)).event().given_by == COLLEAGUE


def test_a_department_that_is_merely_asked_has_no_opinion_yet() -> None:
    given(CASE, *AGREED, offered(SUPPORTING, Part.SUPPORTING)).when(replace(OPINE, offer_id=SUPPORTING)).refused(
        NotInCharge
    )
    given(CASE, *AGREED).when(replace(OPINE, offer_id=SUPPORTING)).refused(OfferUnknown)


@pytest.mark.row("S37")
def test_to_go_on_together_every_department_that_has_the_case_or_is_asked_has_spoken() -> None:
    asked = offered(SUPPORTING, Part.SUPPORTING)
    given(CASE, *AGREED).when(DECISION).refused(OpinionsMissing)
    given(CASE, *RIPE, asked).when(DECISION).refused(OpinionsMissing)
    given(CASE, *RIPE, asked, taken(SUPPORTING, COLLEAGUE)).when(DECISION).refused(OpinionsMissing)
    spoken = (asked, taken(SUPPORTING, COLLEAGUE), opinion(SUPPORTING, COLLEAGUE))
    assert given(CASE, *RIPE, *spoken).when(DECISION).event().decision == 1
    for ended in ("OfferDeclined", "OfferWithdrawn"):
        assert given(CASE, *RIPE, asked, happened(ended, offer_id=SUPPORTING)).when(DECISION).event().decision == 1


@pytest.mark.row("S08")
@pytest.mark.parametrize("outcome", list(Outcome))
def test_without_agreed_goals_nothing_is_realised_but_anything_else_decided(outcome: Outcome) -> None:
    undecided = given(CASE, *TAKEN, *SETTLED, opinion(LEAD, OFFICER)).when(decision(outcome))

    if outcome in REALISED:
        undecided.refused(GoalsNotAgreed)
    else:
        assert undecided.event().outcome is outcome


def _verdict(outcome: Outcome, cost: int, cap: int | None, *, call: bool, is_procured: bool) -> Any:
    """The refusal that S14 and S47 come to, None for none: worked out apart from the code, outcome by outcome."""
    if cap is not None:
        fits = outcome == "demonstration" and 1 <= cost <= cap and not call
        return None if fits else ExpensesUnfit
    if outcome in ("partnership", "demonstration", "individual_implementation"):
        return ProcurementRequired if (cost or call) and not is_procured else None
    if outcome == "procurement":
        return None if is_procured else ProcurementUnnamed
    return None


@pytest.mark.row("S14", "S47")
@pytest.mark.parametrize(
    ("outcome", "cost", "call", "is_procured", "cap"),
    list(product(Outcome, (0, 300_000, 300_001), (False, True), (False, True), (None, 300_000))),
)
def test_where_the_city_pays_or_a_call_is_fair_a_call_comes_first_unless_it_is_the_actual_expenses_of_a_demonstration(
    outcome: Outcome, cost: int, call: bool, is_procured: bool, cap: int | None
) -> None:
    command = decision(
        outcome,
        city_cost_yen=cost,
        needs_open_call=call,
        procurement_reference="調達第3号" if is_procured else None,
        expenses=replace(EXPENSES, cap_yen=cap) if cap is not None else None,
    )
    expected = _verdict(outcome, cost, cap, call=call, is_procured=is_procured)

    answer = given(CASE, *RIPE).when(command)

    if expected is not None:
        answer.refused(expected)
    else:
        event = answer.event()
        assert (event.city_cost_yen, event.needs_open_call, event.expenses_cap_yen) == (cost, call, cap)


@pytest.mark.row("S47")
def test_the_exception_is_on_record_with_who_approved_it_up_to_what_and_why() -> None:
    event = given(CASE, *RIPE).when(decision(Outcome.DEMONSTRATION, city_cost_yen=1, expenses=EXPENSES)).event()

    assert event.expenses_cap_yen == 300_000
    assert (event.expenses_approver.reveal(), event.expenses_reason.reveal()) == ("市長", "実証に要する資材の実費")


@pytest.mark.row("B16")
@pytest.mark.parametrize("outcome", list(Outcome))
def test_who_gave_the_lead_department_s_opinion_does_not_decide(outcome: Outcome) -> None:
    given(CASE, *RIPE).when(decision(outcome, decided_by=OFFICER)).refused(DecidedByItself)
    assert given(CASE, *RIPE).when(decision(outcome, decided_by=CHIEF)).event().decided_by == CHIEF


@pytest.mark.row("B16")
def test_another_department_s_opinion_keeps_nobody_from_deciding() -> None:
    spoken = (offered(SUPPORTING, Part.SUPPORTING), taken(SUPPORTING, COLLEAGUE), opinion(SUPPORTING, COLLEAGUE))
    assert given(CASE, *RIPE, *spoken).when(replace(DECISION, decided_by=COLLEAGUE)).event().decided_by == COLLEAGUE


@pytest.mark.parametrize("outcome", list(Outcome))
def test_only_what_is_kept_has_a_day_and_that_is_to_come(outcome: Outcome) -> None:
    is_kept = outcome is Outcome.KEPT
    given(CASE, *RIPE).when(decision(outcome, kept_until=None if is_kept else UNTIL)).refused(KeptUntilUnfit)
    if is_kept:
        given(CASE, *RIPE).when(decision(outcome, kept_until=DAY)).refused(KeptUntilUnfit)
        assert given(CASE, *RIPE).when(decision(outcome, kept_until=DAY + timedelta(1))).event().kept_until


@pytest.mark.parametrize("outcome", list(Outcome))
def test_only_another_method_names_one(outcome: Outcome) -> None:
    names = None if outcome is Outcome.OTHER_METHOD else "naming_rights"
    given(CASE, *RIPE).when(decision(outcome, method=names)).refused(MethodUnfit)


def test_until_the_proposer_is_answered_it_is_decided_anew_and_after_that_never() -> None:
    first = given(CASE, *RIPE).when(decision(Outcome.NO)).event()
    second = given(CASE, *RIPE, first).when(DECISION).event()
    assert (first.decision, second.decision) == (1, 2)
    answered = happened("ProposerAnswered", decision=2)
    given(CASE, *RIPE, first, second, answered).when(DECISION).refused(AlreadyAnswered)
    given(CASE, *RIPE, first).when(OPINE).refused(AlreadyDecided)


@pytest.mark.row("B02", "S35")
@pytest.mark.parametrize("outcome", list(Outcome))
def test_a_letter_that_tells_the_decision_answers_the_proposer_and_one_that_tells_an_earlier_one_does_not(
    outcome: Outcome,
) -> None:
    proposal = UUID(int=41)
    ripe = (happened("CaseOpened", proposal_id=proposal, opened_on=DAY), *RIPE[1:])
    answer = AnswerProposer(decision=2, letter_id=LETTER, answered_on=DAY)
    stands = (*ripe, decided(1, Outcome.NO), decided(2, outcome, UNTIL if outcome is Outcome.KEPT else None))

    told = ProposerAnswered(proposal_id=proposal, decision=2, outcome=outcome, letter_id=LETTER, answered_on=DAY)
    given(CASE, *stands).when(answer).then(told)
    given(CASE, *stands).when(replace(answer, decision=1)).nothing()
    given(CASE, *stands, told).when(replace(answer, letter_id=UUID(int=32))).nothing()
    given(CASE, *ripe).when(replace(answer, decision=0)).nothing()
    given(CASE, *stands, happened("CaseWithdrawn")).when(answer).nothing()


KEPT = (*RIPE, decided(1, Outcome.KEPT, UNTIL), happened("ProposerAnswered", decision=1, answered_on=DAY))


def test_what_was_kept_comes_up_once_on_its_day_and_not_before() -> None:
    assert given(CASE, *KEPT).state.status is Status.KEPT
    given(CASE, *KEPT).when(NoteKeptDue(today=UNTIL - timedelta(1))).nothing()
    given(CASE, *KEPT).when(NoteKeptDue(today=UNTIL)).then(KeptCaseDue(kept_until=UNTIL))
    given(CASE, *KEPT, KeptCaseDue(kept_until=UNTIL)).when(NoteKeptDue(today=UNTIL)).nothing()
    given(CASE, *KEPT, happened("CaseResumed")).when(NoteKeptDue(today=UNTIL)).nothing()


def test_what_was_kept_is_resumed_where_it_stood_and_decided_again() -> None:
    given(CASE, *KEPT).when(DECISION).refused(KeptForLater)
    resumed = CaseResumed(resumed_on=DAY)
    given(CASE, *KEPT).when(ResumeCase(resumed_on=DAY)).then(resumed)
    assert given(CASE, *KEPT, resumed).state.status is Status.AGREED
    assert given(CASE, *KEPT, resumed).when(DECISION).event().decision == 2
    given(CASE, *RIPE, decided(1, Outcome.NO), happened("ProposerAnswered")).when(ResumeCase(resumed_on=DAY)).refused(
        AlreadyAnswered
    )


def test_a_tender_s_number_is_kept_as_the_office_s_own() -> None:
    event = given(CASE, *RIPE).when(decision(Outcome.PROCUREMENT)).event()
    assert (event.procurement_reference, event.decided_by) == (Sealed("調達第3号"), CHIEF)
