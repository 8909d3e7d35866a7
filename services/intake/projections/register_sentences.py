"""History of the registers, and of what is asked of the police: a sentence for each event, from open fields alone."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from desk.wareki import wareki


def _measure(fields: Mapping[str, Any]) -> str:
    until = "期限の定めなし" if fields["until_day"] is None else f"{_day(fields['until_day'])}まで"
    return f"措置（{_day(fields['from_day'])}から、{until}）"


def _day(written: str) -> str:
    return wareki(date.fromisoformat(written))


def _measure_entered(fields: Mapping[str, Any], _: str) -> str:
    return f"登録簿に{_measure(fields)}を登録しました。"


def _measure_corrected(fields: Mapping[str, Any], _: str) -> str:
    party = "相手方が変わったため、該当する提案を確かめ直します。" if fields["is_another_party"] else ""
    return f"登録の内容を{_measure(fields)}に訂正しました。{party}"


def _measure_begun(fields: Mapping[str, Any], _: str) -> str:
    return f"{_day(fields['begun_on'])}に措置の期間が始まりました。"


def _measure_ended(fields: Mapping[str, Any], _: str) -> str:
    return f"措置の期間が満了し、{_day(fields['ended_on'])}から措置の対象ではなくなりました。"


def _measure_lifted(fields: Mapping[str, Any], _: str) -> str:
    return f"{_day(fields['lifted_on'])}に措置を解除しました。"


def _candidate_found(_: Mapping[str, Any], __: str) -> str:
    return "相手方と名称の一致する提案者が見つかりました。同じ者かどうかの確認を待っています。"


def _candidate_confirmed(_: Mapping[str, Any], __: str) -> str:
    return "名称の一致する提案者を、相手方と同じ者と確認しました。"


def _candidate_dismissed(_: Mapping[str, Any], __: str) -> str:
    return "名称の一致する提案者を、相手方とは別の者と確認しました。"


def _police_inquired(_: Mapping[str, Any], __: str) -> str:
    return "警察に照会しました。"


def _police_answered(_: Mapping[str, Any], __: str) -> str:
    return "警察からの回答を記録しました。"


SENTENCES: Final[Mapping[str, Callable[[Mapping[str, Any], str], str]]] = {
    "MeasureEntered": _measure_entered,
    "MeasureCorrected": _measure_corrected,
    "MeasureBegun": _measure_begun,
    "MeasureEnded": _measure_ended,
    "MeasureLifted": _measure_lifted,
    "CandidateFound": _candidate_found,
    "CandidateConfirmed": _candidate_confirmed,
    "CandidateDismissed": _candidate_dismissed,
    "PoliceInquired": _police_inquired,
    "PoliceAnswered": _police_answered,
}
