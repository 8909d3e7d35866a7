"""What the timeline of an obligation says."""

from collections.abc import Mapping
from typing import Any, Final

from desk.history import Sentence, wareki_of
from services.matching.domain.case.dialogue import Side
from services.matching.domain.obligation.events import Kind

SIDES: Final[Mapping[str, str]] = {Side.CITY: "市", Side.PROPOSER: "提案者"}
KINDS: Final[Mapping[str, str]] = {
    Kind.FIELD: "実証フィールドの提供",
    Kind.DATA: "行政データの提供",
    Kind.PUBLICITY: "PRの機会の提供",
    Kind.REGULATION_REVIEW: "規制緩和の検討",
    Kind.BASE: "活動拠点の提供",
    Kind.OTHER: "その他の約束",
}
"""What is owed, as the office calls it."""


def _undertaken(fields: Mapping[str, Any], _: str) -> str:
    side, kind = SIDES[fields["side"]], KINDS[fields["kind"]]
    return f"{side}が、{wareki_of(fields, 'due_on')}までの約束をしました（{kind}）。"


SENTENCES: Final[Mapping[str, Sentence]] = {
    "ObligationUndertaken": _undertaken,
    "ObligationDueChanged": lambda fields, _: f"約束の期日を、{wareki_of(fields, 'due_on')}に変更しました。",
    "ObligationReassigned": lambda fields, _: (
        f"約束を果たす部署を変更しました（{fields['previously']}から{fields['department']}へ）。"
    ),
    "ObligationFulfilled": lambda fields, _: f"{wareki_of(fields, 'fulfilled_on')}に、約束が果たされました。",
    "ObligationReleased": lambda fields, _: f"{wareki_of(fields, 'released_on')}に、約束をなくしました。",
    "ObligationOverdue": lambda fields, _: f"約束の期日（{wareki_of(fields, 'due_on')}）が過ぎました。",
}
"""Event type → its sentence, for the timeline of an obligation."""
