"""Counting days as a rule is written, forward and backward; every result carries how it came about.

A period of days runs as 民法 says: the first day counts only where the rule says so (第140条), months and years end on
the day before the corresponding day (第143条第2項). An end moves off a closed day only where the rule says so, and only
forward: that is for acts toward the city (地方自治法第4条の2第4項).
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Final, assert_never

from desk.deadlines.holidays import LAST_KNOWN
from desk.deadlines.open_days import ONE_DAY, ClosedDay, OpenDays
from desk.packs.codes import Counting, DeadlineUnit, Rolling
from desk.packs.sections import Deadline
from eventstore.errors import Refusal

MONTHS: Final = {DeadlineUnit.MONTHS: 1, DeadlineUnit.YEARS: 12}
"""How many months a unit has, of those that are counted by the calendar (暦に従って計算する)."""


class BeyondHolidays(Refusal):
    """A day so far ahead, most likely a slip of the pen, that its holidays cannot be computed."""

    code = "beyond_holidays"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """The city waits for somebody: from the day on which it asked (`since`) to that of the answer (`until`).

    As many days are left out as lie between the two (補正に要した日数は、当該期間に算入しない: 行政機関情報公開法
    第10条第1項ただし書): the day of asking counts still, as 民法第140条 does not begin with it, that of the answer does
    not. Leaving both out would give a later end, so the city is in time under either reading. `until` is None while
    it waits.
    """

    since: date
    until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A pause that moved the end: by so many `days`, open ones where the rule counts open days."""

    since: date
    until: date
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """A date and all that it follows from.

    due_on: the last day of the period; with `Counting.CLEAR` the first day on which the act may follow.
    first_counted: day one of the period. counted_to: where it ends without pauses, and runs_to: with them, before it
    moves off a closed day. pauses: those that moved the end. not_counted: closed days passed over, where open days are
    counted. rolled: the closed days that the end moved over. stays_on: the closed day on which the end stays, since its
    rule does not move it. paused_since: the city waits since that day, and the end will be later by the days until the
    answer. calendar: version of the open days. pack_version: of the pack that says which weekdays are closed.
    """

    due_on: date
    rule: Deadline
    start: date
    first_counted: date
    counted_to: date
    runs_to: date
    pauses: tuple[LeftOut, ...] = ()
    not_counted: tuple[ClosedDay, ...] = ()
    rolled: tuple[ClosedDay, ...] = ()
    stays_on: ClosedDay | None = None
    paused_since: date | None = None
    calendar: str
    pack_version: str | None = None


def due(rule: Deadline, start: date, open_days: OpenDays, pauses: Sequence[Pause] = ()) -> Derived:
    """When a period ends that runs from an event on `start`.

    pauses: in any order; days in two of them are left out once, what was asked after the end changes nothing. Where
    one has no end yet, the date is that of an answer on the day of asking. Refused with `BeyondHolidays` where a day is
    so late that nobody knows its holidays.
    """
    require_known(start, *(pause.until for pause in pauses if pause.until is not None))
    first = _first_counted(rule, start, open_days)
    counted_to = _end(rule, first, open_days)
    runs_to, left_out = _without_pauses(rule, counted_to, open_days, _merged(pauses, start))
    due_on = _rolled(rule, runs_to, open_days)
    require_known(due_on)
    waiting = [pause.since for pause in pauses if pause.until is None and pause.since <= due_on]
    counted = _span(_start_of_count(rule, start), runs_to) if rule.unit is DeadlineUnit.OPEN_DAYS else ()
    return Derived(
        due_on=due_on,
        rule=rule,
        start=start,
        first_counted=first,
        counted_to=counted_to,
        runs_to=runs_to,
        pauses=left_out,
        not_counted=open_days.closed(counted),
        rolled=open_days.closed(_span(runs_to, due_on)),
        stays_on=next(iter(open_days.closed([due_on])), None),
        paused_since=min(waiting, default=None),
        calendar=open_days.version,
        pack_version=open_days.pack_version,
    )


def counted_back(rule: Deadline, event: date, open_days: OpenDays) -> date:
    """The last day on which something can be done that a rule wants so long before an event (「…日前までに」).

    Counted as `due` counts, in the other direction; it never moves off a closed day, whatever the rule says, since a
    later day would be too late and an earlier one is not asked for.
    """
    match rule.counting:
        case Counting.INCLUSIVE:
            last = event
        case Counting.EXCLUSIVE | Counting.NEXT_DAY:
            last = event - ONE_DAY
        case Counting.CLEAR:
            last = event - 2 * ONE_DAY
        case _:
            assert_never(rule.counting)
    match rule.unit:
        case DeadlineUnit.DAYS:
            return last - (rule.value - 1) * ONE_DAY
        case DeadlineUnit.OPEN_DAYS:
            return _nth(open_days.until(last), rule.value)
        case DeadlineUnit.MONTHS | DeadlineUnit.YEARS:
            return _months_from(last + ONE_DAY, -rule.value * MONTHS[rule.unit])
        case _:
            assert_never(rule.unit)


def require_known(*days: date) -> None:
    """Refuses with `BeyondHolidays` where one of these days is too late for its holidays to be known."""
    if max(days) > LAST_KNOWN:
        raise BeyondHolidays(f"{max(days)} は遠すぎて、祝日が分からないため数えられません。日付を確かめてください。")


def _start_of_count(rule: Deadline, start: date) -> date:
    return start if rule.counting is Counting.INCLUSIVE else start + ONE_DAY


def _first_counted(rule: Deadline, start: date, open_days: OpenDays) -> date:
    first = _start_of_count(rule, start)
    return next(open_days.from_on(first)) if rule.unit is DeadlineUnit.OPEN_DAYS else first


def _end(rule: Deadline, first: date, open_days: OpenDays) -> date:
    """The last day of the period; with `Counting.CLEAR`, the day after it."""
    match rule.unit:
        case DeadlineUnit.DAYS | DeadlineUnit.OPEN_DAYS:
            last = _later(rule, first, rule.value - 1, open_days)
        case DeadlineUnit.MONTHS | DeadlineUnit.YEARS:
            last = _before_corresponding_day(first, rule.value * MONTHS[rule.unit])
        case _:
            assert_never(rule.unit)
    return _later(rule, last, 1, open_days) if rule.counting is Counting.CLEAR else last


def _later(rule: Deadline, day: date, days: int, open_days: OpenDays) -> date:
    """So many days after a day: open days where the rule counts these."""
    if rule.unit is DeadlineUnit.OPEN_DAYS and days:
        return _nth(open_days.from_on(day + ONE_DAY), days)
    return day + days * ONE_DAY


def _before_corresponding_day(first: date, months: int) -> date:
    """The last day of so many months from `first`: before the corresponding day, or the month's last without one."""
    corresponding = _months_from(first, months)
    return corresponding if corresponding.day < first.day else corresponding - ONE_DAY


def _months_from(day: date, months: int) -> date:
    """The same day so many months later or earlier, or the last day of a month that has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _without_pauses(
    rule: Deadline, end: date, open_days: OpenDays, pauses: Iterable[tuple[date, date]]
) -> tuple[date, tuple[LeftOut, ...]]:
    """The end, later by the days of each pause that began before it was over, and those pauses."""
    left_out = []
    for since, until in pauses:
        days = _length(rule, since, until, open_days)
        if days and since <= _rolled(rule, end, open_days):
            left_out.append(LeftOut(since=since, until=until, days=days))
            end = _later(rule, max(end, since), days, open_days)
    return end, tuple(left_out)


def _merged(pauses: Sequence[Pause], start: date) -> list[tuple[date, date]]:
    """The pauses that are over, in order and apart from each other, from `start` on."""
    merged: list[tuple[date, date]] = []
    for since, until in sorted((max(pause.since, start), pause.until) for pause in pauses if pause.until is not None):
        if merged and since <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], until))
        elif until > since:
            merged.append((since, until))
    return merged


def _length(rule: Deadline, since: date, until: date, open_days: OpenDays) -> int:
    if rule.unit is DeadlineUnit.OPEN_DAYS:
        return sum(map(open_days.is_open, _span(since + ONE_DAY, until + ONE_DAY)))
    return (until - since).days


def _rolled(rule: Deadline, end: date, open_days: OpenDays) -> date:
    return next(open_days.from_on(end)) if rule.rolling is Rolling.NEXT_OPEN_DAY else end


def _span(first: date, end: date) -> Iterator[date]:
    """The days from `first` on, before `end`."""
    return (first + number * ONE_DAY for number in range((end - first).days))


def _nth(days: Iterator[date], number: int) -> date:
    return next(islice(days, number - 1, None))
