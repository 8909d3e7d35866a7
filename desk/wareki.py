"""Dates as the office writes them (和暦): 令和8年11月22日（日）."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from eventstore.errors import Refusal

ERAS = (
    (date(2019, 5, 1), "令和"),
    (date(1989, 1, 8), "平成"),
    (date(1926, 12, 25), "昭和"),
)
"""First day and name of each era, newest first (元号を改める政令)."""

WEEKDAYS = "月火水木金土日"


class BeforeShowa(Refusal):
    """A day before 1926-12-25, for which the office has no use and this module no era."""

    code = "before_showa"


def wareki(day: date) -> str:
    """The day (Gregorian) in its era's year with the day of the week; the first year is 元年.

    Refused with `BeforeShowa` for a day before 昭和.
    """
    for first_day, era in ERAS:
        if day >= first_day:
            year = day.year - first_day.year + 1
            weekday = WEEKDAYS[day.weekday()]
            return f"{era}{'元' if year == 1 else year}年{day.month}月{day.day}日（{weekday}）"
    raise BeforeShowa(f"{day.isoformat()} は昭和より前の日付のため、和暦で表せません。")


def wareki_moment(instant: datetime, zone: ZoneInfo) -> str:
    """An instant on the clock of a time zone: 令和8年11月22日（日）17時00分, with seconds where there are any."""
    local = instant.astimezone(zone)
    seconds = f"{local.second:02}秒" if local.second else ""
    return f"{wareki(local.date())}{local.hour}時{local.minute:02}分{seconds}"
