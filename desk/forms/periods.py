"""A period that a form states: from a day to a day, both included."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from desk.forms.form import at

PERIOD_REVERSED: Final = "period_reversed"
PERIOD_SENTENCES: Final = {PERIOD_REVERSED: "期間の終わりが、始まりより前になっています。"}


def require_order(values: Mapping[str, date | None], first: str, last: str) -> None:
    """Raises ValidationError at the field `last` where its day comes before that of `first`; either may be absent."""
    begins, ends = values.get(first), values.get(last)
    if begins is not None and ends is not None and ends < begins:
        raise at(last, PERIOD_REVERSED)
