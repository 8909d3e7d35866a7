"""History of the registers, and of what is asked of the police: a sentence for each event, from open fields alone."""

from collections.abc import Mapping
from typing import Any, Final

from desk.history import Sentence, always, wareki_of


def _measure(fields: Mapping[str, Any]) -> str:
    until = "期限の定めなし" if fields["until_day"] is None else f"{wareki_of(fields, 'until_day')}まで"
    return f"措置（{wareki_of(fields, 'from_day')}から、{until}）"


def _measure_entered(fields: Mapping[str, Any], _: str) -> str:
    return f"登録簿に{_measure(fields)}を登録しました。"


def _measure_corrected(fields: Mapping[str, Any], _: str) -> str:
    party = "相手方が変わったため、該当する提案を確かめ直します。" if fields["is_another_party"] else ""
    return f"登録の内容を{_measure(fields)}に訂正しました。{party}"


def _measure_begun(fields: Mapping[str, Any], _: str) -> str:
    return f"{wareki_of(fields, 'begun_on')}に措置の期間が始まりました。"


def _measure_ended(fields: Mapping[str, Any], _: str) -> str:
    return f"措置の期間が満了し、{wareki_of(fields, 'ended_on')}から措置の対象ではなくなりました。"


def _measure_lifted(fields: Mapping[str, Any], _: str) -> str:
    return f"{wareki_of(fields, 'lifted_on')}に措置を解除しました。"


SENTENCES: Final[Mapping[str, Sentence]] = {
    "MeasureEntered": _measure_entered,
    "MeasureCorrected": _measure_corrected,
    "MeasureBegun": _measure_begun,
    "MeasureEnded": _measure_ended,
    "MeasureLifted": _measure_lifted,
    "CandidateFound": always("相手方と名称の一致する提案者が見つかりました。同じ者かどうかの確認を待っています。"),
    "CandidateConfirmed": always("名称の一致する提案者を、相手方と同じ者と確認しました。"),
    "CandidateDismissed": always("名称の一致する提案者を、相手方とは別の者と確認しました。"),
    "PoliceInquired": always("警察に照会しました。"),
    "PoliceAnswered": always("警察からの回答を記録しました。"),
}
