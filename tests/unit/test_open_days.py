"""On which days the office is open, why not on the others, and calendars of exceptions."""

from datetime import date, timedelta
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.deadlines.calendar import Calendar, CalendarInvalid, read_calendar
from desk.deadlines.open_days import OpenDays
from desk.packs import load_pack
from desk.packs.closed_days import LAW
from tests.cities import AOMORI, THIRD_CITY, TOKOROZAWA

HEADER = """
format = 1
municipality = "022012"
version = "2026-08"
effective_from = 2026-08-01
source = "総務部の通知"
status = "seed"
"""
SUMMER = (
    HEADER
    + """
[[closed]]
day = 2026-08-14
reason = "庁舎の停電"

[[open]]
day = 2026-08-15
reason = "土曜開庁"
"""
)


def calendar(text: str) -> Calendar:
    return read_calendar(text.encode(), origin="calendar.toml")


def later(version: str, effective_from: date, *closed: date) -> Calendar:
    text = HEADER.replace('"2026-08"', f'"{version}"').replace("2026-08-01", effective_from.isoformat())
    return calendar(text + "".join(f'[[closed]]\nday = {day}\nreason = "{version}"\n' for day in closed))


def problems(text: str) -> dict[str, str]:
    with pytest.raises(CalendarInvalid) as refused:
        calendar(text)
    assert refused.value.stable_code == "calendar_invalid"
    return {problem.key: problem.reason for problem in refused.value.problems}


class TestRules:
    @pytest.mark.row("B14")
    @pytest.mark.parametrize(
        ("day", "reason"),
        [
            (date(2026, 11, 20), None),
            (date(2026, 11, 21), "土曜日"),
            (date(2026, 11, 22), "日曜日"),
            (date(2026, 11, 23), "祝日「勤労感謝の日」"),
            (date(2026, 5, 3), "祝日「憲法記念日」"),
            (date(2026, 5, 6), "祝日「憲法記念日」の振替休日"),
            (date(2026, 9, 22), "国民の休日"),
            (date(2019, 4, 30), "国民の休日"),
            (date(2028, 2, 29), None),
            (date(2026, 12, 28), None),
            (date(2026, 12, 29), "年末年始の休日"),
            (date(2027, 1, 1), "祝日「元日」"),
            (date(2027, 1, 3), "年末年始の休日"),
            (date(2027, 1, 4), None),
        ],
        ids=str,
    )
    def test_an_office_closes_on_the_days_that_the_law_names(self, day: date, reason: str | None) -> None:
        assert OpenDays().why_closed(day) == reason
        assert OpenDays().is_open(day) == (reason is None)

    @pytest.mark.row("N11")
    def test_a_city_closes_on_the_weekdays_and_days_that_its_own_pack_names(self) -> None:
        pack = load_pack(THIRD_CITY.read_bytes(), origin="third")
        office = OpenDays(rules=pack.closed_days)

        assert office.why_closed(date(2026, 11, 18)) == "水曜日"
        assert office.is_open(date(2026, 11, 21))
        assert office.is_open(date(2026, 11, 23))
        assert office.is_open(date(2026, 12, 29))
        assert office.why_closed(date(2027, 1, 5)) == "年末年始の休日"

    @pytest.mark.parametrize("file", [AOMORI, TOKOROZAWA], ids=lambda file: file.stem)
    def test_both_cities_close_as_the_law_lets_them_and_say_so_with_a_source(self, file: Path) -> None:
        pack = load_pack(file.read_bytes(), origin="test")

        stated = pack.closed_days
        assert (stated.weekdays, stated.public_holidays, stated.year_end) == (
            LAW.weekdays, LAW.public_holidays, LAW.year_end,
        )  # fmt: skip
        assert "地方自治法第4条の2第2項" in stated.source


class TestCalendars:
    def test_a_day_of_the_calendar_is_closed_or_open_whatever_the_weekday(self) -> None:
        office = OpenDays(calendars=(calendar(SUMMER),))

        assert office.why_closed(date(2026, 8, 14)) == "市の定める閉庁日（庁舎の停電）"
        assert office.is_open(date(2026, 8, 15))
        assert office.why_closed(date(2026, 8, 16)) == "日曜日"

    @pytest.mark.row("B15")
    def test_a_calendar_takes_the_place_of_the_earlier_one_from_its_first_day_on(self) -> None:
        first = later("2026-08", date(2026, 8, 1), date(2026, 8, 13), date(2026, 8, 20))
        second = later("2026-09", date(2026, 8, 14), date(2026, 8, 21))
        office = OpenDays(calendars=(first, second))

        assert not office.is_open(date(2026, 8, 13))
        assert office.is_open(date(2026, 8, 20))
        assert not office.is_open(date(2026, 8, 21))

    def test_a_calendar_counts_on_its_first_day_already(self) -> None:
        first_day = date(2026, 12, 1)

        assert not OpenDays(calendars=(later("2026-12", first_day, first_day),)).is_open(first_day)

    def test_a_correction_for_earlier_days_leaves_a_later_calendar_in_force(self) -> None:
        next_year = later("2027-04", date(2027, 4, 1), date(2027, 4, 2))
        correction = later("2026-12", date(2026, 12, 1), date(2026, 12, 28))
        office = OpenDays(calendars=(next_year, correction))

        assert not office.is_open(date(2026, 12, 28))
        assert not office.is_open(date(2027, 4, 2))

    def test_of_calendars_for_the_same_days_the_last_adopted_counts(self) -> None:
        first = later("2026-08", date(2026, 8, 1), date(2026, 8, 13))
        second = later("2026-08.2", date(2026, 8, 1), date(2026, 8, 14))
        office = OpenDays(calendars=(first, second))

        assert office.is_open(date(2026, 8, 13))
        assert not office.is_open(date(2026, 8, 14))

    @pytest.mark.row("B15")
    def test_the_version_names_the_calendar_adopted_last_and_the_edition_of_the_holidays(self) -> None:
        edition = f"jpholiday-{version('jpholiday')}"

        assert OpenDays().version == f"none/{edition}"
        assert OpenDays(calendars=(calendar(SUMMER),)).version == f"2026-08/{edition}"
        assert OpenDays(calendars=(calendar(SUMMER),)).is_of("2026-08/jpholiday-0.0.1")
        assert not OpenDays().is_of(f"2026-08/{edition}")


class TestFiles:
    def test_a_calendar_carries_the_digest_of_its_bytes(self) -> None:
        assert calendar(SUMMER).digest == sha256(SUMMER.encode()).hexdigest()

    def test_a_calendar_without_exceptions_is_one(self) -> None:
        assert calendar(HEADER).closed == calendar(HEADER).open == ()

    def test_all_that_is_wrong_is_told_at_once(self) -> None:
        wrong = SUMMER.replace("2026-08-15", '"2026-08-15"').replace("022012", "022013").replace("庁舎の停電", " ")
        wrong = wrong.replace('source = "総務部の通知"\n', "") + "wrong = 1\n"

        assert list(problems(wrong)) == ["source", "municipality", "closed[0].reason", "open[0].day", "open[0].wrong"]

    def test_every_day_named_twice_or_before_the_first_is_told_at_once(self) -> None:
        wrong = SUMMER.replace("2026-08-15", "2026-08-14") + '[[open]]\nday = 2026-07-31\nreason = "x"\n'

        found = problems(wrong)

        assert list(found) == ["closed[0].day", "open[0].day", "open[1].day"]
        assert "重複" in found["closed[0].day"]
        assert "適用日" in found["open[1].day"]

    @pytest.mark.parametrize("text", ["[[closed]", "day = 2026-08-14", ""])
    def test_what_is_no_calendar_is_refused(self, text: str) -> None:
        assert problems(text)


DAYS = st.dates(date(2015, 1, 1), date(2060, 1, 1))


@given(DAYS)
def test_no_ten_days_pass_without_an_open_one(day: date) -> None:
    assert next(OpenDays().from_on(day)) - day < timedelta(days=10)


@given(DAYS)
def test_the_next_open_day_has_only_closed_days_before_it(day: date) -> None:
    office = OpenDays()
    opened = next(office.from_on(day))

    between = office.closed(day + timedelta(days=number) for number in range((opened - day).days))
    assert len(between) == (opened - day).days
    assert office.is_open(opened)


@given(DAYS)
def test_open_days_backward_are_open_days_forward(day: date) -> None:
    office = OpenDays()
    last = next(office.until(day))

    assert next(office.from_on(last)) == last <= day
