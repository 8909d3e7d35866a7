"""What cases do by themselves at an instant: what was kept comes up again, and silence is noted."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from desk.timers import Alarm, RecallingAlarm, Timer
from eventstore.store import EventStore
from services.matching.domain.case import CASE
from services.matching.domain.case.feasibility import NoteKeptDue
from services.matching.domain.case.people import NoteSilence
from services.matching.projections.case_timers import KEPT_DUE, SILENCE, case_after


def kept_due(_: Timer, today: date) -> NoteKeptDue:
    """Notes that the day has come; nothing follows where the case is looked at already."""
    return NoteKeptDue(today=today)


def silence(timer: Timer, today: date, store: EventStore) -> NoteSilence:
    """Notes that nobody has been in touch since the contact that set the timer; nothing follows where somebody was."""
    then = case_after(store, timer.stream, timer.cause_id)
    return NoteSilence(last_contact_on=then.last_contact_on or today, today=today)


CASE_ALARMS: Final[Mapping[str, Alarm | RecallingAlarm]] = {
    KEPT_DUE: Alarm(CASE, kept_due),
    SILENCE: RecallingAlarm(CASE, silence),
}
"""Kind of timer → what is done."""
