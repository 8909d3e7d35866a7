"""What a service keeps of its deadlines beside the log: the list, and the timers of their ends; both are projections.

    DEADLINES = deadline_list("intake")
    TIMERS = Subscription(name="timers", tables=("intake_timers",), on=DEADLINE_TIMERS)

A deadline is overdue from 00:00 of the day after its date, in the city's time zone.
"""

from datetime import date, timedelta
from typing import Final

from psycopg.sql import SQL, Identifier

from desk.deadlines.streams import Status, deadline_rules
from desk.deadlines.streams_commands import NoteOverdue
from desk.deadlines.streams_events import (
    DeadlineExtended,
    DeadlineMet,
    DeadlineMoved,
    DeadlineResumed,
    DeadlineSet,
)
from desk.rows import change_row
from desk.timers import Alarm, clear_timer, set_timer
from desk.turns import Turn
from eventstore.following.subscriptions import On, Subscription
from eventstore.records import Recorded

LIST: Final = "deadlines"
"""Name of the subscription that keeps the list."""
OVERDUE: Final = "deadline_overdue"
"""Kind of the timers of due dates."""
ONE_DAY: Final = timedelta(days=1)


def on_deadline_set(turn: Turn, recorded: Recorded) -> None:
    """A row of its own."""
    event: DeadlineSet = recorded.event
    statement = SQL(
        "INSERT INTO {} (deadline_id, version, subject_category, subject_id, code, nature, status, starts_on, due_on,"
        " calendar, position) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
    ).format(Identifier(_table(turn)))
    row = (
        recorded.stream.id, recorded.version, event.subject_category, event.subject_id, event.code, event.nature,
        Status.RUNNING, event.starts_on, event.due_on, event.calendar, turn.position,
    )  # fmt: skip
    turn.connection.execute(statement, row)


def on_deadline_counted(turn: Turn, recorded: Recorded) -> None:
    """It runs toward another date, counted by these days."""
    event: DeadlineResumed | DeadlineMoved = recorded.event
    _change(turn, recorded, status=Status.RUNNING, due_on=event.due_on, calendar=event.calendar)


def on_deadline_extended(turn: Turn, recorded: Recorded) -> None:
    """It runs toward a date that was stated, once more."""
    event: DeadlineExtended = recorded.event
    _change(turn, recorded, status=Status.RUNNING, due_on=event.due_on)
    statement = SQL("UPDATE {} SET extensions = extensions + 1 WHERE deadline_id = %s")
    turn.connection.execute(statement.format(Identifier(_table(turn))), (recorded.stream.id,))


def on_deadline_paused(turn: Turn, recorded: Recorded) -> None:
    """The clock stands."""
    _change(turn, recorded, status=Status.PAUSED)


def on_deadline_overdue(turn: Turn, recorded: Recorded) -> None:
    """Its date passed."""
    _change(turn, recorded, status=Status.OVERDUE)


def on_deadline_met(turn: Turn, recorded: Recorded) -> None:
    """When it was done."""
    event: DeadlineMet = recorded.event
    _change(turn, recorded, status=Status.MET, met_on=event.met_on)


def on_deadline_dropped(turn: Turn, recorded: Recorded) -> None:
    """Nothing is to be done."""
    _change(turn, recorded, status=Status.DROPPED)


def _change(turn: Turn, recorded: Recorded, **columns: Status | date | str) -> None:
    change_row(turn, _table(turn), "deadline_id", recorded.stream.id, version=recorded.version, **columns)


def _table(turn: Turn) -> str:
    return f"{turn.service}_deadlines"


def deadline_list(service: str) -> Subscription[Turn]:
    """The projection of a service's deadlines into its table `<service>_deadlines`."""
    return Subscription(
        name=LIST,
        tables=(f"{service}_deadlines",),
        on=(
            On("DeadlineSet", on_deadline_set),
            On("DeadlinePaused", on_deadline_paused),
            On("DeadlineResumed", on_deadline_counted),
            On("DeadlineMoved", on_deadline_counted),
            On("DeadlineExtended", on_deadline_extended),
            On("DeadlineOverdue", on_deadline_overdue),
            On("DeadlineMet", on_deadline_met),
            On("DeadlineDropped", on_deadline_dropped),
        ),
    )


def set_end(turn: Turn, recorded: Recorded) -> None:
    """A timer for the end of a deadline's last day."""
    event: DeadlineSet | DeadlineResumed | DeadlineMoved | DeadlineExtended = recorded.event
    set_timer(turn, OVERDUE, turn.rules.begin_of(event.due_on + ONE_DAY), recorded)


def clear_end(turn: Turn, recorded: Recorded) -> None:
    """No timer: the clock stands, it was noted already, or nothing is to be done."""
    clear_timer(turn, OVERDUE, recorded)


DEADLINE_TIMERS: Final[tuple[On[Turn], ...]] = (
    *(On(name, set_end) for name in ("DeadlineSet", "DeadlineResumed", "DeadlineMoved", "DeadlineExtended")),
    *(On(name, clear_end) for name in ("DeadlinePaused", "DeadlineOverdue", "DeadlineMet", "DeadlineDropped")),
)
"""For the projection that writes a service's timers."""


def overdue_alarm(service: str) -> Alarm:
    """What the timers of kind `OVERDUE` do."""
    return Alarm(deadline_rules(service), lambda _, today: NoteOverdue(today=today))
