"""The reception: what portals and staff hand in becomes a proposal or an inquiry, once, and is given a receipt."""

from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime
from secrets import token_bytes
from typing import Final, TypeAlias
from uuid import UUID

from desk.office import Office
from desk.packs import Pack
from desk.packs.codes import Channel
from desk.portal.later import require_same
from desk.portal.messages import submission_id
from desk.portal.receipts import ContentReceipt, content_receipt
from desk.portal.submissions import SubmissionErased
from eventstore.database import Connection
from eventstore.errors import NotFound
from eventstore.execution import execute
from eventstore.protection import Closed
from eventstore.records import Context, Recorded, StreamId
from services.intake.domain.admission import is_pledge_pending
from services.intake.domain.call import CALL
from services.intake.domain.call.state import Schedule
from services.intake.domain.content import InquiryContent, ProposalContent
from services.intake.domain.inquiry import INQUIRY, InquiryReceived, ReceiveInquiry
from services.intake.domain.proposal import PROPOSAL, ProposalReceived, ReceiveProposal, ResubmitProposal
from services.intake.domain.proposal.origin import Origin
from services.intake.domain.receipts import Receipt, ReceiptKeys, access_code, receipt_number

SubmissionReceived: TypeAlias = ProposalReceived | InquiryReceived
CATEGORIES: Final = (PROPOSAL.category, INQUIRY.category)
ORIGINS: Final = {INQUIRY.category: Origin.INQUIRY, PROPOSAL.category: Origin.SPLIT}
"""Category of what a proposal was made from → how."""


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
        self._store = office.store
        self.keys = ReceiptKeys(number=office.key("receipt number"), access=office.key("access code"))

    def amid(self, connection: Connection) -> "Reception":
        """The same amid a transaction: what it receives is committed with it, or not at all."""
        amid = copy(self)
        amid._store = self._store.amid(connection)
        return amid

    def original(self, command_id: UUID, digest: str) -> Received | None:
        """What this command received the first time, whatever the rules say today; None where it is new.

        Raises `CommandIdReused` where the id came with another content.
        """
        submission = submission_id(command_id)
        for category in CATEGORIES:
            for recorded in self._store.load(StreamId(category, submission)).events:
                if recorded.command_id == command_id:
                    require_same(recorded, digest)
                    return self._received(recorded)
        return None

    def schedule_of(self, call_id: UUID) -> Schedule | None:
        """When a call takes proposals, as its stream says now; None where there is none, or nothing is decided."""
        return CALL.fold(self._store.load(StreamId(CALL.category, call_id)).events).schedule

    def receive_proposal(
        self, content: ProposalContent, arrival: Arrival, pack: Pack, *, made_from: StreamId | None = None
    ) -> Received:
        """Records a proposal that was read without errors. made_from: the inquiry or, by a split, the proposal."""
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
            origin=ORIGINS[made_from.category] if made_from else None,
            origin_id=made_from.id if made_from else None,
        )
        stream = StreamId(PROPOSAL.category, submission)
        return self._received(execute(self._store, PROPOSAL, stream, command, arrival.context).recorded[0])

    def resubmit_proposal(
        self,
        proposal_id: UUID,
        content: ProposalContent,
        arrival: Arrival,
        pack: Pack,
        *,
        expected_version: int | None = None,
    ) -> Recorded:
        """Records a correction that was read without errors; the same command again gives what it recorded before.

        Raises what `execute` does, among it what is said of a proposal that waits for no correction.
        """
        command = ResubmitProposal(
            proposal_id=proposal_id,
            content=content,
            document=arrival.document,
            resubmitted_on=arrival.received_on,
            submitted_at=arrival.submitted_at,
            pledges_pending=is_pledge_pending(content, pack),
            content_receipt=content_receipt(arrival.document, token_bytes(32)),
        )
        stream = StreamId(PROPOSAL.category, proposal_id)
        outcome = execute(self._store, PROPOSAL, stream, command, arrival.context, expected_version=expected_version)
        return outcome.recorded[0]

    def resubmitted(self, proposal_id: UUID, command_id: UUID, digest: str) -> Recorded | None:
        """What this command resubmitted the first time, whatever the rules say today; None where it is new.

        Raises `CommandIdReused` where the id came with another content.
        """
        for recorded in self._store.load(StreamId(PROPOSAL.category, proposal_id)).events:
            if recorded.command_id == command_id:
                require_same(recorded, digest)
                return recorded
        return None

    def counted_instant(self, proposal_id: UUID) -> datetime:
        """The instant that counts for when a proposal was received. Raises `NotFound` where there is none."""
        events = self._store.load(StreamId(PROPOSAL.category, proposal_id)).events
        if not events:
            raise NotFound
        return events[0].occurred_at or events[0].recorded_at

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
        return self._received(execute(self._store, INQUIRY, stream, command, arrival.context).recorded[0])

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
            raise SubmissionErased from None
        return Received(recorded=recorded, receipt=receipt)
