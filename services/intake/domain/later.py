"""What companies send after their submission, by a portal: on record as it came, once, with its proof.

What follows from it stands in the stream that it is about; here stands that it was handed in, even where nothing did.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum, unique
from typing import Annotated, Final
from uuid import UUID

from desk.portal.receipts import DocumentDigest
from eventstore.decider import noting
from eventstore.protection import Sealed, personal
from services.intake.domain.event_types import EVENTS


@unique
class Matter(StrEnum):
    """What a later message is: correction (補正), withdrawal (取下げ), claim, question, consent, offer and the like."""

    CORRECTION = "correction"
    WITHDRAWAL = "withdrawal"
    CLAIM = "claim"
    CALL_QUESTION = "call_question"
    CONSENT = "consent"
    NOTICES_END = "notices_end"
    OFFER = "offer"


@unique
class About(StrEnum):
    """The category of the stream that a later message is about."""

    PROPOSAL = "proposal"
    CALL = "call"
    COMPANY = "company"
    OFFER = "offer"


@EVENTS.event(category="later_submission", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionTaken:
    """A later message was taken. about_id: of what it is about. taken_on: the legal day.

    submitted_at: the instant that the sender states. document: the message as received, None for a correction, which
    keeps it with the proposal's new edition. content_nonce, content_sha256: the sender's proof of what it handed in.
    """

    matter: Matter
    about: About
    about_id: UUID
    taken_on: date
    submitted_at: datetime
    document_id: UUID
    document: Annotated[Sealed[bytes | None], personal(of="document_id")]
    content_nonce: DocumentDigest
    content_sha256: DocumentDigest


LATER_SUBMISSION: Final = noting("later_submission")
