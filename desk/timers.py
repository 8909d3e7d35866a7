"""Timers: what happens by itself at an instant, once, whoever is at work and whatever was down in between.

A timer is a row that a projection writes from the log, so it survives every restart and can be built again. Its round
looks for rows that are due by the office's clock and commands what the timer's kind says, under an id that follows from
the event that set it: several processes, repetitions and a crash at any moment end in one event. The command and the
row's end are one transaction; the projection takes the row away too when it meets what ends it.

What a rule refuses, or a fault of our own, puts that one timer off with growing delay, up to an hour, and stands in its
row with how often: it is neither lost nor in the way of others.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

import psycopg
import structlog
from psycopg.sql import SQL, Composed, Identifier

from desk.office import Office
from desk.turns import Turn, system_actor
from eventstore.database import Connection
from eventstore.decider import Decider
from eventstore.errors import RenkeiError, Unavailable
from eventstore.execution import execute
from eventstore.records import Context, Recorded, StreamId
from eventstore.store import EventStore

PAUSE: Final = 1.0  # seconds
LONGEST_DELAY: Final = timedelta(hours=1)
FAULT: Final = "fault"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """One timer. kind: what is to happen. stream: on which. cause_id, correlation_id: of the event that set it."""

    kind: str
    stream: StreamId
    fires_at: datetime
    cause_id: UUID
    correlation_id: UUID
    tries: int = 0

    @property
    def command_id(self) -> UUID:
        """The id of the command that it leads to: uuid5(event that set it / kind)."""
        return uuid5(self.cause_id, f"timers/{self.kind}")


@dataclass(frozen=True, slots=True)
class Alarm:
    """What is done with the timers of one kind: a command on the timer's stream, made of the timer and today's date.

    The rules give no event for what is not so any more: a timer may be older than the stream.
    """

    decider: Decider[Any, Any]
    command: Callable[[Timer, date], Any]


@dataclass(frozen=True, slots=True)
class RecallingAlarm:
    """An alarm whose command is made of the record, too, read amid the round's transaction."""

    decider: Decider[Any, Any]
    command: Callable[[Timer, date, EventStore], Any]

    def knowing(self, store: EventStore) -> Alarm:
        """What is done, the store at hand."""
        return Alarm(self.decider, lambda timer, today: self.command(timer, today, store))


def set_timer(turn: Turn, kind: str, fires_at: datetime, recorded: Recorded) -> None:
    """Sets the one timer of this kind on the event's stream, for the instant; an earlier one is replaced.

    For handlers of the projection whose table is `<service>_timers`.
    """
    clear_timer(turn, kind, recorded)
    statement = SQL(
        "INSERT INTO {} (stream_id, kind, stream_category, fires_at, cause_id, correlation_id)"
        " VALUES (%s, %s, %s, %s, %s, %s)"
    ).format(_table(turn.service))
    stream = recorded.stream
    row = (stream.id, kind, stream.category, fires_at, recorded.id, recorded.correlation_id)
    turn.connection.execute(statement, row)


def clear_timer(turn: Turn, kind: str, recorded: Recorded) -> None:
    """Takes away the timer of this kind on the event's stream, if there is one."""
    statement = SQL("DELETE FROM {} WHERE stream_id = %s AND kind = %s").format(_table(turn.service))
    turn.connection.execute(statement, (recorded.stream.id, kind))


def delay_after(tries: int) -> timedelta:
    """For how long something is put off that was put off so often before: a second, twice as long each time, 1 h."""
    return min(timedelta(seconds=2 ** min(tries, 20)), LONGEST_DELAY)


class TimerRound:
    """The round of a service's timers in one city."""

    name: Final = "timers"
    pause: Final = PAUSE

    def __init__(self, office: Office, alarms: Mapping[str, Alarm | RecallingAlarm]) -> None:
        """alarms: kind → what is done with such timers; timers of other kinds wait."""
        self._office = office
        self._alarms = alarms

    def step(self) -> bool:
        """Lets the timer go off that has been due longest, of those that nobody has in hand; whether there was one.

        Raises `Unavailable` where it has to be tried again: then nothing has happened.
        """
        try:
            with self._office.database.connection() as connection, connection.transaction():
                timer = self._due(connection)
                if timer is not None:
                    self._go_off(connection, timer)
        except psycopg.Error as fault:
            raise Unavailable(f"timers cannot be read ({type(fault).__name__})", code="timers_unavailable") from fault
        return timer is not None

    def _due(self, connection: Connection) -> Timer | None:
        """A timer that is due, locked until the transaction ends."""
        row = connection.execute(
            self._sql(
                "SELECT kind, stream_category, stream_id, fires_at, cause_id, correlation_id, tries FROM {}"
                " WHERE kind = ANY(%s) AND coalesce(again_at, fires_at) <= %s"
                " ORDER BY coalesce(again_at, fires_at), stream_id LIMIT 1 FOR UPDATE SKIP LOCKED"
            ),
            (list(self._alarms), self._office.clock()),
        ).fetchone()
        if row is None:
            return None
        kind, category, stream_id, fires_at, cause_id, correlation_id, tries = row
        return Timer(
            kind=kind,
            stream=StreamId(category, stream_id),
            fires_at=fires_at,
            cause_id=cause_id,
            correlation_id=correlation_id,
            tries=tries,
        )

    def _go_off(self, connection: Connection, timer: Timer) -> None:
        """Commands what the timer is for and ends it, or puts it off."""
        try:
            with connection.transaction():
                self._command(connection, timer)
                self._end(connection, timer)
        except (Unavailable, psycopg.OperationalError):
            raise
        except RenkeiError as refused:
            self._put_off(connection, timer, refused.stable_code)
        except Exception as fault:  # noqa: BLE001 - one timer with a fault must not be in the way of the others
            log.error("a timer ended in a fault", kind=timer.kind, stream=str(timer.stream), error=type(fault).__name__)
            self._put_off(connection, timer, FAULT)

    def _command(self, connection: Connection, timer: Timer) -> None:
        office, alarm = self._office, self._alarms[timer.kind]
        store = office.store.amid(connection)
        if isinstance(alarm, RecallingAlarm):
            alarm = alarm.knowing(store)
        rules = office.rules.amid(store)
        today = rules.day_of(office.clock())
        context = Context(
            command_id=timer.command_id,
            correlation_id=timer.correlation_id,
            causation_id=timer.cause_id,
            actor=system_actor(office.service),
            policy=rules.in_force(today).digest,
        )
        execute(store, alarm.decider, timer.stream, alarm.command(timer, today), context)

    def _end(self, connection: Connection, timer: Timer) -> None:
        connection.execute(
            self._sql("DELETE FROM {} WHERE stream_id = %s AND kind = %s"), (timer.stream.id, timer.kind)
        )

    def _put_off(self, connection: Connection, timer: Timer, code: str) -> None:
        log.warning("timer put off", kind=timer.kind, stream=str(timer.stream), code=code, tries=timer.tries + 1)
        connection.execute(
            self._sql("UPDATE {} SET tries = %s, code = %s, again_at = %s WHERE stream_id = %s AND kind = %s"),
            (timer.tries + 1, code, self._office.clock() + delay_after(timer.tries), timer.stream.id, timer.kind),
        )

    def _sql(self, statement: str) -> Composed:
        return SQL(statement).format(_table(self._office.service))


def _table(service: str) -> Identifier:
    return Identifier(f"{service}_timers")
