"""What intake makes of what companies send later: proven, decided and on record in one transaction, or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from secrets import token_bytes
from typing import Any, Final, assert_never
from uuid import UUID, uuid5

from desk.letters.commands import CodeItem
from desk.letters.events import CodePurpose
from desk.office import Office
from desk.packs import Pack
from eventstore.decider import Decider
from eventstore.errors import NotFound
from eventstore.execution import execute
from eventstore.protection import Closed, Sealed
from eventstore.records import Recorded, StreamId
from eventstore.store import EventStore
from services.intake.domain.admission import is_pledge_pending
from services.intake.domain.call import CALL
from services.intake.domain.call.commands import AnswerIdeaUse, AskQuestion
from services.intake.domain.call.events import Asker
from services.intake.domain.call.refusals import IdeaUseUnknown
from services.intake.domain.company import COMPANY
from services.intake.domain.company.commands import EndNotices
from services.intake.domain.later import LATER_SUBMISSION, About, Acceptance, Matter, SubmissionTaken, acceptance
from services.intake.domain.offer import OFFER
from services.intake.domain.proposal import PROPOSAL, ResubmitProposal
from services.intake.domain.proposal.changes import ClaimConfidentiality
from services.intake.domain.proposal.outcomes import WithdrawProposal
from services.intake.domain.receipts import ContentReceipt, ReceiptKeys, content_receipt
from services.intake.reactions.offers import posting
from services.intake.reactions.proofs import ProofNotAccepted, Proven, proven, use_answered
from services.intake.reception import Arrival, SubmissionErased, require_same, submission_id
from services.intake.schemas.later import (
    AskedByPortal,
    Consent,
    Correction,
    Later,
    LaterClaims,
    NoticesEnd,
    Withdrawal,
)
from services.intake.schemas.offers import SubmittedOffer

MATTERS: Final[Mapping[type[Any], Matter]] = {
    Correction: Matter.CORRECTION,
    Withdrawal: Matter.WITHDRAWAL,
    LaterClaims: Matter.CLAIM,
    AskedByPortal: Matter.CALL_QUESTION,
    Consent: Matter.CONSENT,
    NoticesEnd: Matter.NOTICES_END,
    SubmittedOffer: Matter.OFFER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What has been recorded, and what the sender is told."""

    recorded: Recorded
    acceptance: Acceptance


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A later message as it was handed in. counted: the instant that counts. receipt: its proof, drawn afresh."""

    later: Later
    arrival: Arrival
    pack: Pack
    counted: datetime
    receipt: ContentReceipt

    @property
    def id(self) -> UUID:
        """The id of its own stream, the one that a submission under this command has: an id brings one or the other."""
        return submission_id(self.arrival.context.command_id)

    @property
    def document_id(self) -> UUID:
        """The id whose key seals the message as received."""
        return uuid5(self.id, "document")


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequence:
    """The command that follows from a message, and the stream that it is about."""

    decider: Decider[Any, Any]
    stream: StreamId
    command: Any


class LaterSubmissions:
    """Takes what companies of one city send later."""

    def __init__(self, office: Office, keys: ReceiptKeys) -> None:
        self._office = office
        self._keys = keys

    def original(self, command_id: UUID, digest: str) -> Taken | None:
        """What this command was taken for the first time, whatever the rules say today; None where it is new.

        Raises `CommandIdReused` where the id came with another content, `SubmissionErased` where no proof is left.
        """
        for recorded in self._office.store.load(_own_stream(submission_id(command_id))).events:
            require_same(recorded, digest)
            return _told(recorded)
        return None

    def take(self, later: Later, arrival: Arrival, pack: Pack, *, counted: datetime) -> Taken:
        """Takes a message that was read without errors.

        Raises `ProofNotAccepted`, and what the domain refuses; then nothing is recorded, and no code is used up. What
        another delivery of the same message recorded meanwhile is told, although its proof has passed with it.
        """
        try:
            return self._take(later, arrival, pack, counted)
        except ProofNotAccepted:
            if taken := self.original(arrival.context.command_id, arrival.context.digest or ""):
                return taken
            raise

    def _take(self, later: Later, arrival: Arrival, pack: Pack, counted: datetime) -> Taken:
        receipt = content_receipt(arrival.document, token_bytes(32))
        handed = Handed(later=later, arrival=arrival, pack=pack, counted=counted, receipt=receipt)
        with self._office.database.connection() as connection, connection.transaction():
            store = self._office.store.amid(connection)
            consequence = _consequence(handed, self._spoken_for(store, handed))
            taken = execute(
                store, LATER_SUBMISSION, _own_stream(handed.id), _taken(handed, consequence), arrival.context
            )
            _follow(store, consequence, handed)
        return _told(taken.recorded[0])

    def _spoken_for(self, store: EventStore, handed: Handed) -> Proven | None:
        """The proposal or company that the message speaks for, None where it speaks for none."""
        proof, context = handed.later.proof, handed.arrival.context
        if proof is None:
            return None
        purpose = CodePurpose(MATTERS[type(handed.later)])
        category = COMPANY.category if isinstance(handed.later, NoticesEnd) else PROPOSAL.category
        return proven(store, self._keys, proof, purpose, context, at=handed.counted, category=category)


def _own_stream(submission: UUID) -> StreamId:
    return StreamId(LATER_SUBMISSION.category, submission)


def _taken(handed: Handed, consequence: Consequence) -> SubmissionTaken:
    kept_elsewhere = isinstance(handed.later, Correction)
    return SubmissionTaken(
        matter=MATTERS[type(handed.later)],
        about=About(consequence.stream.category),
        about_id=consequence.stream.id,
        taken_on=handed.arrival.received_on,
        submitted_at=handed.arrival.submitted_at,
        document_id=handed.document_id,
        document=Sealed(None if kept_elsewhere else handed.arrival.document),
        content_nonce=Sealed(handed.receipt.nonce),
        content_sha256=Sealed(handed.receipt.sha256),
    )


def _follow(store: EventStore, consequence: Consequence, handed: Handed) -> None:
    """Executes what follows. An unknown call is told like an unknown use of an idea."""
    try:
        execute(store, consequence.decider, consequence.stream, consequence.command, handed.arrival.context)
    except NotFound:
        raise IdeaUseUnknown from None


def _consequence(handed: Handed, spoken_for: Proven | None) -> Consequence:
    later, received_on = handed.later, handed.arrival.received_on
    match later:
        case AskedByPortal():
            stream = StreamId(CALL.category, later.question.call_id)
            proposal = spoken_for.about if spoken_for else None
            return Consequence(decider=CALL, stream=stream, command=_question(later, handed, proposal))
        case SubmittedOffer():
            stream = StreamId(OFFER.category, uuid5(handed.id, OFFER.category))
            command = posting(later, stream.id, received_on, handed.pack)
            return Consequence(decider=OFFER, stream=stream, command=command)
        case _ if spoken_for is None:
            raise AssertionError("whatever is about something that is known comes with a proof")
        case NoticesEnd():
            return Consequence(decider=COMPANY, stream=spoken_for.about, command=EndNotices(ended_on=received_on))
        case Consent():
            use = use_answered(later, spoken_for)
            stream = StreamId(CALL.category, use.stream_id)
            return Consequence(decider=CALL, stream=stream, command=_consent(later, handed, use, spoken_for.about))
        case Correction() | Withdrawal() | LaterClaims():
            proposal = spoken_for.about
            return Consequence(decider=PROPOSAL, stream=proposal, command=_change(later, handed, proposal))
        case _:
            assert_never(later)


def _change(
    later: Correction | Withdrawal | LaterClaims, handed: Handed, proposal: StreamId
) -> ResubmitProposal | WithdrawProposal | ClaimConfidentiality:
    arrival = handed.arrival
    match later:
        case Correction():
            return ResubmitProposal(
                proposal_id=proposal.id,
                content=later.proposal,
                document=arrival.document,
                resubmitted_on=arrival.received_on,
                submitted_at=arrival.submitted_at,
                pledges_pending=is_pledge_pending(later.proposal, handed.pack),
                content_receipt=handed.receipt,
            )
        case Withdrawal():
            return WithdrawProposal(withdrawn_on=arrival.received_on, explanation=later.explanation)
        case LaterClaims():
            return ClaimConfidentiality(claimed_on=arrival.received_on, claims=later.claims)
        case _:
            assert_never(later)


def _question(later: AskedByPortal, handed: Handed, proposal: StreamId | None) -> AskQuestion:
    return AskQuestion(
        question_id=uuid5(handed.id, "question"),
        asker_id=uuid5(handed.id, "asker"),
        at=handed.counted,
        question=later.question.question,
        asker=Asker(contact=later.question.contact, proposal_id=proposal.id if proposal else None),
    )


def _consent(later: Consent, handed: Handed, use: CodeItem, proposal: StreamId) -> AnswerIdeaUse:
    return AnswerIdeaUse(
        use_id=use.item_id,
        proposal_id=proposal.id,
        answer=later.answered.answer,
        answered_on=handed.arrival.received_on,
        conditions=later.answered.conditions,
    )


def _told(recorded: Recorded) -> Taken:
    try:
        return Taken(recorded=recorded, acceptance=acceptance(recorded.event))
    except Closed:
        raise SubmissionErased from None
