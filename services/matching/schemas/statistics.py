"""What a question for statistics states."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from marshmallow import validates_schema

from desk.forms import Form, Words, optional
from desk.forms.fields import Choice, Day, Several
from desk.forms.periods import PERIOD_SENTENCES, require_order
from services.matching.domain.figures import Figure
from services.matching.schemas.words import WORDS

OF_STATISTICS: Final = Words(
    labels={**WORDS.labels, "begun_from": "期間の始まり", "begun_to": "期間の終わり", "by": "集計の種類"},
    sentences={**WORDS.sentences, **PERIOD_SENTENCES},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatisticsWanted:
    """What began from a day to a day, both included, None for without end. by: which figures, all if empty."""

    begun_from: date | None
    begun_to: date | None
    by: tuple[Figure, ...]


class StatisticsForm(Form):
    """`get_statistics`."""

    makes = StatisticsWanted
    codes = tuple(PERIOD_SENTENCES)
    words = OF_STATISTICS
    begun_from = optional(Day())
    begun_to = optional(Day())
    by = Several(Choice(Figure), len(Figure))

    @validates_schema
    def _in_order(self, values: dict[str, Any], **_: Any) -> None:
        require_order(values, "begun_from", "begun_to")
