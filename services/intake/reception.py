"""The reception: what portals and staff hand in becomes a proposal or an inquiry, once, and is given a receipt."""

from dataclasses import dataclass, field
from datetime import date, datetime
from secrets import token_bytes
from typing import Final, TypeAlias
from uuid import UUID, uuid5

from desk.office import Office
from desk.packs import Pack
from desk.packs.codes import Channel
from eventstore.errors import Refusal
from eventstore.execution import CommandIdReused, execute
from eventstore.protection import Closed
from eventstore.records import Context, Recorded, StreamId
from services.intake.domain.admission import is_pledge_pending
from services.intake.domain.content import InquiryContent, ProposalContent
from services.intake.domain.inquiry import INQUIRY, InquiryReceived, ReceiveInquiry
from services.intake.domain.proposal import PROPOSAL, ProposalReceived, ReceiveProposal
from services.intake.domain.receipts import (
    ContentReceipt,
    Receipt,
    ReceiptKeys,
    access_code,
    content_receipt,
    receipt_number,
)

SubmissionReceived: TypeAlias = ProposalReceived | InquiryReceived
CATEGORIES: Final = (PROPOSAL.category, INQUIRY.category)


class SubmissionErased(Refusal):
    """What was handed in has been erased; there is nothing left to give a receipt for."""

    code = "submission_erased"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """How a submission arrived: the document as it came, the legal day, the sender's instant, the command's context."""

    document: bytes = field(repr=False)
    received_on: date
    submitted_at: datetime
    channel: Channel
    context: Context


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What has been recorded, and what the proposer is handed."""

    recorded: Recorded
    receipt: Receipt


class Reception:
    """Receives submissions in one city."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.keys = ReceiptKeys(number=office.key("receipt number"), access=office.key("access code"))

    def original(self, command_id: UUID, digest: str) -> Received | None:
        """What this command received the first time, whatever the rules say today; None where it is new.

        Raises `CommandIdReused` where the id came with another content.
        """
        submission = submission_id(command_id)
        for category in CATEGORIES:
            for recorded in self._office.store.load(StreamId(category, submission)).events:
                if recorded.command_id == command_id:
                    _require_same(recorded, digest)
                    return self._received(recorded)
        return None

    def receive_proposal(self, content: ProposalContent, arrival: Arrival, pack: Pack) -> Received:
        """Records a proposal that was read without errors."""
        submission = submission_id(arrival.context.command_id)
        command = ReceiveProposal(
            proposal_id=submission,
            content=content,
            document=arrival.document,
            received_on=arrival.received_on,
            submitted_at=arrival.submitted_at,
            pledges_pending=is_pledge_pending(content, pack),
            receipt_number=receipt_number(self.keys, submission),
            content_receipt=content_receipt(arrival.document, token_bytes(32)),
        )
        stream = StreamId(PROPOSAL.category, submission)
        return self._received(execute(self._office.store, PROPOSAL, stream, command, arrival.context).recorded[0])

    def receive_inquiry(self, content: InquiryContent, arrival: Arrival) -> Received:
        """Records an inquiry."""
        submission = submission_id(arrival.context.command_id)
        command = ReceiveInquiry(
            inquiry_id=submission,
            content=content,
            document=arrival.document,
            received_on=arrival.received_on,
            submitted_at=arrival.submitted_at,
            receipt_number=receipt_number(self.keys, submission),
            content_receipt=content_receipt(arrival.document, token_bytes(32)),
        )
        stream = StreamId(INQUIRY.category, submission)
        return self._received(execute(self._office.store, INQUIRY, stream, command, arrival.context).recorded[0])

    def _received(self, recorded: Recorded) -> Received:
        event: SubmissionReceived = recorded.event
        try:
            receipt = Receipt(
                receipt_number=event.receipt_number.reveal(),
                access_code=access_code(self.keys, recorded.stream.id),
                received_on=event.received_on,
                content_receipt=ContentReceipt(
                    nonce=event.content_nonce.reveal(), sha256=event.content_sha256.reveal()
                ),
            )
        except Closed:
            raise SubmissionErased("この提案・相談の記録は消去されています。") from None
        return Received(recorded=recorded, receipt=receipt)


def submission_id(command_id: UUID) -> UUID:
    """The id of the proposal or inquiry that a command brings: new streams take their id from the command's."""
    return uuid5(command_id, "submission")


def _require_same(recorded: Recorded, digest: str) -> None:
    kept = recorded.command_digest
    if kept is not None and kept.is_open and kept.reveal() != digest:
        raise CommandIdReused("この識別子は、別の内容で使われています。最初の内容が有効です。")
