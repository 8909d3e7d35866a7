"""What the timeline of a case says: one plain sentence for each event, from its open fields alone."""

from collections.abc import Mapping
from typing import Any, Final

from desk.history import Sentence, always, wareki_of
from services.matching.domain.case.assignment import Part
from services.matching.domain.case.dialogue import Setting
from services.matching.domain.case.feasibility import Outcome

PARTS: Final[Mapping[str, str]] = {Part.LEAD: "主担当課", Part.SUPPORTING: "関係課"}
SETTINGS: Final[Mapping[str, str]] = {
    Setting.IN_PERSON: "対面",
    Setting.ONLINE: "オンライン",
    Setting.PHONE: "電話",
}
OUTCOMES: Final[Mapping[str, str]] = {
    Outcome.PARTNERSHIP: "連携して実施する",
    Outcome.DEMONSTRATION: "実証実験を行う",
    Outcome.INDIVIDUAL: "協定によらず個別に実施する",
    Outcome.PROCUREMENT: "入札・公募の手続による",
    Outcome.OTHER_METHOD: "ほかの手法による",
    Outcome.NO: "実施しない",
    Outcome.KEPT: "時期を改めて検討する",
}
"""What each outcome is called."""


def _on(day: str, sentence: str) -> Sentence:
    """The day that stands in the field, and the sentence."""
    return lambda fields, _: f"{wareki_of(fields, day)}に、{sentence}"


def _case_flagged(fields: Mapping[str, Any], _: str) -> str:
    day = wareki_of(fields, "flagged_on")
    return f"提案者に関わる措置の登録があるため、{day}に注意を付けました。解除されるまで協定などの締結はできません。"


def _case_withdrawn(fields: Mapping[str, Any], _: str) -> str:
    day = wareki_of(fields, "withdrawn_on")
    return f"{day}に提案が取り下げられたため、案件の検討を終えました。"


def _departments_suggested(fields: Mapping[str, Any], _: str) -> str:
    return f"担当課の候補を{len(fields['ranking'])}件、事務分掌などから順に示しました（決定ではありません）。"


def _case_offered(fields: Mapping[str, Any], _: str) -> str:
    return f"{wareki_of(fields, 'offered_on')}に、{PARTS[fields['part']]}として打診しました（{fields['department']}）。"


def _offer(day: str, what: str) -> Sentence:
    return lambda fields, _: f"{wareki_of(fields, day)}に、{what}（{fields['department']}）。"


def _session_held(fields: Mapping[str, Any], _: str) -> str:
    return f"{wareki_of(fields, 'held_on')}に、提案者と対話をしました（{SETTINGS[fields['setting']]}）。"


def _minutes(day: str, what: str) -> Sentence:
    return lambda fields, _: f"{wareki_of(fields, day)}に、議事録（第{fields['edition']}版）{what}"


def _goals_agreed(fields: Mapping[str, Any], _: str) -> str:
    return f"{wareki_of(fields, 'agreed_on')}に、目標と役割分担に双方が合意しました（第{fields['edition']}版）。"


def _feasibility_decided(fields: Mapping[str, Any], _: str) -> str:
    return f"{wareki_of(fields, 'decided_on')}に、実施の可否を決定しました：{OUTCOMES[fields['outcome']]}。"


SENTENCES: Final[Mapping[str, Sentence]] = {
    "CaseOpened": always("受理した提案を案件として登録しました。担当する部署を探しています。"),
    "CaseFlagged": _case_flagged,
    "CaseFlagCleared": _on("cleared_on", "措置の登録による注意を外しました。"),
    "CaseWithdrawn": _case_withdrawn,
    "DepartmentsSuggested": _departments_suggested,
    "CaseOffered": _case_offered,
    "OfferTaken": _offer("taken_on", "打診した部署が担当することになりました"),
    "OfferDeclined": _offer("declined_on", "打診した部署が、理由を付けて辞退しました"),
    "OfferWithdrawn": _offer("withdrawn_on", "打診を取り下げ、または担当を外しました"),
    "AccompanimentAssigned": _on("assigned_on", "伴走担当を決めました。"),
    "DeputyNamed": _on("named_on", "代理の担当者を決めました。"),
    "DeputyReleased": _on("released_on", "代理の担当者を外しました。"),
    "OfficerNamed": _on("named_on", "担当課の担当者を変更しました。"),
    "CaseHandedOver": _on("handed_over_on", "担当者の間で案件を引き継ぎました。"),
    "ProposerContacted": _on("contacted_on", "提案者と連絡を取りました。"),
    "CaseFellSilent": lambda fields, _: f"{wareki_of(fields, 'last_contact_on')}を最後に、提案者との連絡がありません。",
    "NoteAdded": _on("noted_on", "庁内メモを書きました。"),
    "SessionHeld": _session_held,
    "MinutesDrafted": _minutes("drafted_on", "を作成しました。"),
    "MinutesConfirmedByCity": _minutes("confirmed_on", "を市が確認しました。"),
    "MinutesKept": lambda fields, _: f"市が確認した議事録（第{fields['edition']}版）の文書を保管しました。",
    "MinutesConfirmedByProposer": _minutes("confirmed_on", "を提案者が確認しました。"),
    "MinutesObjected": _minutes("objected_on", "について、提案者から修正の申出がありました。"),
    "GoalsAgreed": _goals_agreed,
    "OpinionGiven": _offer("given_on", "担当課が実施の可否についての意見を述べました"),
    "FeasibilityDecided": _feasibility_decided,
    "ProposerAnswered": _on("answered_on", "決定とその理由を、提案者に文書で回答しました。"),
    "KeptCaseDue": _on("kept_until", "改めて検討する期日が来ました。"),
    "CaseResumed": _on("resumed_on", "案件の検討を再開しました。"),
}
"""Event type → its sentence, for the timeline of a case."""
