"""What can be asked of a deadline, and what it is counted by."""

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from desk.deadlines.open_days import OpenDays
from desk.packs.codes import DeadlineCode
from desk.packs.sections import Deadline
from eventstore.records import StreamId


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """What is counted by: the rule of the pack under which the deadline stands, and the days of the office."""

    rule: Deadline
    open_days: OpenDays


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDeadline:
    """Set a deadline for a matter (its stream), from a day on."""

    subject: StreamId
    code: DeadlineCode
    starts_on: date
    count: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseDeadline:
    """Stop the clock: the city waits since a day. A pause that begins after the end changes nothing."""

    paused_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeDeadline:
    """Let the clock run again, from the day of the answer on."""

    resumed_on: date
    count: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class RecountDeadline:
    """Count again, because days or the rule have changed; a paused deadline is counted when it goes on."""

    count: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendDeadline:
    """State a later date on a day, with the reason in the command's context (延長)."""

    due_on: date
    stated_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetDeadline:
    """What was to be done was done on a day, in time or late."""

    met_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DropDeadline:
    """The matter has ended, and nothing is to be done any more."""

    dropped_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteOverdue:
    """Note that the due date has passed, if it has by `today`."""

    today: date


DeadlineCommand: TypeAlias = (
    SetDeadline
    | PauseDeadline
    | ResumeDeadline
    | RecountDeadline
    | ExtendDeadline
    | MeetDeadline
    | DropDeadline
    | NoteOverdue
)
