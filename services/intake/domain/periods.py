"""A period for which somebody is shut out: days that both count, and no more years than the clause allows.

The rules are the city's; the limit is the law's (地方自治法施行令第167条の4第2項: three years), and stands at the
clause.
"""

from calendar import monthrange
from datetime import date, timedelta
from typing import Final

from desk.wareki import wareki
from eventstore.errors import Refusal


class PeriodRequired(Refusal):
    """The clause bars for a decided period only: its first and last day are to be stated."""

    code = "period_required"


class PeriodReversed(Refusal):
    """The last day lies before the first."""

    code = "period_reversed"


class PeriodTooLong(Refusal):
    """The period is longer than the clause allows."""

    code = "period_too_long"


PERIOD_UNFIT: Final = (PeriodRequired, PeriodReversed, PeriodTooLong)
"""What a period may be refused with."""


def require_period(first: date | None, last: date | None, at_most_years: int | None, *, of: str = "") -> None:
    """Raises one of `PERIOD_UNFIT` where a period does not hold.

    first, last: None where it has no beginning or no end. at_most_years: None for no limit. of: what a sentence begins
    with that has to say which period is meant.
    """
    if first and last and last < first:
        raise PeriodReversed(f"{of}期間の終わりの日が、始まりの日より前になっています。")
    if at_most_years is None:
        return
    if first is None or last is None:
        raise PeriodRequired(f"{of}この要件では、{at_most_years}年以内の期間の始まりと終わりの日が必要です。")
    latest = last_day(first, at_most_years)
    if last > latest:
        raise PeriodTooLong(
            f"{of}この要件の期間は{at_most_years}年以内です。終わりの日は{wareki(latest)}までにしてください。"
        )


def last_day(first: date, years: int) -> date:
    """The last day of so many years from `first`, which counts (民法第140条ただし書、第143条第2項).

    The day before the corresponding day, or the month's last where that year has no such day.
    """
    year = min(first.year + years, date.max.year)
    if first.day > monthrange(year, first.month)[1]:
        return date(year, first.month, monthrange(year, first.month)[1])
    return first.replace(year=year) - timedelta(days=1)
