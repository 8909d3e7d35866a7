"""What a question for statistics states."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from marshmallow import validates_schema

from desk.forms import LABELS, SENTENCES, Form, Words, optional
from desk.forms.fields import Choice, Day, Several
from desk.forms.periods import PERIOD_SENTENCES, require_order
from services.intake.domain.figures import Figure

WORDS: Final = Words(
    labels={**LABELS, "received_from": "期間の始まり", "received_to": "期間の終わり", "by": "集計の種類"},
    sentences={**SENTENCES, **PERIOD_SENTENCES},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatisticsWanted:
    """What was received from a day to a day, both included, None for without end. by: which figures, all if empty."""

    received_from: date | None
    received_to: date | None
    by: tuple[Figure, ...]


class StatisticsForm(Form):
    """`get_statistics`."""

    makes = StatisticsWanted
    codes = tuple(PERIOD_SENTENCES)
    words = WORDS
    received_from = optional(Day())
    received_to = optional(Day())
    by = Several(Choice(Figure), len(Figure))

    @validates_schema
    def _in_order(self, values: dict[str, Any], **_: Any) -> None:
        require_order(values, "received_from", "received_to")
