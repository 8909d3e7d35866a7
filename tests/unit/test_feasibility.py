"""Whether and how: who has to have spoken, who decides, when a call comes first, and what the proposer hears."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from desk.packs.codes import Channel
from eventstore.protection import Sealed
from eventstore.testing import given
from services.matching.domain.case import CASE, Status
from services.matching.domain.case.assignment import DeclineOffer, OfferUnknown, Part, TakeOffer
from services.matching.domain.case.days import BeforeItBegan
from services.matching.domain.case.dialogue import SessionUnknown
from services.matching.domain.case.feasibility import (
    REALISED,
    AnswerProposer,
    CallUnfit,
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
from services.matching.domain.case.people import NotInCharge, RecordContact
from services.matching.domain.case.status import AlreadyAnswered, AlreadyDecided, GoalsNotAgreed, KeptForLater
from tests.cases import hold
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
LETTER, CALL = UUID(int=31), UUID(int=33)
ASKED = TAKEN[:2]
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
    if outcome in ("no", "kept") or is_procured:
        return None
    if cost or call:
        return ProcurementRequired
    return ProcurementUnnamed if outcome == "procurement" else None


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
        told = (event.city_cost_yen.reveal(), event.needs_open_call, event.expenses_cap_yen.reveal())
        assert told == (cost, call, cap)


@pytest.mark.row("S47")
def test_the_exception_is_on_record_with_who_approved_it_up_to_what_and_why() -> None:
    event = given(CASE, *RIPE).when(decision(Outcome.DEMONSTRATION, city_cost_yen=1, expenses=EXPENSES)).event()

    assert event.expenses_cap_yen.reveal() == 300_000
    assert (event.expenses_approver.reveal(), event.expenses_reason.reveal()) == ("市長", "実証に要する資材の実費")


@pytest.mark.row("B16")
@pytest.mark.parametrize("outcome", list(Outcome))
def test_who_gave_the_lead_department_s_opinion_does_not_decide(outcome: Outcome) -> None:
    given(CASE, *RIPE).when(decision(outcome, decided_by=OFFICER)).refused(DecidedByItself)
    assert given(CASE, *RIPE).when(decision(outcome, decided_by=CHIEF)).event().decided_by == CHIEF


@pytest.mark.row("B16")
def test_who_ever_spoke_for_a_department_that_led_does_not_decide_though_another_spoke_later_or_leads_now() -> None:
    spoken_later = (*RIPE, opinion(LEAD, COLLEAGUE))
    another = UUID(int=51)
    led_by_another = (
        *RIPE, happened("OfferWithdrawn", offer_id=LEAD), offered(another, Part.LEAD), taken(another, COLLEAGUE),
        opinion(another, COLLEAGUE),
    )  # fmt: skip
    for course in (spoken_later, led_by_another):
        for voice in (OFFICER, COLLEAGUE):
            given(CASE, *course).when(decision(Outcome.NO, decided_by=voice)).refused(DecidedByItself)
        assert given(CASE, *course).when(decision(Outcome.NO, decided_by=CHIEF)).event().decided_by == CHIEF


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
        decided_before = decision(outcome, kept_until=DAY + timedelta(1), today=DAY + timedelta(1), decided_on=DAY)
        given(CASE, *RIPE).when(decided_before).refused(KeptUntilUnfit)


@pytest.mark.parametrize("outcome", list(Outcome))
def test_only_another_method_names_one(outcome: Outcome) -> None:
    names = None if outcome is Outcome.OTHER_METHOD else "naming_rights"
    given(CASE, *RIPE).when(decision(outcome, method=names)).refused(MethodUnfit)


def test_a_method_is_one_of_the_pack_and_where_the_pack_has_none_nobody_names_one() -> None:
    other = decision(Outcome.OTHER_METHOD)
    given(CASE, *RIPE).when(replace(other, method="advertising")).refused(MethodUnfit)
    without = replace(other, methods=frozenset())
    given(CASE, *RIPE).when(without).refused(MethodUnfit)
    assert given(CASE, *RIPE).when(replace(without, method=None)).event().method is None


@pytest.mark.row("S35")
@pytest.mark.parametrize("outcome", list(Outcome))
def test_only_what_goes_to_procurement_has_a_call_that_follows(outcome: Outcome) -> None:
    with_call = given(CASE, *RIPE).when(decision(outcome, call_id=CALL))
    if outcome is Outcome.PROCUREMENT:
        assert with_call.event().call_id == CALL
    else:
        with_call.refused(CallUnfit)


def test_the_exception_s_refusal_names_all_that_is_in_its_way() -> None:
    assert "公募の必要がない実証実験" in ExpensesUnfit().message


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


@pytest.mark.parametrize("before", [TAKEN, AGREED, RIPE], ids=["taken", "agreed", "ripe"])
def test_what_was_decided_wrongly_is_resumed_where_it_stood_until_the_proposer_is_answered(before: Any) -> None:
    wrong, stood = (*before, decided(1, Outcome.NO)), given(CASE, *before).state
    resumed = given(CASE, *wrong).when(ResumeCase(resumed_on=DAY)).event()

    assert resumed == CaseResumed(resumed_on=DAY)
    assert given(CASE, *wrong, resumed).state == replace(stood, decisions=1)
    assert given(CASE, *wrong, resumed).when(decision(Outcome.NO)).event().decision == 2
    telling = AnswerProposer(decision=1, letter_id=LETTER, answered_on=DAY)
    given(CASE, *wrong, resumed).when(telling).nothing()


@pytest.mark.row("S37")
def test_an_opinion_is_of_the_goals_on_which_it_was_given() -> None:
    supporting = (offered(SUPPORTING, Part.SUPPORTING), taken(SUPPORTING, COLLEAGUE))
    newer = (opinion(SUPPORTING, COLLEAGUE), happened("GoalsAgreed", session_id=SESSION, edition=2))
    anew = given(CASE, *RIPE, *supporting, *newer)

    anew.when(DECISION).refused(OpinionsMissing)
    one = given(CASE, *RIPE, *supporting, *newer, opinion(LEAD, OFFICER))
    one.when(DECISION).refused(OpinionsMissing)
    assert (
        given(CASE, *RIPE, *supporting, *newer, opinion(LEAD, OFFICER), opinion(SUPPORTING, COLLEAGUE))
        .when(DECISION)
        .event()
    )
    anew.when(decision(Outcome.NO, decided_by=OFFICER)).refused(DecidedByItself)
    given(CASE, *TAKEN, opinion(LEAD, OFFICER), *AGREED[len(TAKEN) :]).when(DECISION).refused(OpinionsMissing)


BEFORE = DAY - timedelta(1)


@pytest.mark.parametrize(
    ("happened_so_far", "command", "field"),
    [
        (AGREED, OPINE, "given_on"),
        (RIPE, DECISION, "decided_on"),
        (ASKED, TakeOffer(offer_id=LEAD, officer_id=OFFICER, taken_on=DAY), "taken_on"),
        (ASKED, DeclineOffer(offer_id=LEAD, declined_on=DAY, grounds="担当外"), "declined_on"),
        ((*TAKEN, *SETTLED), AGREE, "agreed_on"),
    ],
    ids=["opinion", "decision", "taken", "declined", "goals"],
)
def test_nothing_is_answered_agreed_or_decided_before_what_it_is_about_began(
    happened_so_far: Any, command: Any, field: str
) -> None:
    assert given(CASE, *happened_so_far).when(command).event()
    given(CASE, *happened_so_far).when(replace(command, **{field: BEFORE})).refused(BeforeItBegan)


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (hold(UUID(int=32)), "held_on"),
        (RecordContact(contacted_on=DAY, means=Channel.PHONE, note=None), "contacted_on"),
    ],
    ids=["session", "contact"],
)
def test_city_and_proposer_may_have_met_before_the_case_was_opened_but_not_before_the_proposal_came(
    command: Any, field: str
) -> None:
    early = replace(command, proposed_on=BEFORE)
    assert given(CASE, *TAKEN).when(replace(early, **{field: BEFORE})).event()
    given(CASE, *TAKEN).when(replace(early, **{field: BEFORE - timedelta(1)})).refused(BeforeItBegan)
    given(CASE, *TAKEN).when(replace(command, **{field: BEFORE})).refused(BeforeItBegan)


def test_a_letter_that_went_out_before_the_decision_does_not_tell_it() -> None:
    early = AnswerProposer(decision=1, letter_id=LETTER, answered_on=BEFORE)
    stands = (happened("CaseOpened", proposal_id=UUID(int=41), opened_on=BEFORE), decided(1, Outcome.NO))
    given(CASE, *stands).when(early).nothing()
    assert given(CASE, *stands).when(replace(early, answered_on=DAY)).event().answered_on == DAY


def test_a_tender_s_number_is_kept_as_the_office_s_own() -> None:
    event = given(CASE, *RIPE).when(decision(Outcome.PROCUREMENT)).event()
    assert (event.procurement_reference, event.decided_by) == (Sealed("調達第3号"), CHIEF)
