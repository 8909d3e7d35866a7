"""The public holidays (国民の祝日に関する法律): of which days, under which name, by which edition of the law."""

from datetime import date
from importlib.metadata import version
from typing import Final

from jpholiday import JPHoliday

EDITION: Final = f"jpholiday-{version('jpholiday')}"
"""The library's version: a change of the law reaches us as a new one, so it is part of a calendar's version."""
LAST_KNOWN: Final = date(2150, 12, 31)
"""Later equinoxes (春分の日、秋分の日) are not computed: the formula in use ends with 2150."""
SUBSTITUTE: Final = "振替休日"
BETWEEN: Final = "国民の休日"

_HOLIDAYS: Final = JPHoliday()


def holiday_on(day: date) -> str | None:
    """What the office calls the holiday on a day; None where there is none.

    祝日 by name (第2条), 振替休日 with the 祝日 that it stands for (第3条第2項), 国民の休日 (第3条第3項).
    """
    found = _HOLIDAYS.holidays(day)
    if not found:
        return None
    name = found[0].name
    if name == BETWEEN:
        return BETWEEN
    if name.endswith(SUBSTITUTE):
        return f"祝日「{name.removesuffix(SUBSTITUTE).strip()}」の{SUBSTITUTE}"
    return f"祝日「{name}」"
