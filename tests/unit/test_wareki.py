"""Dates as the office writes them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.wareki import BeforeShowa, wareki


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2026, 11, 22), "令和8年11月22日（日）"),
        (date(2020, 1, 1), "令和2年1月1日（水）"),
        (date(2019, 12, 31), "令和元年12月31日（火）"),
        (date(2019, 5, 1), "令和元年5月1日（水）"),
        (date(2019, 4, 30), "平成31年4月30日（火）"),
        (date(1989, 1, 8), "平成元年1月8日（日）"),
        (date(1989, 1, 7), "昭和64年1月7日（土）"),
        (date(1926, 12, 25), "昭和元年12月25日（土）"),
    ],
)
def test_a_day_is_written_in_the_year_of_its_era(day: date, written: str) -> None:
    assert wareki(day) == written


def test_a_day_before_showa_is_refused() -> None:
    with pytest.raises(BeforeShowa, match="1926-12-24") as refused:
        wareki(date(1926, 12, 24))
    assert refused.value.stable_code == "before_showa"


@given(st.dates(min_value=date(1926, 12, 25), max_value=date(2999, 12, 31)))
def test_neighbouring_days_are_never_written_alike(day: date) -> None:
    assert wareki(day) != wareki(day + timedelta(days=1))
