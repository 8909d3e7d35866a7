"""Closes days: signs, for each day that is over, the size that the ledger had when it ended."""

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from eventstore.errors import Refusal
from eventstore.ledger.checkpoints import Outside, Signer
from eventstore.ledger.stored import Ledger

GRACE: Final = timedelta(minutes=5)
"""How long after midnight a day is closed: what is recorded before 00:00 may be committed a little later."""


class DayNotClosed(Refusal):
    """The day has no closing checkpoint: it is not over, before the ledger's first, or not all numbered yet."""

    code = "day_not_closed"


def close_days(
    ledger: Ledger, municipality: str, zone: ZoneInfo, signer: Signer, outside: Outside, now: datetime
) -> list[date]:
    """Signs the closing checkpoint of each day that is over and not yet closed, in order; gives those days.

    A day whose closing size cannot be told yet waits, and those after it.
    """
    closed = []
    for day in days_to_close(ledger, now - GRACE, zone):
        size = ledger.closing_size(end_of(day, zone), after=ledger.closed_size(day))
        if size is None:
            break
        ledger.sign(ledger.checkpoint(municipality, size), signer, outside, now, day)
        closed.append(day)
    return closed


def note_of(ledger: Ledger, day: date) -> str:
    """The signed closing checkpoint of a day. Raises `DayNotClosed`."""
    note = ledger.closing_note(day)
    if note is None:
        raise DayNotClosed(
            f"{day} is not closed: it is not over, is before the first event, or is not all numbered and signed yet"
        )
    return note


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """00:00 of the next day."""
    return datetime.combine(day + timedelta(days=1), time(), zone)


def days_to_close(ledger: Ledger, now: datetime, zone: ZoneInfo) -> list[date]:
    """The days before today's, from the day after the last one closed; from the first event's day where none is."""
    last, first = ledger.last_closed(), ledger.first_recorded()
    if first is None:
        return []
    begin = last + timedelta(days=1) if last else first.astimezone(zone).date()
    return [begin + timedelta(days=n) for n in range((now.astimezone(zone).date() - begin).days)]
