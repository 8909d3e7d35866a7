"""Counting days: each rule as it is written, and what holds of every count."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from desk.deadlines.counting import BeyondHolidays, Derived, LeftOut, Pause, counted_back, due
from desk.deadlines.open_days import OpenDays
from desk.packs import load_pack
from desk.packs.closed_days import ClosedDays
from desk.packs.codes import Counting, DeadlineCode, DeadlineNature, DeadlineUnit, Rolling, Status
from desk.packs.sections import Count, Deadline
from tests.cities import AOMORI, THIRD_CITY, TOKOROZAWA

DAY = timedelta(days=1)
RECEIVED = date(2026, 7, 1)
LAWS = OpenDays()
ALWAYS_OPEN = OpenDays(rules=ClosedDays(weekdays=(), public_holidays=False, source="架空", status=Status.ASSUMED))
PACKS = {file.stem: load_pack(file.read_bytes(), origin=file.name) for file in (AOMORI, TOKOROZAWA, THIRD_CITY)}


def rule(
    value: int,
    unit: DeadlineUnit = DeadlineUnit.DAYS,
    counting: Counting = Counting.EXCLUSIVE,
    rolling: Rolling = Rolling.NONE,
) -> Deadline:
    return Deadline(
        value=Count(value),
        unit=unit,
        counting=counting,
        rolling=rolling,
        nature=DeadlineNature.RULE,
        starts="その日",
        source="条例",
        status=Status.SECONDARY,
    )


def ends(counted: Deadline, start: date, pauses: Sequence[Pause] = (), open_days: OpenDays = LAWS) -> date:
    return due(counted, start, open_days, pauses).due_on


@pytest.mark.row("B14")
@pytest.mark.parametrize(
    ("value", "counting", "expected"),
    [
        pytest.param(15, Counting.INCLUSIVE, date(2026, 7, 15), id="起算して15日"),
        pytest.param(14, Counting.NEXT_DAY, date(2026, 7, 15), id="翌日から起算して14日"),
        pytest.param(15, Counting.EXCLUSIVE, date(2026, 7, 16), id="15日以内"),
        pytest.param(30, Counting.EXCLUSIVE, date(2026, 7, 31), id="30日以内"),
        pytest.param(60, Counting.EXCLUSIVE, date(2026, 8, 30), id="60日以内"),
        pytest.param(14, Counting.CLEAR, date(2026, 7, 16), id="二週間を置く: the fifteenth day after"),
    ],
)
def test_a_period_of_days_ends_as_its_rule_is_written(value: int, counting: Counting, expected: date) -> None:
    assert ends(rule(value, counting=counting), RECEIVED) == expected


@pytest.mark.row("S17", "B14")
def test_what_arrives_on_a_holiday_counts_from_that_day() -> None:
    holiday = date(2026, 11, 23)

    assert due(rule(15, counting=Counting.INCLUSIVE), holiday, LAWS).first_counted == holiday
    assert ends(rule(15, counting=Counting.INCLUSIVE), holiday) == date(2026, 12, 7)


@pytest.mark.row("B14")
def test_an_extension_runs_from_the_day_on_which_the_period_would_have_ended() -> None:
    first = ends(rule(15, counting=Counting.INCLUSIVE), RECEIVED)

    assert ends(rule(30), first) == date(2026, 8, 14)


@pytest.mark.row("B14", "N11")
@pytest.mark.parametrize(
    ("city", "code", "expected"),
    [
        ("aomori", DeadlineCode.DISCLOSURE_DECISION, date(2026, 7, 15)),
        ("tokorozawa", DeadlineCode.DISCLOSURE_DECISION, date(2026, 7, 15)),
        ("third_city", DeadlineCode.DISCLOSURE_DECISION, date(2026, 7, 31)),
        ("aomori", DeadlineCode.FIRST_CONTACT, date(2026, 7, 6)),
        ("aomori", DeadlineCode.DEPARTMENT_ANSWER, date(2026, 7, 15)),
        ("third_city", DeadlineCode.FIRST_CONTACT, date(2026, 7, 7)),
        ("third_city", DeadlineCode.DEPARTMENT_ANSWER, date(2026, 7, 14)),
        ("aomori", DeadlineCode.ANSWER_WITH_REASON, date(2026, 7, 31)),
        ("aomori", DeadlineCode.DISCLOSURE_MASS_VOLUME, date(2026, 8, 30)),
        ("aomori", DeadlineCode.OPINION_DUE, date(2026, 7, 13)),
        ("aomori", DeadlineCode.WAIT_AFTER_OBJECTION, date(2026, 7, 16)),
        ("aomori", DeadlineCode.APPEAL_FROM_KNOWING, date(2026, 10, 1)),
        ("aomori", DeadlineCode.APPEAL_FROM_ACT, date(2027, 7, 1)),
    ],
)
def test_each_city_counts_by_its_own_pack(city: str, code: DeadlineCode, expected: date) -> None:
    pack = PACKS[city]

    assert ends(pack.deadlines[code], RECEIVED, open_days=OpenDays(rules=pack.closed_days)) == expected


class TestMonths:
    """民法第143条: to the day before the corresponding day, or to the month's last where there is none."""

    @pytest.mark.row("B14")
    @pytest.mark.parametrize(
        ("start", "value", "unit", "expected"),
        [
            (date(2026, 7, 1), 3, DeadlineUnit.MONTHS, date(2026, 10, 1)),
            (date(2026, 11, 30), 3, DeadlineUnit.MONTHS, date(2027, 2, 28)),
            (date(2027, 11, 30), 3, DeadlineUnit.MONTHS, date(2028, 2, 29)),
            (date(2026, 11, 29), 3, DeadlineUnit.MONTHS, date(2027, 2, 28)),
            (date(2026, 1, 30), 1, DeadlineUnit.MONTHS, date(2026, 2, 28)),
            (date(2026, 1, 31), 1, DeadlineUnit.MONTHS, date(2026, 2, 28)),
            (date(2026, 8, 31), 1, DeadlineUnit.MONTHS, date(2026, 9, 30)),
            (date(2026, 12, 15), 1, DeadlineUnit.MONTHS, date(2027, 1, 15)),
            (date(2027, 3, 1), 1, DeadlineUnit.YEARS, date(2028, 3, 1)),
            (date(2028, 2, 28), 1, DeadlineUnit.YEARS, date(2029, 2, 28)),
            (date(2028, 2, 29), 1, DeadlineUnit.YEARS, date(2029, 2, 28)),
        ],
        ids=str,
    )
    def test_a_period_from_the_next_day_ends_on_the_day_of_the_same_number(
        self, start: date, value: int, unit: DeadlineUnit, expected: date
    ) -> None:
        assert ends(rule(value, unit, Counting.NEXT_DAY), start) == expected

    def test_a_period_that_counts_its_first_day_ends_a_day_earlier(self) -> None:
        assert ends(rule(3, DeadlineUnit.MONTHS, Counting.INCLUSIVE), date(2026, 7, 1)) == date(2026, 9, 30)

    def test_clear_months_end_the_day_before_the_act(self) -> None:
        assert ends(rule(1, DeadlineUnit.MONTHS, Counting.CLEAR), date(2026, 7, 1)) == date(2026, 8, 2)


class TestRolling:
    """地方自治法第4条の2第4項: an act toward the city may wait for the next open day."""

    @pytest.mark.row("B14")
    @pytest.mark.parametrize(
        ("start", "expected"),
        [
            pytest.param(date(2026, 9, 29), date(2027, 1, 4), id="over the turn of the year"),
            pytest.param(date(2026, 6, 20), date(2026, 9, 24), id="three holidays in a row"),
            pytest.param(date(2026, 2, 2), date(2026, 5, 7), id="Golden Week"),
            pytest.param(date(2026, 7, 1), date(2026, 10, 1), id="an open day"),
        ],
    )
    def test_three_months_that_end_on_a_closed_day_end_on_the_next_open_one(self, start: date, expected: date) -> None:
        appeal = PACKS["aomori"].deadlines[DeadlineCode.APPEAL_FROM_KNOWING]

        assert ends(appeal, start) == expected

    @pytest.mark.row("B14")
    def test_a_year_that_ends_at_the_turn_of_the_year_ends_on_the_first_open_day(self) -> None:
        appeal = PACKS["tokorozawa"].deadlines[DeadlineCode.APPEAL_FROM_ACT]

        assert ends(appeal, date(2026, 12, 31)) == date(2028, 1, 4)

    @pytest.mark.row("B14")
    def test_the_city_s_own_decision_does_not_wait_for_an_open_day(self) -> None:
        decision = rule(15, counting=Counting.INCLUSIVE)

        derived = due(decision, date(2026, 7, 4), LAWS)

        assert derived.due_on == date(2026, 7, 18)  # a Saturday
        assert derived.rolled == ()
        assert derived.stays_on is not None
        assert (derived.stays_on.day, derived.stays_on.reason) == (date(2026, 7, 18), "土曜日")

    def test_the_days_that_the_end_moved_over_are_told(self) -> None:
        derived = due(rule(3, DeadlineUnit.MONTHS, Counting.NEXT_DAY, Rolling.NEXT_OPEN_DAY), date(2026, 6, 20), LAWS)

        assert [(closed.day.day, closed.reason) for closed in derived.rolled] == [
            (20, "日曜日"), (21, "祝日「敬老の日」"), (22, "国民の休日"), (23, "祝日「秋分の日」"),
        ]  # fmt: skip
        assert derived.runs_to == date(2026, 9, 20)
        assert derived.stays_on is None


class TestOpenDayCounts:
    @pytest.mark.row("B14")
    @pytest.mark.parametrize(
        ("start", "value", "expected"),
        [
            pytest.param(date(2026, 4, 30), 3, date(2026, 5, 8), id="Golden Week with its 振替休日"),
            pytest.param(date(2026, 9, 18), 1, date(2026, 9, 24), id="国民の休日"),
            pytest.param(date(2026, 12, 28), 1, date(2027, 1, 4), id="the turn of the year"),
            pytest.param(date(2026, 11, 20), 1, date(2026, 11, 24), id="a long weekend"),
            pytest.param(date(2026, 11, 22), 3, date(2026, 11, 26), id="received on a Sunday"),
        ],
    )
    def test_closed_days_are_not_counted(self, start: date, value: int, expected: date) -> None:
        assert ends(rule(value, DeadlineUnit.OPEN_DAYS), start) == expected

    def test_a_closed_day_is_never_day_one(self) -> None:
        derived = due(rule(1, DeadlineUnit.OPEN_DAYS, Counting.INCLUSIVE), date(2026, 11, 21), LAWS)

        assert derived.first_counted == derived.due_on == date(2026, 11, 24)

    @pytest.mark.row("N12")
    def test_every_day_left_out_is_told_with_its_reason(self) -> None:
        derived = due(rule(1, DeadlineUnit.OPEN_DAYS), date(2026, 11, 20), LAWS)

        assert [(closed.day.day, closed.reason) for closed in derived.not_counted] == [
            (21, "土曜日"), (22, "日曜日"), (23, "祝日「勤労感謝の日」"),
        ]  # fmt: skip


class TestPauses:
    """補正に要した日数は、当該期間に算入しない: 行政機関情報公開法第10条第1項ただし書."""

    FIFTEEN = rule(15, counting=Counting.INCLUSIVE)

    @pytest.mark.row("B14")
    @pytest.mark.parametrize(
        ("since", "until", "expected"),
        [
            pytest.param(date(2026, 7, 6), date(2026, 7, 9), date(2026, 7, 18), id="three days"),
            pytest.param(date(2026, 7, 6), date(2026, 7, 6), date(2026, 7, 15), id="the same day"),
            pytest.param(date(2026, 7, 15), date(2026, 7, 20), date(2026, 7, 20), id="asked on the last day"),
            pytest.param(date(2026, 7, 16), date(2026, 7, 20), date(2026, 7, 15), id="asked too late"),
            pytest.param(date(2026, 7, 1), date(2026, 7, 3), date(2026, 7, 17), id="asked at once"),
            pytest.param(date(2026, 6, 20), date(2026, 7, 3), date(2026, 7, 17), id="began before the period"),
            pytest.param(date(2026, 6, 1), date(2026, 6, 20), date(2026, 7, 15), id="over before the period"),
        ],
    )
    def test_the_days_between_request_and_correction_do_not_count(
        self, since: date, until: date, expected: date
    ) -> None:
        assert ends(self.FIFTEEN, RECEIVED, [Pause(since=since, until=until)]) == expected

    def test_a_pause_within_what_an_earlier_one_added_counts_too(self) -> None:
        pauses = [
            Pause(since=date(2026, 7, 10), until=date(2026, 7, 14)),
            Pause(since=date(2026, 7, 18), until=date(2026, 7, 20)),
        ]

        assert ends(self.FIFTEEN, RECEIVED, pauses) == ends(self.FIFTEEN, RECEIVED, pauses[::-1]) == date(2026, 7, 21)

    def test_days_in_two_pauses_are_left_out_once(self) -> None:
        derived = due(
            self.FIFTEEN,
            RECEIVED,
            LAWS,
            [
                Pause(since=date(2026, 7, 3), until=date(2026, 7, 8)),
                Pause(since=date(2026, 7, 5), until=date(2026, 7, 10)),
                Pause(since=date(2026, 7, 6), until=date(2026, 7, 7)),
            ],
        )

        assert derived.pauses == (LeftOut(since=date(2026, 7, 3), until=date(2026, 7, 10), days=7),)
        assert (derived.counted_to, derived.due_on) == (date(2026, 7, 15), date(2026, 7, 22))

    def test_of_open_days_only_open_ones_are_left_out(self) -> None:
        pause = Pause(since=date(2026, 7, 2), until=date(2026, 7, 6))
        derived = due(rule(3, DeadlineUnit.OPEN_DAYS), RECEIVED, LAWS, [pause])

        assert derived.pauses == (LeftOut(since=pause.since, until=date(2026, 7, 6), days=2),)
        assert derived.due_on == date(2026, 7, 8)

    def test_a_pause_over_closed_days_alone_is_none_of_open_days(self) -> None:
        derived = due(
            rule(3, DeadlineUnit.OPEN_DAYS), RECEIVED, LAWS, [Pause(since=date(2026, 7, 3), until=date(2026, 7, 5))]
        )

        assert (derived.pauses, derived.due_on) == ((), date(2026, 7, 6))

    def test_while_the_city_waits_the_day_since_when_is_told(self) -> None:
        derived = due(self.FIFTEEN, RECEIVED, LAWS, [Pause(since=date(2026, 7, 6), until=None)])

        assert (derived.due_on, derived.paused_since) == (date(2026, 7, 15), date(2026, 7, 6))

    def test_what_was_asked_after_the_end_stops_nothing(self) -> None:
        assert due(self.FIFTEEN, RECEIVED, LAWS, [Pause(since=date(2026, 7, 16), until=None)]).paused_since is None

    def test_what_was_asked_on_the_day_that_the_end_moved_to_counts_from_there(self) -> None:
        answer = rule(10, rolling=Rolling.NEXT_OPEN_DAY)  # 2026-07-11 is a Saturday
        asked = Pause(since=date(2026, 7, 13), until=date(2026, 7, 15))

        assert ends(answer, RECEIVED) == date(2026, 7, 13)
        assert ends(answer, RECEIVED, [asked]) == date(2026, 7, 15)


class TestBackward:
    """Backward-counted dates never roll."""

    @pytest.mark.parametrize(
        ("value", "unit", "counting", "expected"),
        [
            (10, DeadlineUnit.DAYS, Counting.EXCLUSIVE, date(2026, 7, 5)),
            (10, DeadlineUnit.DAYS, Counting.NEXT_DAY, date(2026, 7, 5)),
            (10, DeadlineUnit.DAYS, Counting.INCLUSIVE, date(2026, 7, 6)),
            (10, DeadlineUnit.DAYS, Counting.CLEAR, date(2026, 7, 4)),
            (3, DeadlineUnit.OPEN_DAYS, Counting.EXCLUSIVE, date(2026, 7, 10)),
            (1, DeadlineUnit.MONTHS, Counting.EXCLUSIVE, date(2026, 6, 15)),
            (1, DeadlineUnit.YEARS, Counting.EXCLUSIVE, date(2025, 7, 15)),
        ],
    )
    def test_so_long_before_an_event(self, value: int, unit: DeadlineUnit, counting: Counting, expected: date) -> None:
        assert counted_back(rule(value, unit, counting), date(2026, 7, 15), LAWS) == expected

    @pytest.mark.row("B14")
    def test_it_stays_on_a_closed_day_whatever_the_rule_says(self) -> None:
        ten = rule(10, rolling=Rolling.NEXT_OPEN_DAY)

        assert counted_back(ten, date(2026, 7, 15), LAWS) == date(2026, 7, 5)  # a Sunday

    @given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(1, 90), st.sampled_from(Counting))
    def test_days_counted_back_are_days_counted_forward(self, event: date, value: int, counting: Counting) -> None:
        counted = rule(value, counting=counting)

        assert ends(counted, counted_back(counted, event, LAWS)) == event


@pytest.mark.parametrize("start", [date(2151, 1, 1), date(2150, 12, 20), date.max])
def test_a_year_that_nobody_knows_the_holidays_of_is_refused(start: date) -> None:
    with pytest.raises(BeyondHolidays):
        due(rule(30), start, LAWS)


def test_a_pause_until_such_a_year_is_refused() -> None:
    with pytest.raises(BeyondHolidays):
        due(rule(30), RECEIVED, LAWS, [Pause(since=RECEIVED, until=date.max)])


# What holds of every count

DATES = st.dates(date(2015, 1, 1), date(2060, 1, 1))
RULES = st.builds(
    rule,
    st.integers(1, 30),
    st.sampled_from(DeadlineUnit),
    st.sampled_from(Counting),
    st.sampled_from(Rolling),
)
OFFICES = st.sampled_from([LAWS, ALWAYS_OPEN, *(OpenDays(rules=pack.closed_days) for pack in PACKS.values())])
SPANS = st.tuples(st.integers(-10, 60), st.integers(0, 30))


def pauses_of(start: date, spans: list[tuple[int, int]]) -> list[Pause]:
    return [Pause(since=start + after * DAY, until=start + (after + length) * DAY) for after, length in spans]


@pytest.mark.row("B14")
@given(RULES, DATES, OFFICES)
def test_a_later_start_never_ends_earlier(counted: Deadline, start: date, office: OpenDays) -> None:
    assert ends(counted, start, open_days=office) <= ends(counted, start + DAY, open_days=office)


@given(st.integers(1, 30), DATES, st.sampled_from(DeadlineUnit), OFFICES)
def test_the_next_day_is_the_first_day_of_what_does_not_count_its_own(
    value: int, start: date, unit: DeadlineUnit, office: OpenDays
) -> None:
    ended = [
        ends(rule(value, unit, counting), start, open_days=office)
        for counting in (Counting.EXCLUSIVE, Counting.NEXT_DAY)
    ]

    assert ended[0] == ended[1]


@given(st.integers(1, 30), DATES, st.sampled_from([DeadlineUnit.DAYS, DeadlineUnit.OPEN_DAYS]), OFFICES)
def test_the_modes_are_a_day_apart(value: int, start: date, unit: DeadlineUnit, office: OpenDays) -> None:
    assume(unit is DeadlineUnit.DAYS or office.is_open(start))

    def end(value: int, counting: Counting) -> date:
        return ends(rule(value, unit, counting), start, open_days=office)

    assert end(value, Counting.EXCLUSIVE) == end(value + 1, Counting.INCLUSIVE)
    assert end(value, Counting.CLEAR) == end(value + 1, Counting.EXCLUSIVE)


@pytest.mark.row("B14")
@given(RULES, DATES, OFFICES)
def test_an_end_that_moves_is_the_first_open_day_from_where_it_was(
    counted: Deadline, start: date, office: OpenDays
) -> None:
    derived = due(counted, start, office)

    if counted.rolling is Rolling.NONE:
        assert derived.due_on == derived.runs_to
    else:
        assert office.is_open(derived.due_on)
        assert [closed.day for closed in derived.rolled] == days(derived.runs_to, derived.due_on)


@given(st.integers(1, 30), DATES, st.sampled_from(Counting), OFFICES, st.lists(SPANS, max_size=3))
def test_open_days_never_end_on_a_closed_day(
    value: int, start: date, counting: Counting, office: OpenDays, spans: list[tuple[int, int]]
) -> None:
    derived = due(rule(value, DeadlineUnit.OPEN_DAYS, counting), start, office, pauses_of(start, spans))

    assert office.is_open(derived.due_on)
    assert not any(office.is_open(closed.day) for closed in derived.not_counted)


@given(st.integers(1, 30), DATES, st.sampled_from(Counting), st.lists(SPANS, max_size=3))
def test_an_office_that_never_closes_counts_open_days_as_days(
    value: int, start: date, counting: Counting, spans: list[tuple[int, int]]
) -> None:
    pauses = pauses_of(start, spans)
    in_open_days = ends(rule(value, DeadlineUnit.OPEN_DAYS, counting), start, pauses, ALWAYS_OPEN)

    assert in_open_days == ends(rule(value, DeadlineUnit.DAYS, counting), start, pauses, ALWAYS_OPEN)


@pytest.mark.row("B14")
@given(RULES, DATES, OFFICES, st.integers(0, 60), st.data())
def test_a_pause_of_so_many_days_moves_the_end_by_as_many(
    counted: Deadline, start: date, office: OpenDays, length: int, data: st.DataObject
) -> None:
    before = due(counted, start, office)
    since = start + data.draw(st.integers(0, (before.runs_to - start).days)) * DAY

    after = due(counted, start, office, [Pause(since=since, until=since + length * DAY)])

    if counted.unit is DeadlineUnit.OPEN_DAYS:
        waited = sum(map(office.is_open, days(since + DAY, since + (length + 1) * DAY)))
        assert sum(map(office.is_open, days(before.runs_to, after.runs_to))) == waited
    else:
        assert after.runs_to - before.runs_to == length * DAY


@given(RULES, DATES, OFFICES, st.lists(SPANS, max_size=4), st.randoms())
def test_the_order_in_which_pauses_are_told_changes_nothing(
    counted: Deadline, start: date, office: OpenDays, spans: list[tuple[int, int]], random: Any
) -> None:
    pauses = pauses_of(start, spans)
    told: list[Pause] = random.sample(pauses, len(pauses))

    assert due(counted, start, office, told) == due(counted, start, office, [*pauses, *pauses])


@given(RULES, DATES, OFFICES, st.lists(SPANS, max_size=4))
def test_a_pause_never_brings_the_end_forward(
    counted: Deadline, start: date, office: OpenDays, spans: list[tuple[int, int]]
) -> None:
    derived: Derived = due(counted, start, office, pauses_of(start, spans))

    assert derived.counted_to <= derived.runs_to <= derived.due_on
    assert derived.counted_to == due(counted, start, office).counted_to


def days(first: date, end: date) -> list[date]:
    """The days from `first` on, before `end`."""
    return [first + number * DAY for number in range((end - first).days)]
