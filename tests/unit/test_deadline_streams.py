"""A deadline's rules: set once, stopped and started, moved by new days, extended in writing, met, dropped, overdue."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from desk.deadlines.counting import BeyondHolidays
from desk.deadlines.open_days import OpenDays
from desk.deadlines.streams import (
    DeadlineNotLater,
    DeadlineNotRunning,
    DeadlinePassed,
    Status,
    deadline_rules,
    deadline_stream,
    decide,
    evolve,
)
from desk.deadlines.streams_commands import (
    Count,
    DeadlineCommand,
    DropDeadline,
    ExtendDeadline,
    MeetDeadline,
    NoteOverdue,
    PauseDeadline,
    RecountDeadline,
    ResumeDeadline,
    SetDeadline,
)
from desk.deadlines.streams_events import (
    EVENTS,
    NAMES,
    NATURES,
    SENTENCES,
    DeadlineDropped,
    DeadlineEvent,
    DeadlineExtended,
    DeadlineMet,
    DeadlineMoved,
    DeadlineOverdue,
    DeadlinePaused,
    DeadlineResumed,
    DeadlineSet,
)
from desk.packs import codes
from desk.packs.codes import Counting, DeadlineCode, DeadlineNature, DeadlineUnit, Rolling
from desk.packs.sections import Count as Days
from desk.packs.sections import Deadline
from eventstore.errors import NotFound
from eventstore.records import StreamId
from eventstore.testing import given

RULES = deadline_rules("toy")
SUBJECT = StreamId("proposal", UUID(int=1))
START = date(2026, 7, 1)
END = date(2026, 7, 31)


def rule(value: int = 30) -> Deadline:
    """So many days, the first not counted, as a target."""
    return Deadline(
        value=Days(value),
        unit=DeadlineUnit.DAYS,
        counting=Counting.EXCLUSIVE,
        rolling=Rolling.NONE,
        nature=DeadlineNature.TARGET,
        starts="受け付けた日",
        source="試験",
        status=codes.Status.SEED,
    )


COUNT = Count(rule=rule(), open_days=OpenDays())
CALENDAR = COUNT.open_days.version
SET = DeadlineSet(
    subject_category="proposal",
    subject_id=SUBJECT.id,
    code=DeadlineCode.ANSWER_WITH_REASON,
    starts_on=START,
    due_on=END,
    nature=DeadlineNature.TARGET,
    calendar=CALENDAR,
)
PAUSED = DeadlinePaused(paused_on=date(2026, 7, 10))
RESUMED = DeadlineResumed(resumed_on=date(2026, 7, 15), due_on=date(2026, 8, 5), calendar=CALENDAR)
OVERDUE = DeadlineOverdue(due_on=END)
EXTENDED = DeadlineExtended(due_on=date(2026, 8, 20), previously_due_on=END)
MET = DeadlineMet(met_on=date(2026, 7, 20))
DROPPED = DeadlineDropped(dropped_on=date(2026, 7, 20))

SET_IT = SetDeadline(subject=SUBJECT, code=DeadlineCode.ANSWER_WITH_REASON, starts_on=START, count=COUNT)
PAUSE = PauseDeadline(paused_on=PAUSED.paused_on)
RESUME = ResumeDeadline(resumed_on=RESUMED.resumed_on, count=COUNT)
RECOUNT_LONGER = RecountDeadline(count=Count(rule=rule(40), open_days=OpenDays()))
EXTEND = ExtendDeadline(due_on=EXTENDED.due_on, stated_on=END)
MEET = MeetDeadline(met_on=MET.met_on)
DROP = DropDeadline(dropped_on=DROPPED.dropped_on)
NOTE = NoteOverdue(today=END + timedelta(days=1))
AFTER_SET: tuple[DeadlineCommand, ...] = (PAUSE, RESUME, RECOUNT_LONGER, EXTEND, MEET, DROP, NOTE)


def test_a_deadline_is_set_once_to_the_date_that_the_rule_gives() -> None:
    given(RULES).when(SET_IT).then(SET)
    given(RULES, SET).when(SET_IT).nothing()


@pytest.mark.parametrize("command", AFTER_SET, ids=lambda command: type(command).__name__)
def test_nothing_is_done_with_a_deadline_that_was_never_set(command: DeadlineCommand) -> None:
    with pytest.raises(NotFound):
        RULES.decide(command, None)


@pytest.mark.row("B05", "B07")
def test_the_days_between_asking_and_the_answer_do_not_count() -> None:
    given(RULES, SET).when(PAUSE).then(PAUSED)
    given(RULES, SET, PAUSED).when(RESUME).then(RESUMED)
    given(RULES, SET, PAUSED).when(PAUSE).nothing()
    given(RULES, SET).when(RESUME).nothing()


@pytest.mark.row("B05")
def test_every_pause_moves_the_end_by_its_own_days() -> None:
    again = (DeadlinePaused(paused_on=date(2026, 8, 1)),)
    resume = ResumeDeadline(resumed_on=date(2026, 8, 4), count=COUNT)

    given(RULES, SET, PAUSED, RESUMED, *again).when(resume).then(
        DeadlineResumed(resumed_on=date(2026, 8, 4), due_on=date(2026, 8, 8), calendar=CALENDAR)
    )


def test_a_pause_after_the_end_changes_nothing() -> None:
    given(RULES, SET, OVERDUE).when(PauseDeadline(paused_on=END + timedelta(days=1))).nothing()
    given(RULES, SET, OVERDUE).when(PauseDeadline(paused_on=END)).then(DeadlinePaused(paused_on=END))


@pytest.mark.row("B15")
def test_a_new_count_moves_an_open_deadline_and_says_from_where() -> None:
    moved = DeadlineMoved(due_on=date(2026, 8, 10), previously_due_on=END, calendar=CALENDAR)
    for before in ((), (OVERDUE,)):
        given(RULES, SET, *before).when(RECOUNT_LONGER).then(moved)
    given(RULES, SET).when(RecountDeadline(count=COUNT)).nothing()
    given(RULES, SET, moved).when(RECOUNT_LONGER).nothing()


@pytest.mark.parametrize("last", [PAUSED, MET, DROPPED, EXTENDED], ids=lambda event: type(event).__name__)
def test_what_stands_still_is_over_or_was_stated_in_writing_is_not_counted_anew(last: DeadlineEvent) -> None:
    given(RULES, SET, last).when(RECOUNT_LONGER).nothing()


@pytest.mark.row("B06")
def test_an_extension_states_a_later_date_while_the_deadline_runs() -> None:
    given(RULES, SET).when(EXTEND).then(EXTENDED)
    given(RULES, SET, EXTENDED).when(EXTEND).nothing()
    given(RULES, SET).when(replace(EXTEND, due_on=END)).refused(DeadlineNotLater)
    given(RULES, SET).when(replace(EXTEND, due_on=date.max)).refused(BeyondHolidays)
    for last in (PAUSED, MET, DROPPED):
        given(RULES, SET, last).when(EXTEND).refused(DeadlineNotRunning)


@pytest.mark.row("B06")
def test_a_date_that_has_passed_cannot_be_extended_whether_or_not_that_was_noted() -> None:
    late = replace(EXTEND, stated_on=END + timedelta(days=1))
    for before in ((), (OVERDUE,)):
        given(RULES, SET, *before).when(late).refused(DeadlinePassed)


@pytest.mark.row("B06")
def test_extensions_are_counted() -> None:
    again = replace(EXTENDED, due_on=date(2026, 9, 1), previously_due_on=EXTENDED.due_on)

    period = given(RULES, SET, EXTENDED, again).state

    assert period is not None
    assert (period.extensions, period.due_on) == (2, again.due_on)


@pytest.mark.row("B05", "B06")
def test_days_waited_after_an_extension_come_on_top_of_its_date() -> None:
    paused = DeadlinePaused(paused_on=date(2026, 8, 10))
    resume = ResumeDeadline(resumed_on=date(2026, 8, 17), count=COUNT)

    given(RULES, SET, PAUSED, RESUMED, EXTENDED, paused).when(resume).then(
        DeadlineResumed(resumed_on=date(2026, 8, 17), due_on=date(2026, 8, 27), calendar=CALENDAR)
    )


def test_a_deadline_is_overdue_from_the_day_after_and_not_before() -> None:
    given(RULES, SET).when(NoteOverdue(today=END)).nothing()
    given(RULES, SET).when(NOTE).then(OVERDUE)
    given(RULES, SET, OVERDUE).when(NOTE).nothing()
    for last in (PAUSED, MET, DROPPED, EXTENDED):
        given(RULES, SET, last).when(NOTE).nothing()


def test_a_date_that_was_set_anew_and_passed_is_noted_again() -> None:
    later = DeadlineMoved(due_on=date(2026, 8, 10), previously_due_on=END, calendar=CALENDAR)
    back = DeadlineMoved(due_on=END, previously_due_on=later.due_on, calendar=CALENDAR)

    given(RULES, SET, OVERDUE, later).when(NOTE).nothing()
    given(RULES, SET, OVERDUE, later, back).when(NOTE).then(OVERDUE)


def test_an_open_deadline_is_met_once_in_time_or_late() -> None:
    for before in ((), (PAUSED,), (OVERDUE,)):
        given(RULES, SET, *before).when(MEET).then(MET)
        given(RULES, SET, *before).when(DROP).then(DROPPED)
    for over in (MET, DROPPED):
        given(RULES, SET, over).when(MEET).nothing()
        given(RULES, SET, over).when(DROP).nothing()
    late = given(RULES, SET, OVERDUE, MET).state
    assert late is not None
    assert (late.status, late.met_on) == (Status.MET, MET.met_on)


def test_each_deadline_of_a_matter_has_a_stream_of_its_own() -> None:
    streams = {
        deadline_stream("toy", subject, code, number)
        for subject in (SUBJECT, StreamId("proposal", uuid4()))
        for code in DeadlineCode
        for number in (1, 2)
    }

    assert len(streams) == 2 * len(DeadlineCode) * 2
    assert {stream.category for stream in streams} == {"toy_deadline"}


def test_every_code_has_a_name_and_every_event_its_sentence() -> None:
    assert set(NAMES) == set(DeadlineCode)
    assert set(NATURES) == set(DeadlineNature)
    assert set(SENTENCES) == {event.__name__ for event in EVENTS}


@examples(st.lists(st.sampled_from((SET_IT, *AFTER_SET)), max_size=12))
def test_any_order_of_commands_leads_to_a_deadline_that_stands_somewhere(commands: list[DeadlineCommand]) -> None:
    period = None
    for command in commands:
        try:
            events = decide(command, period)
        except (NotFound, DeadlineNotRunning, DeadlinePassed, DeadlineNotLater):
            continue
        for event in events:
            period = evolve(period, event)
        if not isinstance(command, ExtendDeadline):
            assert list(decide(command, period)) == [], "a repeated command changes nothing"
    assert period is None or (period.status in Status and period.due_on >= END)
