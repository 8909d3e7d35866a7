"""The check digit of municipality codes (JIS X 0402)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.municipality_codes import check_digit, is_municipality_code


@pytest.mark.parametrize(
    "code",
    [
        "022012",  # 青森市
        "112089",  # 所沢市
        "011002",  # 札幌市
        "131016",  # 千代田区
        "472018",  # 那覇市
    ],
)
def test_codes_in_use_have_the_right_check_digit(code: str) -> None:
    assert is_municipality_code(code)


@pytest.mark.parametrize(
    "code",
    [
        "022013",
        "112088",
        "022031",
        "02201",
        "0220120",
        "",
        "０２２０１２",
        "48201X",
        "000000",
        "000001",
        "480002",
        "-22012",
    ],
)
def test_anything_else_is_not_a_code(code: str) -> None:
    assert not is_municipality_code(code)


@given(st.integers(1, 47), st.integers(0, 999))
def test_exactly_one_sixth_digit_is_right(prefecture: int, number: int) -> None:
    first_five = f"{prefecture:02}{number:03}"
    right = [digit for digit in range(10) if is_municipality_code(f"{first_five}{digit}")]
    assert right == [check_digit(first_five)]
