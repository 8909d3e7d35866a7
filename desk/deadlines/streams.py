"""A deadline in the log: one stream for each period that runs for one matter, the same in every service.

The rules are pure: a command brings the pack's rule and the open days that are counted by, `decide` counts. A due date
that has passed is noted once for each time that it was set; a new due date starts afresh. What a city has stated in
writing as a later date is moved by no calendar.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum, unique
from typing import Final, assert_never
from uuid import uuid5

from desk.deadlines.counting import Pause, due, require_known
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
    DeadlineDropped,
    DeadlineEvent,
    DeadlineExtended,
    DeadlineMet,
    DeadlineMoved,
    DeadlineOverdue,
    DeadlinePaused,
    DeadlineResumed,
    DeadlineSet,
    deadline_category,
)
from desk.packs.codes import DeadlineCode, DeadlineNature
from eventstore.decider import Decider
from eventstore.errors import NotFound, Refusal
from eventstore.records import StreamId


@unique
class Status(StrEnum):
    """Where a deadline stands; the first three are open: there is still something to do."""

    RUNNING = "running"
    PAUSED = "paused"
    OVERDUE = "overdue"
    MET = "met"
    DROPPED = "dropped"


OPEN: Final = frozenset({Status.RUNNING, Status.PAUSED, Status.OVERDUE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A deadline as it stands.

    extended_to: the date stated in writing last; `pauses` are then those that came after it. extensions: how often one
    was stated.
    """

    status: Status
    subject: StreamId
    code: DeadlineCode
    nature: DeadlineNature
    starts_on: date
    due_on: date
    calendar: str
    pauses: tuple[Pause, ...] = ()
    extended_to: date | None = None
    extensions: int = 0
    met_on: date | None = None


class DeadlineNotRunning(Refusal):
    """It is paused, met or dropped: there is nothing to extend."""

    code = "deadline_not_running"
    sentence = "この期限は進行中ではないため、延長できません。"


class DeadlinePassed(Refusal):
    """Its date has passed: what is over cannot be extended, it can only be late."""

    code = "deadline_passed"
    sentence = "この期限はすでに過ぎているため、延長できません。"


class DeadlineNotLater(Refusal):
    """An extension states a later date than the one that stands."""

    code = "deadline_not_later"
    sentence = "延長後の期限は、今の期限より後の日にしてください。"


def decide(command: DeadlineCommand, period: Period | None) -> Sequence[DeadlineEvent]:
    """The events that follow from a command; none where it was already so, or the deadline is over.

    Raises `NotFound` where no such deadline was set.
    """
    if isinstance(command, SetDeadline):
        return [] if period else [_set(command)]
    if period is None:
        raise NotFound
    match command:
        case ExtendDeadline():
            return _extended(command, period)
        case NoteOverdue():
            is_passed = period.status is Status.RUNNING and period.due_on < command.today
            return [DeadlineOverdue(due_on=period.due_on)] if is_passed else []
        case MeetDeadline():
            return [DeadlineMet(met_on=command.met_on)] if period.status in OPEN else []
        case DropDeadline():
            return [DeadlineDropped(dropped_on=command.dropped_on)] if period.status in OPEN else []
        case _:
            return _clock(command, period)


def _clock(command: PauseDeadline | ResumeDeadline | RecountDeadline, period: Period) -> Sequence[DeadlineEvent]:
    is_paused = period.status is Status.PAUSED
    match command:
        case PauseDeadline():
            is_in_time = period.status in OPEN and not is_paused and command.paused_on <= period.due_on
            return [DeadlinePaused(paused_on=command.paused_on)] if is_in_time else []
        case ResumeDeadline():
            return [_resumed(command, period)] if is_paused else []
        case RecountDeadline():
            is_counted = period.status in OPEN and not is_paused and period.extended_to is None
            return _moved(command.count, period) if is_counted else []
        case _:
            assert_never(command)


def _set(command: SetDeadline) -> DeadlineSet:
    rule, open_days = command.count.rule, command.count.open_days
    return DeadlineSet(
        subject_category=command.subject.category,
        subject_id=command.subject.id,
        code=command.code,
        starts_on=command.starts_on,
        due_on=due(rule, command.starts_on, open_days).due_on,
        nature=rule.nature,
        calendar=open_days.version,
    )


def _resumed(command: ResumeDeadline, period: Period) -> DeadlineResumed:
    pauses = _ended(period.pauses, command.resumed_on)
    return DeadlineResumed(
        resumed_on=command.resumed_on,
        due_on=_due_on(replace(period, pauses=pauses), command.count),
        calendar=command.count.open_days.version,
    )


def _moved(count: Count, period: Period) -> Sequence[DeadlineEvent]:
    due_on = _due_on(period, count)
    if due_on == period.due_on:
        return []
    return [DeadlineMoved(due_on=due_on, previously_due_on=period.due_on, calendar=count.open_days.version)]


def _extended(command: ExtendDeadline, period: Period) -> Sequence[DeadlineEvent]:
    if period.extended_to == command.due_on == period.due_on:
        return []
    if period.status not in (Status.RUNNING, Status.OVERDUE):
        raise DeadlineNotRunning
    if command.stated_on > period.due_on:
        raise DeadlinePassed
    if command.due_on <= period.due_on:
        raise DeadlineNotLater
    require_known(command.due_on)
    return [DeadlineExtended(due_on=command.due_on, previously_due_on=period.due_on)]


def _due_on(period: Period, count: Count) -> date:
    """What the rule gives; of a date that was stated in writing, that date and the days waited since."""
    if period.extended_to is None:
        return due(count.rule, period.starts_on, count.open_days, period.pauses).due_on
    waited = (pause.until - pause.since for pause in period.pauses if pause.until and pause.until > pause.since)
    return period.extended_to + sum(waited, timedelta())


def _ended(pauses: tuple[Pause, ...], until: date) -> tuple[Pause, ...]:
    return (*pauses[:-1], Pause(since=pauses[-1].since, until=until))


def evolve(period: Period | None, event: DeadlineEvent) -> Period | None:
    """The deadline after an event."""
    if isinstance(event, DeadlineSet):
        return Period(
            status=Status.RUNNING,
            subject=StreamId(event.subject_category, event.subject_id),
            code=event.code,
            nature=event.nature,
            starts_on=event.starts_on,
            due_on=event.due_on,
            calendar=event.calendar,
        )
    return None if period is None else _evolved(period, event)


def _evolved(period: Period, event: DeadlineEvent) -> Period:
    match event:
        case DeadlinePaused():
            pauses = (*period.pauses, Pause(since=event.paused_on, until=None))
            return replace(period, status=Status.PAUSED, pauses=pauses)
        case DeadlineResumed():
            pauses = _ended(period.pauses, event.resumed_on)
            return _running(replace(period, pauses=pauses, calendar=event.calendar), event.due_on)
        case DeadlineMoved():
            return _running(replace(period, calendar=event.calendar), event.due_on)
        case DeadlineExtended():
            extended = replace(period, pauses=(), extended_to=event.due_on, extensions=period.extensions + 1)
            return _running(extended, event.due_on)
        case DeadlineOverdue():
            return replace(period, status=Status.OVERDUE)
        case DeadlineMet():
            return replace(period, status=Status.MET, met_on=event.met_on)
        case DeadlineDropped():
            return replace(period, status=Status.DROPPED)
        case DeadlineSet():
            return period
        case _:
            assert_never(event)


def _running(period: Period, due_on: date) -> Period:
    return replace(period, status=Status.RUNNING, due_on=due_on)


def deadline_rules(service: str) -> Decider[DeadlineCommand, Period | None]:
    """The rules of a service's deadline streams."""
    return Decider(category=deadline_category(service), initial=None, decide=decide, evolve=evolve)


def deadline_stream(service: str, subject: StreamId, code: DeadlineCode, number: int = 1) -> StreamId:
    """Where a matter's deadline stands. number: the how manieth of this code for this matter."""
    return StreamId(deadline_category(service), uuid5(subject.id, f"{code}/{number}"))
