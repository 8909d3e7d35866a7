"""An inquiry (相談・問合せ): a lighter record than a proposal, which it may become later."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Annotated, Final, TypeAlias, assert_never
from uuid import UUID, uuid5

from desk.packs.codes import ProposerKind
from eventstore.decider import Decider
from eventstore.errors import Refusal
from eventstore.protection import Sealed, personal
from services.intake.domain.content import InquiryContent
from services.intake.domain.event_types import EVENTS
from services.intake.domain.proposal import Status
from services.intake.domain.receipts import ContentReceipt, DocumentDigest, DocumentText, ReceiptNumber


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
    proposer_name: Annotated[Sealed[str | None], personal(of="proposer_id")]
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


InquiryEvent: TypeAlias = InquiryReceived


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveInquiry:
    """Receive an inquiry; the fields are those of `ReceiveProposal`."""

    inquiry_id: UUID
    content: InquiryContent = field(repr=False)
    document: bytes = field(repr=False)
    received_on: date
    submitted_at: datetime
    receipt_number: str
    content_receipt: ContentReceipt


InquiryCommand: TypeAlias = ReceiveInquiry


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """What later decisions need to know of an inquiry."""

    status: Status = Status.ABSENT
    received_on: date | None = None


class InquiryAlreadyReceived(Refusal):
    """An inquiry is received once."""

    code = "inquiry_already_received"


def decide(command: InquiryCommand, inquiry: Inquiry) -> Sequence[InquiryEvent]:
    """The events that follow from a command; none where it was already so."""
    match command:
        case ReceiveInquiry():
            return _receive(command, inquiry)
        case _:
            assert_never(command)


def _receive(command: ReceiveInquiry, inquiry: Inquiry) -> Sequence[InquiryEvent]:
    if inquiry.status is not Status.ABSENT:
        raise InquiryAlreadyReceived("この相談はすでに受け付けています。")
    proposer, contact = command.content.proposer, command.content.contact
    return [
        InquiryReceived(
            received_on=command.received_on,
            submitted_at=command.submitted_at,
            proposer_kind=proposer.kind if proposer else None,
            document_id=uuid5(command.inquiry_id, "document"),
            proposer_id=uuid5(command.inquiry_id, "proposer"),
            representative_id=uuid5(command.inquiry_id, "representative"),
            contact_id=uuid5(command.inquiry_id, "contact"),
            receipt_number=Sealed(command.receipt_number),
            document=Sealed(command.document),
            content_nonce=Sealed(command.content_receipt.nonce),
            content_sha256=Sealed(command.content_receipt.sha256),
            proposer_name=Sealed(proposer.name if proposer else None),
            corporate_number=Sealed(proposer.corporate_number if proposer else None),
            corporate_number_absent_reason=Sealed(proposer.corporate_number_absent_reason if proposer else None),
            proposer_address=Sealed(proposer.address if proposer else None),
            representative=Sealed(proposer.representative if proposer else None),
            contact_affiliation=Sealed(contact.affiliation),
            contact_name=Sealed(contact.name),
            contact_phone=Sealed(contact.phone),
            contact_email=Sealed(contact.email),
            subject=Sealed(command.content.subject),
            content=Sealed(command.content.content),
        )
    ]


def evolve(inquiry: Inquiry, event: InquiryEvent) -> Inquiry:
    """The inquiry after an event."""
    match event:
        case InquiryReceived():
            return replace(inquiry, status=Status.RECEIVED, received_on=event.received_on)
        case _:
            assert_never(event)


INQUIRY: Final = Decider(category="inquiry", initial=Inquiry(), decide=decide, evolve=evolve)
