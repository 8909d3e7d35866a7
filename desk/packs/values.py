"""Which single values a pack may hold, each with the sentence that says how to write it.

Hooks for cattrs: (value, wanted type) to the value; what does not fit is `Unfit`.
"""

import re
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from desk.municipality_codes import is_municipality_code
from desk.packs.closed_days import MonthDay
from desk.packs.problems import Unfit
from desk.packs.sections import Code, Count, EditionMark, Format, Month, MunicipalityCode, Percent

Hook = Callable[[Any, Any], Any]

READABLE_FORMAT = 1
MONTH = "[0-9]{4}-(0[1-9]|1[0-2])"
MONTH_DAY = "(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"


def _text(value: object, _type: object) -> str:
    if not isinstance(value, str):
        raise Unfit('文字列（"…"）で書いてください。')
    if not value.strip():
        raise Unfit("空にはできません。")
    return value


def _text_like(pattern: str, reason: str) -> Hook:
    """A hook for texts that match this pattern as a whole; others are refused for this reason."""

    def structure(value: object, _type: object) -> str:
        text = _text(value, str)
        if re.fullmatch(pattern, text) is None:
            raise Unfit(f"「{text}」は使えません。{reason}")
        return text

    return structure


def _number(at_most: int | None) -> Hook:
    """A hook for whole numbers from 1 to this, or without end."""

    def structure(value: object, _type: object) -> int:
        if type(value) is not int:  # a bool is an int to isinstance
            raise Unfit("整数（引用符なし）で書いてください。")
        if value < 1 or (at_most is not None and value > at_most):
            raise Unfit(f"1以上{'' if at_most is None else f'{at_most}以下'}の整数で書いてください。")
        return value

    return structure


def _format(value: object, _type: object) -> Format:
    if type(value) is not int or value != READABLE_FORMAT:
        raise Unfit(f"この書き方は読めません。{READABLE_FORMAT} と書いてください。")
    return Format(value)


def _truth(value: object, _type: object) -> bool:
    if not isinstance(value, bool):
        raise Unfit("true か false（引用符なし）で書いてください。")
    return value


def _day(value: object, _type: object) -> date:
    if type(value) is not date:  # a datetime is a date to isinstance
        raise Unfit("日付（例 2026-04-01、引用符なし、時刻なし）で書いてください。")
    return value


def _zone(value: object, _type: object) -> ZoneInfo:
    name = _text(value, str)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # unknown, not a zone's name, or a folder of zones
        raise Unfit(f"「{name}」という時間帯はありません（例 Asia/Tokyo）。") from None


def _municipality_code(value: object, _type: object) -> MunicipalityCode:
    code = _text(value, str)
    if not is_municipality_code(code):
        raise Unfit(f"「{code}」は全国地方公共団体コードではありません（6桁、末尾は検査数字）。")
    return MunicipalityCode(code)


def _member(value: object, vocabulary: type[StrEnum]) -> StrEnum:
    text = _text(value, str)
    if text not in set(vocabulary):
        raise Unfit(f"「{text}」は使えません。使えるのは {'、'.join(vocabulary)} です。")
    return vocabulary(text)


HOOK_BY_TYPE: dict[Any, Hook] = {
    str: _text,
    StrEnum: _member,
    bool: _truth,
    date: _day,
    ZoneInfo: _zone,
    MunicipalityCode: _municipality_code,
    Format: _format,
    Count: _number(None),
    Percent: _number(100),
    Code: _text_like("[a-z][a-z0-9_]*", "英小文字で始め、英小文字・数字・_ だけで書いてください。"),
    MonthDay: _text_like(MONTH_DAY, "月と日（例 12-29）で書いてください。"),
    Month: _text_like(MONTH, "年と月（例 2026-04）で書いてください。"),
    EditionMark: _text_like(rf"{MONTH}(\.[2-9])?", "年と月（例 2026-04、同じ月の改訂は 2026-04.2）で書いてください。"),
}
