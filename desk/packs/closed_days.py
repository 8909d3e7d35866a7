"""On which days an office is closed year after year (閉庁日), as the section `closed_days` of a pack says it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum, unique
from typing import Annotated, Final, NewType

from desk.packs.codes import Status
from desk.packs.problems import Unfit
from desk.packs.sections import Distinct, Sourced

MonthDay = NewType("MonthDay", str)
"""A day of every year, `12-29`."""


@unique
class Weekday(StrEnum):
    """The days of the week in the order of `date.weekday`."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


@dataclass(frozen=True, slots=True, kw_only=True)
class YearEnd:
    """年末年始: from a day of December to a day of January, both included."""

    first: MonthDay
    last: MonthDay

    def __post_init__(self) -> None:
        if not (self.first.startswith("12-") and self.last.startswith("01-")):
            raise Unfit("年末年始は、12月の日（first）から1月の日（last）まで（例 12-29 から 01-03）で書いてください。")

    def covers(self, day: date) -> bool:
        """Whether a day lies in it."""
        written = f"{day:%m-%d}"
        return written >= self.first or written <= self.last


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedDays(Sourced):
    """Closed weekdays, whether public holidays are closed days, and the year end; None where the city has none."""

    weekdays: Annotated[tuple[Weekday, ...], Distinct]
    public_holidays: bool
    year_end: YearEnd | None = None

    def __post_init__(self) -> None:
        if len(self.weekdays) == len(Weekday):
            raise Unfit("すべての曜日を閉庁日にすることはできません。")


LAW: Final = ClosedDays(
    weekdays=(Weekday.SATURDAY, Weekday.SUNDAY),
    public_holidays=True,
    year_end=YearEnd(first=MonthDay("12-29"), last=MonthDay("01-03")),
    source="地方自治法第4条の2第2項（条例で定める。年末年始は多くの市の例による）",
    status=Status.ASSUMED,
)
"""What counts until a pack says it: the days that the law lets an ordinance close, 年末年始 as is usual."""
