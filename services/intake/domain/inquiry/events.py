"""Where an inquiry stands, and what happens to one."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum, unique
from typing import Annotated, TypeAlias
from uuid import UUID

from desk.packs.codes import Channel, ProposerKind
from desk.portal.receipts import DocumentDigest
from eventstore.protection import Sealed, personal
from services.intake.domain.event_types import EVENTS
from services.intake.domain.parties import found_by_name
from services.intake.domain.receipts import DocumentText, ReceiptNumber


@unique
class InquiryStatus(StrEnum):
    """Where an inquiry stands."""

    ABSENT = "absent"
    RECEIVED = "received"
    ANSWERED = "answered"
    CONVERTED = "converted"
    CLOSED = "closed"


@EVENTS.event(category="inquiry", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class InquiryReceived:
    """An inquiry reached the city; ids and dates as in `ProposalReceived`.

    proposer_kind: None where the asker did not say for whom. An inquiry is taken from whoever has a matter, an
    individual included: only proposals are limited. So what it says is personal, and ends with the asker's key.
    """

    received_on: date
    submitted_at: datetime
    proposer_kind: ProposerKind | None
    document_id: UUID
    proposer_id: UUID
    representative_id: UUID
    contact_id: UUID
    receipt_number: ReceiptNumber
    document: DocumentText
    content_nonce: DocumentDigest
    content_sha256: DocumentDigest
    proposer_name: Annotated[Sealed[str | None], found_by_name(of="proposer_id")]
    corporate_number: Annotated[Sealed[str | None], personal(of="proposer_id", blind_index="corporate_number")]
    corporate_number_absent_reason: Annotated[Sealed[str | None], personal(of="proposer_id")]
    proposer_address: Annotated[Sealed[str | None], personal(of="proposer_id")]
    representative: Annotated[Sealed[str | None], personal(of="representative_id")]
    contact_affiliation: Annotated[Sealed[str | None], personal(of="contact_id")]
    contact_name: Annotated[Sealed[str], personal(of="contact_id")]
    contact_phone: Annotated[Sealed[str | None], personal(of="contact_id", blind_index="phone")]
    contact_email: Annotated[Sealed[str | None], personal(of="contact_id", blind_index="email")]
    subject: Annotated[Sealed[str], personal(of="contact_id")]
    content: Annotated[Sealed[str], personal(of="contact_id")]


@EVENTS.event(category="inquiry", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class InquiryAnswered:
    """Whoever asked was answered. answered_on: the legal day. contact_id: that of `InquiryReceived`."""

    answered_on: date
    means: Channel
    contact_id: UUID
    answer: Annotated[Sealed[str], personal(of="contact_id")]


@EVENTS.event(category="inquiry", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class InquiryConverted:
    """It became a proposal (S01), which names it as its origin."""

    converted_on: date
    proposal_id: UUID


@EVENTS.event(category="inquiry", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class InquiryClosed:
    """Nothing more is to be done about it."""

    closed_on: date


InquiryEvent: TypeAlias = InquiryReceived | InquiryAnswered | InquiryConverted | InquiryClosed
