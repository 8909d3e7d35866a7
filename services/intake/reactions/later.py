"""What intake makes of what companies send later: proven, decided and on record in one transaction, or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from secrets import token_bytes
from typing import Any, Final, assert_never
from uuid import UUID, uuid5

from desk.letters.commands import CodeItem
from desk.letters.events import CodePurpose
from desk.office import Office
from desk.portal.later import Consequence, HandedIn, LaterMessages, Taken
from desk.portal.receipts import ContentReceipt, content_receipt
from eventstore.errors import NotFound
from eventstore.protection import Sealed
from eventstore.records import StreamId
from eventstore.store import EventStore
from services.intake.domain.admission import is_pledge_pending
from services.intake.domain.call import CALL
from services.intake.domain.call.commands import AnswerIdeaUse, AskQuestion
from services.intake.domain.call.events import Asker
from services.intake.domain.call.refusals import IdeaUseUnknown
from services.intake.domain.company import COMPANY
from services.intake.domain.company.commands import EndNotices
from services.intake.domain.later import LATER_SUBMISSION, About, Matter, SubmissionTaken
from services.intake.domain.offer import OFFER
from services.intake.domain.proposal import PROPOSAL, ResubmitProposal
from services.intake.domain.proposal.changes import ClaimConfidentiality
from services.intake.domain.proposal.outcomes import WithdrawProposal
from services.intake.domain.receipts import ReceiptKeys
from services.intake.reactions.offers import posting
from services.intake.reactions.proofs import Proven, proven, use_answered
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
class Sent:
    """A later message: its content, how it was handed in, and its proof, drawn afresh."""

    later: Later
    handed: HandedIn
    receipt: ContentReceipt


class LaterSubmissions:
    """Takes what companies of one city send later."""

    def __init__(self, office: Office, keys: ReceiptKeys) -> None:
        self._messages = LaterMessages(office, LATER_SUBMISSION.category)
        self._keys = keys

    def original(self, command_id: UUID, digest: str) -> Taken | None:
        """As `LaterMessages.original`."""
        return self._messages.original(command_id, digest)

    def take(self, later: Later, handed: HandedIn) -> Taken:
        """As `LaterMessages.take`. An unknown call is told like an unknown use of an idea."""
        receipt = content_receipt(handed.document, token_bytes(32))
        sent = Sent(later=later, handed=handed, receipt=receipt)
        try:
            return self._messages.take(handed, partial(self._following, sent), partial(_taken, sent))
        except NotFound:
            raise IdeaUseUnknown from None

    def _following(self, sent: Sent, store: EventStore) -> Consequence:
        return _consequence(sent, self._spoken_for(store, sent))

    def _spoken_for(self, store: EventStore, sent: Sent) -> Proven | None:
        """The proposal or company that the message speaks for, None where it speaks for none."""
        proof, handed = sent.later.proof, sent.handed
        if proof is None:
            return None
        purpose = CodePurpose(MATTERS[type(sent.later)])
        category = COMPANY.category if isinstance(sent.later, NoticesEnd) else PROPOSAL.category
        return proven(store, self._keys, proof, purpose, handed.context, at=handed.counted, category=category)


def _taken(sent: Sent, about: StreamId) -> SubmissionTaken:
    handed, kept_elsewhere = sent.handed, isinstance(sent.later, Correction)
    return SubmissionTaken(
        matter=MATTERS[type(sent.later)],
        about=About(about.category),
        about_id=about.id,
        taken_on=handed.received_on,
        submitted_at=handed.submitted_at,
        document_id=handed.document_id,
        document=Sealed(None if kept_elsewhere else handed.document),
        content_nonce=Sealed(sent.receipt.nonce),
        content_sha256=Sealed(sent.receipt.sha256),
    )


def _consequence(sent: Sent, spoken_for: Proven | None) -> Consequence:
    later, handed, received_on = sent.later, sent.handed, sent.handed.received_on
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
            return Consequence(decider=PROPOSAL, stream=proposal, command=_change(later, sent, proposal))
        case _:
            assert_never(later)


def _change(
    later: Correction | Withdrawal | LaterClaims, sent: Sent, proposal: StreamId
) -> ResubmitProposal | WithdrawProposal | ClaimConfidentiality:
    handed = sent.handed
    match later:
        case Correction():
            return ResubmitProposal(
                proposal_id=proposal.id,
                content=later.proposal,
                document=handed.document,
                resubmitted_on=handed.received_on,
                submitted_at=handed.submitted_at,
                pledges_pending=is_pledge_pending(later.proposal, handed.pack),
                content_receipt=sent.receipt,
            )
        case Withdrawal():
            return WithdrawProposal(withdrawn_on=handed.received_on, explanation=later.explanation)
        case LaterClaims():
            return ClaimConfidentiality(claimed_on=handed.received_on, claims=later.claims)
        case _:
            assert_never(later)


def _question(later: AskedByPortal, handed: HandedIn, proposal: StreamId | None) -> AskQuestion:
    return AskQuestion(
        question_id=uuid5(handed.id, "question"),
        asker_id=uuid5(handed.id, "asker"),
        at=handed.counted,
        question=later.question.question,
        asker=Asker(contact=later.question.contact, proposal_id=proposal.id if proposal else None),
    )


def _consent(later: Consent, handed: HandedIn, use: CodeItem, proposal: StreamId) -> AnswerIdeaUse:
    return AnswerIdeaUse(
        use_id=use.item_id,
        proposal_id=proposal.id,
        answer=later.answered.answer,
        answered_on=handed.received_on,
        conditions=later.answered.conditions,
    )
