"""Whether the office is open on a day, and why not where it is closed (閉庁日)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from desk.deadlines.calendar import Calendar
from desk.deadlines.holidays import EDITION, holiday_on
from desk.packs.closed_days import LAW, ClosedDays, Weekday

ONE_DAY: Final = timedelta(days=1)
WEEKDAYS: Final = tuple(Weekday)
NAMES: Final = dict(zip(Weekday, "月火水木金土日", strict=True))
NONE: Final = "none"
"""Stands in a version where the city adopted no calendar."""
YEAR_END: Final = "年末年始の休日"
ADOPTED: Final = "市の定める閉庁日"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedDay:
    """A day on which the office is closed, and why, in the office's words."""

    day: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDays:
    """The days on which a city's office is open: what its pack says, and the calendars that it adopted.

    rules: closed weekdays, holidays and year end, of the pack of this version that one counts under. calendars: all
    that were adopted, in that order. For each day the calendar in force on that day is asked, found as packs are: of
    those effective by then the latest, of equal ones the last adopted. So a new calendar counts for every day from its
    first on, also for periods that run already, and leaves the days before as they were.
    """

    rules: ClosedDays = LAW
    pack_version: str | None = None
    calendars: tuple[Calendar, ...] = ()

    @property
    def version(self) -> str:
        """What these days follow from beside the pack: the calendar adopted last, and the edition of the holidays."""
        return f"{self._adopted}/{EDITION}"

    def is_of(self, version: str) -> bool:
        """Whether a version names the same calendars, by whatever edition of the holidays."""
        return version.partition("/")[0] == self._adopted

    @property
    def _adopted(self) -> str:
        return self.calendars[-1].version if self.calendars else NONE

    def is_open(self, day: date) -> bool:
        """Whether the office is open on a day."""
        return self.why_closed(day) is None

    def why_closed(self, day: date) -> str | None:
        """Why the office is closed on a day, such as 祝日「勤労感謝の日」; None where it is open."""
        calendar = self._calendar(day)
        if calendar is not None:
            reason = calendar.why_closed(day)
            if reason is not None:
                return f"{ADOPTED}（{reason}）"
            if calendar.opens(day):
                return None
        return self._why_closed_by_rule(day)

    def closed(self, days: Iterable[date]) -> tuple[ClosedDay, ...]:
        """Those of these days on which the office is closed, each with its reason."""
        return tuple(ClosedDay(day=day, reason=reason) for day in days if (reason := self.why_closed(day)) is not None)

    def from_on(self, day: date) -> Iterator[date]:
        """The open days from a day on, that day included, without end."""
        while True:
            if self.is_open(day):
                yield day
            day += ONE_DAY

    def until(self, day: date) -> Iterator[date]:
        """The open days backward from a day, that day included, without end."""
        while True:
            if self.is_open(day):
                yield day
            day -= ONE_DAY

    def _calendar(self, day: date) -> Calendar | None:
        effective = [calendar for calendar in self.calendars if calendar.effective_from <= day]
        # max gives the first of equal ones, so the last adopted is looked at first
        return max(reversed(effective), key=lambda calendar: calendar.effective_from, default=None)

    def _why_closed_by_rule(self, day: date) -> str | None:
        holiday = holiday_on(day) if self.rules.public_holidays else None
        if holiday is not None:
            return holiday
        if self.rules.year_end is not None and self.rules.year_end.covers(day):
            return YEAR_END
        weekday = WEEKDAYS[day.weekday()]
        return f"{NAMES[weekday]}曜日" if weekday in self.rules.weekdays else None
