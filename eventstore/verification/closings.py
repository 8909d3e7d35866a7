"""Checks in one pass over the log that each day closed at the size that the log says.

A day's closing size is the number of positions before the first event recorded at or after 00:00 of the next day in
the city's zone, so it can be computed from the log at any time.
"""

from collections import deque
from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from eventstore.ledger.closing import end_of
from eventstore.ledger.findings import Fault, Findings
from eventstore.verification.held_checkpoints import HeldCheckpoint


class _Closing(NamedTuple):
    end: datetime
    size: int
    where: str


class Closings:
    """The closing checkpoints of a ledger, and how far the log has been seen."""

    def __init__(self, closings: Iterable[HeldCheckpoint], zone: ZoneInfo, now: datetime, findings: Findings) -> None:
        self._now = now
        self._findings = findings
        self._waiting: deque[_Closing] = deque(sorted(self._closings(closings, zone)))
        self._look_ahead()

    def see(self, position: int, recorded_at: datetime) -> None:
        """The event at a position, in order."""
        while self._end is not None and recorded_at >= self._end:
            self._compare(self._waiting.popleft(), position - 1)
            self._look_ahead()

    def finish(self, size: int) -> None:
        """After the last event: a day that is over and has nothing after it closed with everything."""
        for closing in self._waiting:
            if closing.end > self._now:
                self._findings.add(0, Fault.CLOSING_WRONG, f"{closing.where}: the day is not over")
            else:
                self._compare(closing, size)

    def _closings(self, held: Iterable[HeldCheckpoint], zone: ZoneInfo) -> Iterable[_Closing]:
        for checkpoint, where, day, _ in held:
            try:
                yield _Closing(end_of(day or date.max, zone), checkpoint.size, where)
            except OverflowError:
                self._findings.add(0, Fault.CLOSING_WRONG, f"{where}: there is no such day")

    def _look_ahead(self) -> None:
        self._end = self._waiting[0].end if self._waiting else None

    def _compare(self, closing: _Closing, size: int) -> None:
        if closing.size != size:
            self._findings.add(0, Fault.CLOSING_WRONG, f"{closing.where}: by the log it closed at {size}")
