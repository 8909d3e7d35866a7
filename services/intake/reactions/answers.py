"""What intake tells portals in its own words: receipts, and where a proposal stands that a message does not fit."""

from dataclasses import asdict
from typing import Any, Final

from desk.portal.answers import Answer, ForCompanies, told
from desk.portal.messages import Message
from services.intake.domain.event_types import EVENTS
from services.intake.domain.proposal.status import (
    AlreadyAccepted,
    AlreadyIneligible,
    AlreadyMerged,
    AlreadyRedirected,
    AlreadySplit,
    AlreadyWithdrawn,
    BeingScreened,
    NotYetScreened,
    OnHold,
    ReturnedForCorrection,
)
from services.intake.domain.receipts import Receipt
from services.intake.reception import Received

SCREENED: Final = (BeingScreened.code, "この提案は審査中です。市からの連絡をお待ちください。")
DECIDED: Final = (
    "proposal_decided",
    "この提案は審査が終わっているため、この手続はできません。結果は市からお知らせします。",
)
FOR_COMPANIES: Final[ForCompanies] = {
    NotYetScreened: (NotYetScreened.code, "この提案は、まだ審査が始まっていません。市からの連絡をお待ちください。"),
    BeingScreened: SCREENED,
    OnHold: SCREENED,
    ReturnedForCorrection: (ReturnedForCorrection.code, "この提案は、補正をお願いしているところです。"),
    AlreadyAccepted: DECIDED,
    AlreadyIneligible: DECIDED,
    AlreadyRedirected: DECIDED,
    AlreadyWithdrawn: (AlreadyWithdrawn.code, "この提案は、すでに取り下げられています。"),
    AlreadyMerged: (
        AlreadyMerged.code,
        "この提案は、別の提案とあわせてお取り扱いしています。市にお問い合わせください。",
    ),
    AlreadySplit: (
        AlreadySplit.code,
        "この提案は、いくつかの提案に分けてお取り扱いしています。市にお問い合わせください。",
    ),
}
"""Where a proposal stands → code and sentence for companies.

That it is on hold is the office's own matter, and a decision is told by its letter, with the remedies (教示), alone.
"""


def receipt_fields(receipt: Receipt) -> dict[str, Any]:
    """A receipt as portals and staff tools are told it."""
    return {
        "receipt_number": receipt.receipt_number,
        "access_code": receipt.access_code,
        "received_on": receipt.received_on.isoformat(),
        "content_receipt": asdict(receipt.content_receipt),
    }


def received(message: Message, handed_in: Received) -> Answer:
    """That a proposal or inquiry was received: the same at every repetition."""
    recorded = handed_in.recorded
    content = receipt_fields(handed_in.receipt) | {f"{recorded.stream.category}_id": str(recorded.stream.id)}
    return told(EVENTS.service, message, recorded.type, recorded, content)
