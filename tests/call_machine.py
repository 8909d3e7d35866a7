"""A call against a simple model, while seconds go by its opening and closing: duplicates, stale timers, conflicts."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid5

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from services.intake.domain.call import CALL
from services.intake.domain.call.commands import ArchiveCall, CallCommand, CloseCall, DraftCall, ExtendCall, OpenCall
from services.intake.domain.call.events import (
    CallArchived,
    CallClosed,
    CallExtended,
    CallOpened,
    CallQuestionAsked,
    CallRevised,
    CallScheduled,
)
from services.intake.domain.call.state import Standing
from tests.calls import CALL_ID, DAY, DEPARTMENTS, OPENS, SECOND, SUBJECTS, TEXT, answer, ask, revise, schedule
from tests.lives import ANY, LifeMachine

STEPS = st.integers(1, 3)


class CallMachine(LifeMachine):
    """The stream of one call, and beside it what one would write on a sheet of paper."""

    decider = CALL

    def __init__(self) -> None:
        super().__init__()
        self.now = OPENS
        self.timers: list[CallCommand] = []
        self.title = TEXT.title
        self.window: tuple[datetime, datetime] | None = None
        self.answered = self.archived = False

    @property
    def paper(self) -> Standing:
        """Where it stands by the sheet of paper."""
        if self.archived or self.answered:
            return Standing.ARCHIVED if self.archived else Standing.ANSWERED
        if self.window is None:
            return Standing.DRAFTED
        opens_at, closes_at = self.window
        if self.now < opens_at:
            return Standing.SCHEDULED
        return Standing.OPEN if self.now < closes_at else Standing.CLOSED

    def happened(self, kind: type) -> list[Any]:
        """The events of a type."""
        return [event for event in self.events if isinstance(event, kind)]

    @initialize()
    def draft(self) -> None:
        assert len(self.carry_out(DraftCall(text=TEXT, departments=DEPARTMENTS, subjects=SUBJECTS))) == 1

    @rule(seconds=STEPS)
    def time_goes_by(self, seconds: int) -> None:
        self.now += seconds * SECOND

    @rule(title=st.sampled_from(["甲", "乙"]))
    def revise(self, title: str) -> None:
        told = self.carry_out(revise(self.now, replace(TEXT, title=title)))
        assert isinstance(told, list) == (self.paper in (Standing.DRAFTED, Standing.SCHEDULED))
        if told and isinstance(told, list):
            self.title, self.window = title, None

    @rule(until=STEPS, long=STEPS)
    def schedule(self, until: int, long: int) -> None:
        window = (self.now + until * SECOND, self.now + (until + long) * SECOND)
        told = self.carry_out(schedule(self.now, *window))
        assert isinstance(told, list) == (self.paper in (Standing.DRAFTED, Standing.SCHEDULED))
        if isinstance(told, list):
            self.window = window
            self.timers += [OpenCall(at=window[0]), CloseCall(at=window[1])]

    @rule(longer=STEPS)
    def extend(self, longer: int) -> None:
        closes_at = (self.window[1] if self.window else self.now) + longer * SECOND
        told = self.carry_out(ExtendCall(at=self.now, closes_at=closes_at, explanation="大雪"))
        assert isinstance(told, list) == (self.paper is Standing.OPEN)
        if isinstance(told, list) and self.window:
            self.window = (self.window[0], closes_at)
            self.timers.append(CloseCall(at=closes_at))

    @rule(which=ANY)
    def a_timer_goes_off(self, which: int) -> None:
        due = [timer for timer in self.timers if isinstance(timer, OpenCall | CloseCall) and timer.at <= self.now]
        if due:
            assert isinstance(self.carry_out(due[which % len(due)]), list)

    @rule(ago=st.integers(0, 3))
    def ask(self, ago: int) -> None:
        at = self.now - ago * SECOND
        told = self.carry_out(ask(at, uuid5(CALL_ID, str(len(self.done)))))
        is_open = self.window is not None and self.window[0] <= at < self.window[1]
        assert isinstance(told, list) == (is_open and not self.answered)

    @rule()
    def tell_the_result(self) -> None:
        told = self.carry_out(answer())
        assert isinstance(told, list) == (bool(self.happened(CallClosed)) and not self.answered)
        self.answered |= isinstance(told, list)

    @rule()
    def archive(self) -> None:
        told = self.carry_out(ArchiveCall(archived_on=DAY))
        assert isinstance(told, list) == self.answered
        self.archived |= isinstance(told, list)

    @precondition(lambda self: self.done)
    @rule(which=ANY)
    def something_decided_is_decided_again(self, which: int) -> None:
        command = self.done[which % len(self.done)].command
        if isinstance(command, OpenCall | CloseCall | ArchiveCall):
            assert self.carry_out(command) == []

    @invariant()
    def it_stands_as_on_paper(self) -> None:
        if self.events:
            assert self.state.standing(self.now) is self.paper

    @invariant()
    def it_opens_once_with_the_last_text_and_nothing_changes_it_afterwards(self) -> None:
        opened = self.happened(CallOpened)
        assert len(opened) <= 1
        assert len(self.happened(CallClosed)) <= len(opened)
        assert len(self.happened(CallArchived)) <= 1
        for event in opened:
            assert event.title == self.title
            after = self.events[self.events.index(event) :]
            assert not [one for one in after if isinstance(one, CallRevised | CallScheduled)]

    @invariant()
    def what_was_asked_was_asked_while_it_was_open(self) -> None:
        for asked in self.happened(CallQuestionAsked):
            assert self.window
            assert self.window[0] <= asked.asked_at < self.window[1]

    @invariant()
    def it_closes_when_it_was_promised_last(self) -> None:
        for closed in self.happened(CallClosed):
            assert self.window
            assert closed.closed_at == self.window[1] <= self.now
            assert not [one for one in self.events[self.events.index(closed) :] if isinstance(one, CallExtended)]
