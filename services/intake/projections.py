"""History as a projection: one plain sentence for each event, from its open fields alone."""

from collections.abc import Callable, Mapping
from typing import Any, Final

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


SENTENCES: Final[Mapping[str, Callable[[Mapping[str, Any], str], str]]] = {
    "ProposalReceived": _proposal_received,
    "InquiryReceived": _inquiry_received,
}
"""Event type → its sentence from open fields and channel. Sealed fields are not opened for a timeline."""
