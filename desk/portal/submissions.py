"""What companies send after their submission: on record as it came, once, with its proof.

What follows from it stands in the stream that it is about; here stands that it was handed in. Intake's own record,
`SubmissionTaken`, is older than this one, and of its own form.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum, unique
from typing import Annotated, Protocol
from uuid import UUID

from desk.portal.receipts import ContentReceipt, DocumentDigest
from eventstore.errors import Refusal
from eventstore.events import EventTypes
from eventstore.protection import Closed, Sealed, personal


@unique
class Matter(StrEnum):
    """What a later message is, and thereby which category of stream it is about: minutes (議事録) are about a case."""

    MINUTES = "minutes"


@dataclass(frozen=True, slots=True, kw_only=True)
class LaterSubmissionTaken:
    """A later message was taken. about_id: of the stream that it is about. taken_on: the legal day.

    submitted_at: the instant that the sender states. document: the message as received. content_nonce, content_sha256:
    the sender's proof of what it handed in.
    """

    matter: Matter
    about_id: UUID
    taken_on: date
    submitted_at: datetime
    document_id: UUID
    document: Annotated[Sealed[bytes], personal(of="document_id")]
    content_nonce: DocumentDigest
    content_sha256: DocumentDigest


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """What the sender is told, and again at every repetition: what was taken, the legal day, the proof."""

    matter: StrEnum
    taken_on: date
    content_receipt: ContentReceipt


class Noted(Protocol):
    """What every service's record of a later message says."""

    @property
    def matter(self) -> StrEnum:
        """What it is."""

    @property
    def taken_on(self) -> date:
        """The legal day."""

    @property
    def content_nonce(self) -> Sealed[str]:
        """The nonce of the proof."""

    @property
    def content_sha256(self) -> Sealed[str]:
        """The proof's digest."""


class SubmissionErased(Refusal):
    """What was handed in has been erased; there is nothing left to give a receipt for."""

    code = "submission_erased"
    sentence = "この提案・相談の記録は消去されています。"


def submission_category(service: str) -> str:
    """The category of the streams in which a service notes what companies send to it later."""
    return f"{service}_submission"


def declare_submissions(types: EventTypes) -> None:
    """Declares later messages among the events of a service, in streams of the category `<service>_submission`."""
    types.event(category=submission_category(types.service), version=1)(LaterSubmissionTaken)


def acceptance(taken: Noted) -> Acceptance:
    """What is told of a message that was taken. Raises `SubmissionErased` where no proof is left."""
    try:
        receipt = ContentReceipt(nonce=taken.content_nonce.reveal(), sha256=taken.content_sha256.reveal())
    except Closed:
        raise SubmissionErased from None
    return Acceptance(matter=taken.matter, taken_on=taken.taken_on, content_receipt=receipt)
