"""Counts open deadlines again that were counted by another edition of the public holidays: a round, for each service.

A changed law (国民の祝日に関する法律) reaches a city with a release of this software, not as an event. So each process
looks at its start, and from time to time, for what was counted by other days than its own, and nobody has to remember
it. Where two releases serve side by side they may move a date to and fro; the last one at work has the last word.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID, uuid5

import psycopg
import structlog
from psycopg.sql import SQL, Identifier

from desk.deadlines.following_calendar import Counted, count_of
from desk.deadlines.holidays import EDITION
from desk.deadlines.streams import Status, deadline_rules
from desk.deadlines.streams_commands import RecountDeadline
from desk.office import Office
from desk.rules import CalendarUnknown, CalendarUnreadable, NoPackInForce, PackUnreadable
from desk.turns import system_actor
from eventstore.errors import RenkeiError, Unavailable
from eventstore.execution import execute
from eventstore.records import Context, Recorded, StreamId

PAUSE: Final = 3600.0
"""Seconds from one look at all of them to the next."""
BEFORE_ALL: Final = UUID(int=0)
COUNTED: Final = (Status.RUNNING, Status.OVERDUE)
RULES_MISSING: Final = (NoPackInForce, PackUnreadable, CalendarUnknown, CalendarUnreadable)
"""What keeps one deadline from being counted, because of the day on which it starts, and not the others."""

log = structlog.get_logger(__name__)


class HolidayRound:
    """The round of a service's deadlines in one city, by their ids, and from the first again after the last."""

    name: Final = "holidays"
    pause: Final = PAUSE

    def __init__(self, office: Office) -> None:
        self._office = office
        self._rules = deadline_rules(office.service)
        self._last = BEFORE_ALL

    def step(self) -> bool:
        """Counts the next one again; whether there was one.

        What a rule refuses, and what cannot be counted because its rules cannot be read, is noted in the log and put
        off to the next round: it is in nobody's way.
        Raises `Unavailable` where it has to be tried again: then nothing has happened.
        """
        found = self._next()
        if found is None:
            self._last = BEFORE_ALL
            return False
        stream = StreamId(self._rules.category, found)
        try:
            self._recount(stream)
        except RenkeiError as refused:
            if isinstance(refused, Unavailable) and not isinstance(refused, RULES_MISSING):
                raise
            log.warning("deadline not counted again", stream=str(stream), code=refused.stable_code)
        self._last = found
        return True

    def _next(self) -> UUID | None:
        statement = SQL(
            "SELECT deadline_id FROM {} WHERE deadline_id > %s AND status = ANY(%s) AND extensions = 0"
            " AND split_part(calendar, '/', 2) <> %s ORDER BY deadline_id LIMIT 1"
        ).format(Identifier(f"{self._office.service}_deadlines"))
        try:
            with self._office.database.connection() as connection:
                row = connection.execute(statement, (self._last, list(COUNTED), EDITION)).fetchone()
        except psycopg.Error as fault:
            name = type(fault).__name__
            raise Unavailable(f"deadlines cannot be read ({name})", code="deadlines_unavailable") from fault
        return row[0] if row else None

    def _recount(self, stream: StreamId) -> None:
        """Counts it by what holds, and once more where other days were adopted in between."""
        events = self._office.store.load(stream).events
        period = self._rules.fold(events)
        if period is None:
            return
        last, now = None, count_of(self._office.rules, period)
        while now is not None and now != last:
            command = RecountDeadline(count=now.by)
            execute(self._office.store, self._rules, stream, command, self._context(events, now))
            last, now = now, count_of(self._office.rules, period)

    def _context(self, events: Sequence[Recorded], counted: Counted) -> Context:
        return Context(
            command_id=uuid5(events[0].stream.id, f"{events[-1].version}/{counted.by.open_days.version}"),
            correlation_id=events[0].correlation_id,
            actor=system_actor(self._office.service),
            policy=counted.policy,
        )
