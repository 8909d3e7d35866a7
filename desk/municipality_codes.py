"""The six-digit code of a municipality (全国地方公共団体コード) and its check digit."""

import re

WEIGHTS = (6, 5, 4, 3, 2)
PREFECTURES = range(1, 48)


def check_digit(first_five: str) -> int:
    """The sixth digit for five ASCII digits.

    Source: JIS X 0402: 11 less the remainder by 11 of the digits weighted 6, 5, 4, 3, 2; of the result the last digit.
    """
    weighted = sum(int(digit) * weight for digit, weight in zip(first_five, WEIGHTS, strict=True))
    return (11 - weighted % 11) % 10


def is_municipality_code(code: str) -> bool:
    """Whether these are six ASCII digits, of one of the 47 prefectures, with the right check digit."""
    if re.fullmatch(r"[0-9]{6}", code) is None or int(code[:2]) not in PREFECTURES:
        return False
    return check_digit(code[:5]) == int(code[5])
