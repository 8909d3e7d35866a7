"""What a portal is answered: received with a receipt, accepted with a proof, or refused with all that is wrong."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any, Final
from uuid import UUID, uuid5

import orjson

from eventstore.errors import FieldError, Refusal
from eventstore.events import as_json
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
from services.intake.reactions.later import Taken
from services.intake.reactions.messages import COMMAND_IDS, Message
from services.intake.reception import Received

ACCEPTED, REFUSED = "SubmissionAccepted", "SubmissionRefused"
SOURCE: Final = "/services/intake"
SCREENED: Final = (BeingScreened.code, "この提案は審査中です。市からの連絡をお待ちください。")
DECIDED: Final = (
    "proposal_decided",
    "この提案は審査が終わっているため、この手続はできません。結果は市からお知らせします。",
)
FOR_COMPANIES: Final[Mapping[type[Refusal], tuple[str, str]]] = {
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


@dataclass(frozen=True, slots=True)
class Answer:
    """One CloudEvent for a portal, about the submission that `correlation_id` names."""

    portal: str
    correlation_id: str
    event: dict[str, Any]

    def written(self) -> bytes:
        """The answer in structured JSON."""
        return orjson.dumps(self.event)


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
    told = receipt_fields(handed_in.receipt) | {f"{recorded.stream.category}_id": str(recorded.stream.id)}
    return _answer(message, recorded.type, recorded.id, told, time=recorded.recorded_at.isoformat())


def accepted(message: Message, taken: Taken) -> Answer:
    """That a later message was taken: the same at every repetition, whatever became of the matter since."""
    recorded = taken.recorded
    return _answer(message, ACCEPTED, recorded.id, as_json(taken.acceptance), time=recorded.recorded_at.isoformat())


def refused(message: Message, errors: tuple[FieldError, ...]) -> Answer:
    """The same for the same message, however often it comes: so it names no time."""
    digest = sha256(message.delivery.body).hexdigest()
    answer_id = uuid5(COMMAND_IDS, f"{message.portal}/{message.id}/refused/{digest}")
    return _answer(message, REFUSED, answer_id, {"errors": [asdict(error) for error in errors]})


def refusal(refused: Refusal) -> FieldError:
    """What a company is told of a refusal: of where its proposal stands, only what it may know, in words for it."""
    code, sentence = FOR_COMPANIES.get(type(refused), (refused.stable_code, refused.message))
    return FieldError(field="id", code=code, message=sentence)


def _answer(message: Message, kind: str, answer_id: UUID, told: dict[str, Any], **time: str) -> Answer:
    event = {
        "specversion": "1.0",
        "id": str(answer_id),
        "source": SOURCE,
        "type": kind,
        **time,
        "datacontenttype": "application/json",
        "correlationid": message.id,
        "data": told,
    }
    return Answer(message.portal, message.id, event)
