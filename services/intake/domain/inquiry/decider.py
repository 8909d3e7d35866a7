"""What may be done with an inquiry where it stands, and what follows."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final, TypeAlias, assert_never
from uuid import UUID, uuid5

from desk.packs.codes import Channel
from desk.portal.receipts import ContentReceipt
from eventstore.decider import Decider
from eventstore.errors import NotFound, Refusal
from eventstore.protection import Sealed
from services.intake.domain.content import InquiryContent
from services.intake.domain.inquiry.events import (
    InquiryAnswered,
    InquiryClosed,
    InquiryConverted,
    InquiryEvent,
    InquiryReceived,
    InquiryStatus,
)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerInquiry:
    """Record what was answered, and by which means."""

    answered_on: date
    means: Channel
    answer: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertInquiry:
    """Turn it into a proposal, which is recorded with it."""

    converted_on: date
    proposal_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseInquiry:
    """Be done with it."""

    closed_on: date


InquiryCommand: TypeAlias = ReceiveInquiry | AnswerInquiry | ConvertInquiry | CloseInquiry


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """What later decisions need to know of an inquiry."""

    status: InquiryStatus = InquiryStatus.ABSENT
    received_on: date | None = None
    contact_id: UUID | None = None


class InquiryAlreadyReceived(Refusal):
    """An inquiry is received once."""

    code = "inquiry_already_received"
    sentence = "この相談はすでに受け付けています。"


class InquiryNotAnswered(Refusal):
    """It was not answered yet, so that it cannot be closed."""

    code = "inquiry_not_answered"
    sentence = "この相談にはまだ回答していません。回答を記録してから終了してください。"


class InquiryIsConverted(Refusal):
    """It became a proposal: what follows, follows there."""

    code = "inquiry_converted"
    sentence = "この相談は、すでに提案として受け付けています。"


class InquiryIsClosed(Refusal):
    """It is closed."""

    code = "inquiry_closed"
    sentence = "この相談は終了しています。"


def decide(command: InquiryCommand, inquiry: Inquiry) -> Sequence[InquiryEvent]:
    """The events that follow from a command; none where it was already so."""
    match command:
        case ReceiveInquiry():
            if inquiry.status is not InquiryStatus.ABSENT:
                raise InquiryAlreadyReceived
            return [_received(command)]
        case CloseInquiry() if inquiry.status is InquiryStatus.CLOSED:
            return []
        case AnswerInquiry() | ConvertInquiry() | CloseInquiry():
            return [_gone_on(command, _open_contact(inquiry), inquiry.status)]
        case _:
            assert_never(command)


def _open_contact(inquiry: Inquiry) -> UUID:
    """The contact of an inquiry that is still open."""
    match inquiry.status:
        case InquiryStatus.CONVERTED:
            raise InquiryIsConverted
        case InquiryStatus.CLOSED:
            raise InquiryIsClosed
    if inquiry.contact_id is None:
        raise NotFound
    return inquiry.contact_id


def _gone_on(
    command: AnswerInquiry | ConvertInquiry | CloseInquiry, contact_id: UUID, status: InquiryStatus
) -> InquiryAnswered | InquiryConverted | InquiryClosed:
    match command:
        case AnswerInquiry():
            return InquiryAnswered(
                answered_on=command.answered_on,
                means=command.means,
                contact_id=contact_id,
                answer=Sealed(command.answer),
            )
        case ConvertInquiry():
            return InquiryConverted(converted_on=command.converted_on, proposal_id=command.proposal_id)
        case CloseInquiry() if status is InquiryStatus.RECEIVED:
            raise InquiryNotAnswered
        case CloseInquiry():
            return InquiryClosed(closed_on=command.closed_on)
        case _:
            assert_never(command)


def _received(command: ReceiveInquiry) -> InquiryReceived:
    proposer, contact = command.content.proposer, command.content.contact
    return InquiryReceived(
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


def evolve(inquiry: Inquiry, event: InquiryEvent) -> Inquiry:
    """The inquiry after an event."""
    match event:
        case InquiryReceived():
            return Inquiry(status=InquiryStatus.RECEIVED, received_on=event.received_on, contact_id=event.contact_id)
        case InquiryAnswered():
            return replace(inquiry, status=InquiryStatus.ANSWERED)
        case InquiryConverted():
            return replace(inquiry, status=InquiryStatus.CONVERTED)
        case InquiryClosed():
            return replace(inquiry, status=InquiryStatus.CLOSED)
        case _:
            assert_never(event)


INQUIRY: Final = Decider(category="inquiry", initial=Inquiry(), decide=decide, evolve=evolve)
