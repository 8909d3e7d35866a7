"""One plain sentence for each event of a proposal, made of open fields alone."""

from collections.abc import Mapping
from typing import Any, Final

from desk.history import Sentence, always, wareki_of
from services.intake.domain.proposal.origin import Origin
from services.intake.domain.proposal.outcomes import Destination
from services.intake.domain.proposal.screening import Waiting

CHANNELS: Final = {
    "portal": "ポータルサイト",
    "counter": "窓口",
    "phone": "電話",
    "mail": "メール",
    "post": "郵送",
}
PROPOSERS: Final = {
    "corporation": "企業",
    "university": "大学",
    "organisation": "団体",
    "sole_proprietor": "個人事業主",
    "individual": "個人",
}
KINDS: Final = {"free": "自由提案", "call": "課題提案"}
ORIGINS: Final = {
    Origin.INQUIRY: "相談（{}）をもとにした提案です。",
    Origin.SPLIT: "ほかの提案（{}）を分けてできた提案です。",
}
ABOUT: Final = {"proposer": "提案者", "project": "提案する事業"}
DESTINATIONS: Final = {
    Destination.INQUIRY: "相談の窓口",
    Destination.CITIZENS_CHANNEL: "市民の意見の窓口",
    Destination.PROCUREMENT: "入札・公募などの手続き",
}
GROUNDS: Final = {
    "merger": "合併",
    "company_split": "会社分割",
    "business_transfer": "事業譲渡",
    "inheritance": "相続",
    "other": "その他の理由",
}
RESUMED: Final = {
    Waiting.CORRECTION: "補正の求めを取り消し、審査を再開しました。",
    Waiting.HOLD: "保留を解き、審査を再開しました。",
}


def _received(fields: Mapping[str, Any], channel: str) -> str:
    pending = "誓約は確認待ちです。" if fields["pledges_pending"] else ""
    proposer, kind = PROPOSERS[fields["proposer_kind"]], KINDS[fields["kind"]]
    return f"{proposer}からの{kind}を、{CHANNELS[channel]}で受け付けました。{pending}"


def _resubmitted(fields: Mapping[str, Any], channel: str) -> str:
    by = f"{CHANNELS[channel]}で" if channel in CHANNELS else ""
    return f"補正された提案（第{fields['edition']}版）を、{by}受け付けました。"


def _returned(fields: Mapping[str, Any], _: str) -> str:
    by = f"期限は{wareki_of(fields, 'answer_by')}です。" if fields["answer_by"] else ""
    return f"提案者に補正を求めました。{by}"


def _held(fields: Mapping[str, Any], _: str) -> str:
    by = f"{wareki_of(fields, 'review_on')}に再検討します。" if fields["review_on"] else ""
    return f"審査を保留しました。{by}"


def _pledges_declared(fields: Mapping[str, Any], _: str) -> str:
    rest = "残りは確認待ちです。" if fields["pledges_pending"] else ""
    return f"提案者の誓約・確認事項を確認しました。{rest}"


def _withdrawn(_: Mapping[str, Any], channel: str) -> str:
    return "提案者がポータルサイトから取り下げました。" if channel == "portal" else "提案者の申出により取り下げました。"


SENTENCES: Final[Mapping[str, Sentence]] = {
    "ProposalReceived": _received,
    "ProposalDerived": lambda fields, _: ORIGINS[fields["origin"]].format(fields["origin_id"]),
    "ProposalResubmitted": _resubmitted,
    "ScreeningBegun": always("審査を始めました。"),
    "ProposerContacted": lambda fields, _: f"提案者に{CHANNELS[fields['means']]}で連絡しました。",
    "ExclusionChecked": lambda fields, _: f"{ABOUT[fields['about']]}について、対象外の要件を一つ確認しました。",
    "ProposalReturned": _returned,
    "ProposalHeld": _held,
    "ProposalResumed": lambda fields, _: RESUMED[fields["after"]],
    "PledgesDeclared": _pledges_declared,
    "ProposalAccepted": always("提案を受理し、担当する部署を探し始めました。"),
    "ProposalFoundIneligible": always("対象外の要件にあたると決定しました。"),
    "ProposalRedirected": lambda fields, _: f"{DESTINATIONS[fields['destination']]}を案内しました。",
    "ProposalWithdrawn": _withdrawn,
    "ProposalMerged": lambda fields, _: f"ほかの提案（{fields['into']}）にまとめました。",
    "ProposalAbsorbed": lambda fields, _: f"ほかの提案（{fields['proposal_id']}）を、この提案にまとめました。",
    "ProposalSplit": lambda fields, _: f"{len(fields['parts'])}件の提案（{'、'.join(fields['parts'])}）に分けました。",
    "ContactChanged": always("連絡先を変更しました。"),
    "ProposerRenamed": always("提案者の名称・所在地・代表者を変更しました。"),
    "ProposerSucceeded": lambda fields, _: f"{GROUNDS[fields['ground']]}により、提案者が代わりました。",
    "AccessCodeRenewed": always("確認番号を新しくしました。"),
    "ProposalFlagged": always("提案者に関係する措置が登録されました。"),
    "ProposalFlagCleared": always("提案者に関係する措置の表示を解除しました。"),
    "ConfidentialityClaimed": always("提案者が、非公開を希望する箇所を申し出ました。"),
    "ClaimsAnswered": always("非公開の申出について、市の考えを示しました。"),
}
"""Event type → its sentence."""
