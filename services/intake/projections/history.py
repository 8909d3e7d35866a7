"""History: one plain sentence for each event of a proposal or inquiry, made of open fields alone."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from desk import access, discards

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


def _proposal_received(fields: Mapping[str, Any], channel: str) -> str:
    pending = "誓約は確認待ちです。" if fields["pledges_pending"] else ""
    proposer, kind = PROPOSERS[fields["proposer_kind"]], KINDS[fields["kind"]]
    return f"{proposer}からの{kind}を、{CHANNELS[channel]}で受け付けました。{pending}"


def _inquiry_received(_: Mapping[str, Any], channel: str) -> str:
    return f"相談を、{CHANNELS[channel]}で受け付けました。"


def _proposal_accepted(_: Mapping[str, Any], __: str) -> str:
    return "提案を受理し、担当する部署を探し始めました。"


SENTENCES: Final[Mapping[str, Callable[[Mapping[str, Any], str], str]]] = {
    "ProposalReceived": _proposal_received,
    "ProposalAccepted": _proposal_accepted,
    "InquiryReceived": _inquiry_received,
    **access.SENTENCES,
    **discards.SENTENCES,
}
"""Event type → its sentence from open fields and channel. Sealed fields are not opened for a timeline."""
