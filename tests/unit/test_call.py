"""The rules of a call: what each standing allows, at the second, and whose ideas its text may use."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import datetime
from typing import Any, Final, get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given as generated
from hypothesis import strategies as st

from desk.wareki import wareki_moment
from eventstore.errors import NotFound, Refusal
from eventstore.protection import Sealed
from eventstore.testing import Given, given, in_clear
from services.intake.domain.call import CALL
from services.intake.domain.call import refusals as no
from services.intake.domain.call.commands import (
    AnswerIdeaUse,
    CallCommand,
    CloseCall,
    DraftCall,
    ExtendCall,
    OpenCall,
    PlannedUse,
    RequestIdeaUse,
)
from services.intake.domain.call.events import (
    Aim,
    CallDrafted,
    CallExtended,
    CallOpened,
    CallQuestionAsked,
    IdeaUseAnswer,
    IdeaUsed,
    Outcome,
)
from services.intake.domain.call.state import Call, Standing
from services.intake.domain.event_types import EVENTS
from services.intake.domain.party_rules import SubjectUnknown
from tests.calls import (
    AFTER,
    ANSWERED,
    BEFORE,
    CLOSED,
    CLOSES,
    DEPARTMENTS,
    DRAFTED,
    HISTORIES,
    INSTANTS,
    OPENED,
    OPENS,
    OTHER,
    PROPOSAL,
    QUESTION,
    REQUESTED,
    SCHEDULED,
    SECOND,
    SUBJECTS,
    TEXT,
    USE,
    answer,
    ask,
    commands,
    consent,
    revise,
    schedule,
)
from tests.strategies import EVENT_TYPES, events_of

CALL_EVENTS = st.lists(
    st.one_of([events_of(declared) for declared in EVENT_TYPES if declared.category == "call"]), max_size=6
)
MISSING, NOTHING = "not_found", ""
REFUSED: Final = {
    Standing.ABSENT: MISSING,
    Standing.DRAFTED: "call_not_scheduled",
    Standing.SCHEDULED: "call_not_open_yet",
    Standing.OPEN: "call_open",
    Standing.CLOSED: "call_closed",
    Standing.ANSWERED: "call_answered",
    Standing.ARCHIVED: "call_archived",
}
"""With what a command is refused at a standing that it is not drawn for."""
PREPARED: Final = (Standing.DRAFTED, Standing.SCHEDULED)
NOT_PUBLIC: Final = (Standing.ABSENT, *PREPARED)
DRAFTED_ONCE: Final = tuple(Standing)[1:]
DRAWN: Final[dict[str, dict[Standing, str]]] = {
    "draft": {Standing.ABSENT: "CallDrafted", **dict.fromkeys(DRAFTED_ONCE, "call_already_drafted")},
    "revise": dict.fromkeys(PREPARED, "CallRevised"),
    "schedule": dict.fromkeys(PREPARED, "CallScheduled"),
    "open": dict.fromkeys(DRAFTED_ONCE, NOTHING),
    "extend": {Standing.OPEN: "CallExtended"},
    "close": dict.fromkeys(DRAFTED_ONCE, NOTHING),
    "answer": {Standing.CLOSED: "CallAnswered"},
    "archive": {Standing.ANSWERED: "CallArchived", Standing.ARCHIVED: NOTHING},
    "ask": {Standing.OPEN: "CallQuestionAsked", **dict.fromkeys(NOT_PUBLIC, "call_unknown")},
    "answer_question": dict.fromkeys((Standing.OPEN, Standing.CLOSED), "CallQuestionAnswered"),
    "request_use": dict.fromkeys(PREPARED, "IdeaUseRequested"),
    "answer_use": dict.fromkeys(DRAFTED_ONCE, "IdeaUseAnswered"),
}
"""Every command: what follows from it where a call stands so. Nothing is due in these: see `TestToTheSecond`."""
PAIRS = [(name, standing) for name in DRAWN for standing in Standing]


def outcome(call: Given[Any, Call], command: object) -> str:
    """What came of a command, as `DRAWN` says it."""
    try:
        decided = call.when(command)
    except NotFound:
        return MISSING
    if decided.refusal is not None:
        return decided.refusal.stable_code
    return " ".join(type(event).__name__ for event in decided.events)


def standing(*events: Any) -> Given[Any, Call]:
    return given(CALL, *events)


@pytest.mark.row("S16")
@pytest.mark.parametrize(("name", "at"), PAIRS, ids=str)
def test_a_call_goes_as_it_is_drawn_and_no_other_way(name: str, at: Standing) -> None:
    command = commands(INSTANTS[at])[name]
    if name == "revise":
        command = revise(INSTANTS[at], replace(TEXT, title="改めた件名"))

    assert outcome(standing(*HISTORIES[at]), command) == DRAWN[name].get(at, REFUSED[at])


def test_every_command_and_every_standing_is_in_the_table() -> None:
    assert {type(command) for command in commands(BEFORE).values()} == set(get_args(CallCommand))
    assert set(commands(BEFORE)) == set(DRAWN)
    for at, events in HISTORIES.items():
        assert standing(*events).state.recorded is at


def test_each_standing_refuses_with_a_code_of_its_own() -> None:
    codes = [refusal.code for refusal in no.STANDING_REFUSALS]

    assert len(set(codes)) == len(Standing)


class TestToTheSecond:
    @pytest.mark.row("S16")
    @pytest.mark.parametrize(
        ("at", "code"),
        [
            (OPENS - SECOND, "call_unknown"),
            (OPENS, "CallQuestionAsked"),
            (CLOSES - SECOND, "CallQuestionAsked"),
            (CLOSES, "call_closed"),
        ],
    )
    @pytest.mark.parametrize("recorded", [(), (OPENED,)], ids=["the timer is late", "the timer was there"])
    def test_a_question_is_taken_from_opening_until_closing(
        self, recorded: tuple[Any, ...], at: datetime, code: str
    ) -> None:
        assert outcome(standing(DRAFTED, SCHEDULED, *recorded), ask(at)) == code

    def test_a_question_of_before_the_closing_is_taken_afterwards(self) -> None:
        assert outcome(standing(DRAFTED, SCHEDULED, OPENED, CLOSED), ask(CLOSES - SECOND)) == CallQuestionAsked.__name__

    def test_a_call_opens_at_its_instant_with_the_text_that_was_approved(self) -> None:
        scheduled = standing(DRAFTED, SCHEDULED)

        scheduled.when(OpenCall(at=OPENS - SECOND)).nothing()
        scheduled.when(OpenCall(at=OPENS)).then(OPENED)
        standing(DRAFTED, SCHEDULED, OPENED).when(OpenCall(at=OPENS)).nothing()

    def test_a_call_closes_at_its_instant(self) -> None:
        opened = standing(DRAFTED, SCHEDULED, OPENED)

        opened.when(CloseCall(at=CLOSES - SECOND)).nothing()
        opened.when(CloseCall(at=CLOSES)).then(CLOSED)

    def test_what_closes_without_ever_having_been_opened_on_record_is_opened_first(self) -> None:
        standing(DRAFTED, SCHEDULED).when(CloseCall(at=CLOSES + 9 * SECOND)).then(OPENED, CLOSED)

    def test_the_text_of_a_call_cannot_be_changed_once_its_instant_has_come(self) -> None:
        late = standing(DRAFTED, SCHEDULED)

        late.when(revise(OPENS)).refused(no.CallStillOpen)
        late.when(revise(CLOSES)).refused(no.CallIsClosed)
        late.when(schedule(OPENS, CLOSES, CLOSES + SECOND)).refused(no.CallStillOpen)

    def test_a_clock_that_is_behind_does_not_take_back_what_is_recorded(self) -> None:
        standing(DRAFTED, SCHEDULED, OPENED).when(revise(OPENS - SECOND)).refused(no.CallStillOpen)
        later = ExtendCall(at=CLOSES - SECOND, closes_at=CLOSES + SECOND, explanation="大雪")
        standing(DRAFTED, SCHEDULED, OPENED, CLOSED).when(later).refused(no.CallIsClosed)

    @pytest.mark.row("S10")
    def test_an_extension_counts_for_all_and_for_the_timer(self) -> None:
        extended = CallExtended(closes_at=CLOSES + SECOND, explanation="大雪のため")
        opened = standing(DRAFTED, SCHEDULED, OPENED, extended)

        opened.when(CloseCall(at=CLOSES)).nothing()
        assert outcome(opened, ask(CLOSES)) == "CallQuestionAsked"
        assert outcome(opened, ask(CLOSES + SECOND)) == "call_closed"
        assert opened.when(CloseCall(at=CLOSES + SECOND)).event().closed_at == CLOSES + SECOND

    def test_an_extension_before_the_opening_is_on_record_is_kept_when_it_is(self) -> None:
        extended = CallExtended(closes_at=CLOSES + SECOND, explanation="大雪のため")

        assert standing(DRAFTED, SCHEDULED, extended).when(OpenCall(at=OPENS)).event().closes_at == CLOSES + SECOND

    def test_what_was_promised_to_all_is_not_shortened(self) -> None:
        opened = standing(DRAFTED, SCHEDULED, OPENED)

        shorter = ExtendCall(at=OPENS, closes_at=CLOSES - SECOND, explanation="早める")
        opened.when(shorter).refused(no.ExtensionNotLater)
        opened.when(replace(shorter, closes_at=CLOSES)).nothing()


class TestPreparing:
    def test_a_department_that_the_pack_does_not_have_is_refused(self) -> None:
        strange = replace(TEXT, department="harbour")

        drafting = DraftCall(text=strange, departments=DEPARTMENTS, subjects=SUBJECTS)
        standing().when(drafting).refused(no.DepartmentUnknown)
        standing(DRAFTED).when(revise(BEFORE, strange)).refused(no.DepartmentUnknown)

    def test_a_subject_that_the_pack_does_not_have_is_refused(self) -> None:
        strange = replace(TEXT, subjects=("tourism", "harbour"))

        drafting = DraftCall(text=strange, departments=DEPARTMENTS, subjects=SUBJECTS)
        standing().when(drafting).refused(SubjectUnknown)
        standing(DRAFTED).when(revise(BEFORE, strange)).refused(SubjectUnknown)

    def test_a_revision_that_changes_nothing_leaves_the_schedule(self) -> None:
        standing(DRAFTED, SCHEDULED).when(revise(BEFORE)).nothing()

    def test_a_changed_text_needs_another_decision(self) -> None:
        revised = standing(DRAFTED, SCHEDULED).when(revise(BEFORE, replace(TEXT, title="別の課題"))).event()
        again = standing(DRAFTED, SCHEDULED, revised)

        assert again.state.recorded is Standing.DRAFTED
        again.when(OpenCall(at=OPENS)).nothing()
        assert outcome(again, ask(OPENS)) == "call_unknown"
        assert again.when(schedule(BEFORE)).event().opens_at == OPENS

    def test_a_call_opens_in_the_future_and_closes_after_it(self) -> None:
        drafted = standing(DRAFTED)

        drafted.when(schedule(OPENS)).refused(no.CallOpensInThePast)
        drafted.when(schedule(BEFORE, OPENS, OPENS)).refused(no.CallClosesBeforeOpening)
        standing(DRAFTED, SCHEDULED).when(schedule(BEFORE)).nothing()


class TestQuestions:
    @pytest.mark.row("S10")
    def test_the_answer_that_all_read_has_no_asker(self) -> None:
        told = standing(*HISTORIES[Standing.OPEN]).when(commands(OPENS)["answer_question"]).event()

        assert set(in_clear(told)) == {"question_id", "question", "answer", "answered_on"}
        assert "成田" not in repr(told)

    def test_a_question_is_answered_once_and_none_that_nobody_asked(self) -> None:
        command: Any = commands(OPENS)["answer_question"]
        opened = HISTORIES[Standing.OPEN]
        answered = standing(*opened).when(command).event()

        standing(*opened, answered).when(command).refused(no.QuestionAlreadyAnswered)
        standing(*opened).when(replace(command, question_id=OTHER)).refused(no.QuestionUnknown)

    def test_the_same_question_is_asked_once(self) -> None:
        standing(*HISTORIES[Standing.OPEN]).when(ask(OPENS, QUESTION)).nothing()


class TestAnswers:
    @pytest.mark.row("B19")
    def test_a_call_that_collects_ideas_selects_nobody(self) -> None:
        drafted = replace(DRAFTED, aim=Sealed(Aim.COLLECTS_IDEAS))
        opened = standing(drafted, SCHEDULED).when(OpenCall(at=OPENS)).event()
        collecting = (drafted, SCHEDULED, opened, CLOSED)

        standing(*collecting).when(answer(PROPOSAL)).refused(no.CallSelectsNobody)
        assert standing(*collecting).when(answer()).event().outcome is Outcome.IDEAS_COLLECTED

    @pytest.mark.row("B19")
    def test_a_call_for_partners_selects_among_what_was_handed_in_to_it(self) -> None:
        closed = standing(*HISTORIES[Standing.CLOSED])

        closed.when(answer(OTHER)).refused(no.ProposalNotOfCall)
        given_up = replace(answer(PROPOSAL), proposals={PROPOSAL: False})
        closed.when(given_up).refused(no.SelectedProposalNotPursued)
        assert closed.when(answer(PROPOSAL)).event().outcome is Outcome.PARTNERS_SELECTED
        closed.when(answer()).event()
        assert ANSWERED.outcome is closed.when(answer()).event().outcome


USES: Final = PlannedUse(use_id=USE, conditions_acknowledged=False, what="臨時便の考え")
WITH_CONDITIONS: Final = consent(IdeaUseAnswer.CONSENTED_WITH_CONDITIONS, "社名を出さないこと")
BORROWED: Final = replace(TEXT, title="雪の日の臨時便", draws_on=(PROPOSAL,))


class TestIdeas:
    @pytest.mark.row("N10", "S36")
    @pytest.mark.parametrize(
        ("answered", "refusal"),
        [
            ((), no.IdeaUseNotConsented),
            ((consent(IdeaUseAnswer.REFUSED),), no.IdeaUseNotConsented),
            ((WITH_CONDITIONS,), no.IdeaUseConditionsNotAcknowledged),
        ],
        ids=["no answer", "refused", "conditions not looked at"],
    )
    def test_an_idea_enters_no_text_without_consent(self, answered: tuple[Any, ...], refusal: type[Refusal]) -> None:
        standing(DRAFTED, REQUESTED, *answered).when(revise(BEFORE, BORROWED, USES)).refused(refusal)

    @pytest.mark.row("N10", "S36")
    @pytest.mark.parametrize(
        ("answered", "use"),
        [(consent(), USES), (WITH_CONDITIONS, replace(USES, conditions_acknowledged=True))],
        ids=["consented", "with conditions"],
    )
    def test_what_is_used_is_on_record_with_the_text(self, answered: Any, use: PlannedUse) -> None:
        revised, used = standing(DRAFTED, REQUESTED, answered).when(revise(BEFORE, BORROWED, use)).events

        assert revised.uses == (USE,)
        assert used == IdeaUsed(
            use_id=USE, conditions_acknowledged=use.conditions_acknowledged, what=Sealed("臨時便の考え")
        )
        standing(DRAFTED, REQUESTED, answered, revised, used).when(schedule(BEFORE)).event()

    @pytest.mark.row("N10")
    def test_a_text_that_draws_on_a_proposal_is_not_scheduled_without_its_consent(self) -> None:
        drawing = replace(DRAFTED, draws_on=Sealed((PROPOSAL,)))

        standing(drawing).when(schedule(BEFORE)).refused(no.IdeaUseNotConsented)
        standing(drawing, REQUESTED, consent()).when(schedule(BEFORE)).refused(no.IdeaUseNotConsented)
        standing(DRAFTED).when(schedule(BEFORE)).event()

    def test_nobody_is_asked_about_a_proposal_that_is_not_there(self) -> None:
        command = replace(request_use(), is_proposal_known=False)

        with pytest.raises(NotFound):
            standing(DRAFTED).when(command)
        asked = standing(DRAFTED).when(request_use()).event()
        standing(DRAFTED, asked).when(command).nothing()

    def test_a_use_that_was_never_asked_for_is_refused(self) -> None:
        standing(DRAFTED).when(revise(BEFORE, BORROWED, USES)).refused(no.IdeaUseUnknown)

    def test_only_the_proposer_asked_may_answer_and_once(self) -> None:
        asked: Any = replace(answer_use(), proposal_id=PROPOSAL)

        standing(DRAFTED, REQUESTED).when(asked).then(consent())
        standing(DRAFTED, REQUESTED).when(replace(asked, proposal_id=OTHER)).refused(no.IdeaUseUnknown)
        standing(DRAFTED, REQUESTED).when(replace(asked, use_id=OTHER)).refused(no.IdeaUseUnknown)
        standing(DRAFTED, REQUESTED, consent()).when(asked).refused(no.IdeaUseAlreadyAnswered)

    def test_conditions_come_with_conditional_consent_and_with_nothing_else(self) -> None:
        bare = replace(answer_use(), answer=IdeaUseAnswer.CONSENTED_WITH_CONDITIONS)

        standing(DRAFTED, REQUESTED).when(bare).refused(no.IdeaUseConditionsMissing)
        standing(DRAFTED, REQUESTED).when(replace(answer_use(), conditions="条件")).refused(no.IdeaUseConditionsMissing)


def request_use() -> RequestIdeaUse:
    command = commands(BEFORE)["request_use"]
    assert isinstance(command, RequestIdeaUse)
    return command


def answer_use() -> AnswerIdeaUse:
    command = commands(BEFORE)["answer_use"]
    assert isinstance(command, AnswerIdeaUse)
    return command


@generated(CALL_EVENTS)
def test_any_events_make_a_call(events: list[Any]) -> None:
    assert isinstance(given(CALL, *events).state, Call)


CLOSED_DRAFT: Final = CallDrafted(**{one.name: Sealed.closed() for one in fields(CallDrafted)})
CLOSED_REQUEST: Final = replace(REQUESTED, proposal_id=Sealed.closed(), passage=Sealed.closed())


def test_a_call_is_told_apart_without_opening_anything() -> None:
    closed = standing(CLOSED_DRAFT, CLOSED_REQUEST, SCHEDULED)

    assert closed.state.standing(OPENS) is Standing.OPEN
    assert standing(CLOSED_DRAFT, SCHEDULED, OPENED).state.aim is Aim.SELECTS_PARTNERS


def test_what_nobody_can_read_any_more_is_neither_scheduled_nor_anybodys_to_consent_to() -> None:
    closed = standing(CLOSED_DRAFT, CLOSED_REQUEST)

    closed.when(schedule(BEFORE)).refused(no.IdeaUseNotConsented)
    closed.when(replace(answer_use(), proposal_id=PROPOSAL)).refused(no.IdeaUseUnknown)
    closed.when(answer_use()).then(consent())


@pytest.mark.row("S16")
@pytest.mark.parametrize(
    ("name", "open_fields"),
    [("CallDrafted", set()), ("CallRevised", {"uses"}), ("IdeaUseRequested", {"use_id", "requested_on"})],
)
def test_before_a_call_opens_nothing_tells_what_it_is_about_or_whose_idea_it_is(
    name: str, open_fields: set[str]
) -> None:
    assert {one.name for one in EVENTS.declared(name, 1).fields if one.seal is None} == open_fields


@pytest.mark.parametrize("told", [lambda: OPENED, lambda: SCHEDULED], ids=["opened", "scheduled"])
def test_nothing_but_the_opening_tells_a_text_in_clear(told: Callable[[], Any]) -> None:
    assert ("冬に訪れる" in repr(told())) is isinstance(told(), CallOpened)
    assert "冬" not in repr(DRAFTED)


def test_an_instant_is_told_on_the_clock_of_the_city() -> None:
    tokyo = ZoneInfo("Asia/Tokyo")

    assert wareki_moment(CLOSES, tokyo) == "令和8年12月25日（金）17時00分"
    assert wareki_moment(CLOSES + SECOND, tokyo) == "令和8年12月25日（金）17時00分01秒"


@pytest.mark.parametrize("later", [AFTER])
def test_a_call_stands_closed_by_its_schedule_before_anyone_records_it(later: datetime) -> None:
    assert standing(DRAFTED, SCHEDULED, OPENED).state.standing(later) is Standing.CLOSED
