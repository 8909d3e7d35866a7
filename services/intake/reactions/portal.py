"""What intake makes of a portal's message: received, taken or refused with reasons, or unanswerable and parked."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final, TypeAlias
from uuid import UUID

from desk.forms import load, refuse
from desk.office import Office
from desk.packs import Pack
from desk.packs.codes import Channel
from eventstore.errors import FieldError, InvalidMessage, Refusal
from eventstore.execution import CommandIdReused
from eventstore.parked import Delivery
from eventstore.records import Actor, Code, Context
from services.intake.domain.content import InquiryContent, ProposalContent
from services.intake.forms import Counter, read_correction, read_inquiry, read_later, read_proposal
from services.intake.reactions import answers
from services.intake.reactions.answers import Answer
from services.intake.reactions.later import LaterSubmissions
from services.intake.reactions.messages import MAX_BYTES, Message, answerable, misdirected, submission_command_id
from services.intake.reception import Arrival, Reception
from services.intake.schemas import Envelope, EnvelopeSchema, Problem, duplicates
from services.intake.schemas.later import (
    CallQuestionSchema,
    ConsentSchema,
    LaterClaimsSchema,
    NoticesEndSchema,
    WithdrawalSchema,
)
from services.intake.schemas.offers import SubmittedOfferForm

PORTAL_ROLE: Final = Code("portal")
Read: TypeAlias = Callable[[object, Counter], tuple[Any, list[FieldError]]]
"""Reads `data`: the content, or errors."""
FORMS: Final[Mapping[str, Read]] = {
    "ProposalSubmitted": read_proposal,
    "InquirySubmitted": read_inquiry,
    "CorrectionSubmitted": read_correction,
    "WithdrawalSubmitted": partial(read_later, WithdrawalSchema()),
    "ClaimSubmitted": partial(read_later, LaterClaimsSchema()),
    "CallQuestionSubmitted": partial(read_later, CallQuestionSchema()),
    "ConsentGiven": partial(read_later, ConsentSchema()),
    "NoticesEndSubmitted": partial(read_later, NoticesEndSchema()),
    "OfferSubmitted": partial(read_later, SubmittedOfferForm()),
}
"""Type → how its `data` is read."""


class PortalReactions:
    """Reacts to the messages of portals in one city."""

    def __init__(self, office: Office, reception: Reception) -> None:
        self._office = office
        self._reception = reception
        self._later = LaterSubmissions(office, reception.keys)

    def answer(self, delivery: Delivery) -> Answer:
        """The answer to a message, after whatever it causes is committed.

        Raises `Unanswerable` where it can only be parked, `Unavailable` where it has to be tried again.
        """
        message = answerable(delivery, self._office.rules)
        try:
            return self._answered(message, self._office.clock())
        except InvalidMessage as refused:
            return answers.refused(message, refused.errors)
        except CommandIdReused:
            return answers.refused(message, (Problem("submission_id_reused").at("id"),))
        except Refusal as refused:
            return answers.refused(message, (answers.refusal(refused),))

    def _answered(self, message: Message, now: datetime) -> Answer:
        """Records what was sent, or finds what it recorded before. Raises `InvalidMessage` with all errors."""
        body = message.delivery.body
        if len(body) > MAX_BYTES:
            refuse([Problem("too_large", limit=MAX_BYTES).at("data")])
        digest = self._office.digest(body)
        command_id = submission_command_id(message.portal, message.id)
        return self._earlier(message, command_id, digest) or self._taken(message, command_id, digest, now)

    def _earlier(self, message: Message, command_id: UUID, digest: str) -> Answer | None:
        """The first answer again, whatever type of message was sent under this id; None where it is new."""
        received = self._reception.original(command_id, digest)
        if received is not None:
            return answers.received(message, received)
        taken = self._later.original(command_id, digest)
        return None if taken is None else answers.accepted(message, taken)

    def _taken(self, message: Message, command_id: UUID, digest: str, now: datetime) -> Answer:
        envelope, errors = load(EnvelopeSchema(), message.content)
        counted = self._counted(message, envelope, now)
        received_on = self._office.day_of(counted)
        if not self._office.rules.covers(received_on):
            refuse([*errors, Problem("too_long_ago").at("time")])
        pack = self._office.rules.in_force(received_on)
        content = self._read(message, errors, pack, counted)
        arrival = Arrival(
            document=message.delivery.body,
            received_on=received_on,
            submitted_at=envelope.time,
            channel=Channel.PORTAL,
            context=Context(
                command_id=command_id,
                correlation_id=command_id,
                trace=envelope.traceparent,
                actor=Actor(id=message.portal_id, role=PORTAL_ROLE, app=PORTAL_ROLE),
                channel=Code(Channel.PORTAL),
                policy=pack.digest,
                occurred_at=counted,
                digest=digest,
            ),
        )
        match content:
            case ProposalContent():
                return answers.received(message, self._reception.receive_proposal(content, arrival, pack))
            case InquiryContent():
                return answers.received(message, self._reception.receive_inquiry(content, arrival))
            case _:
                return answers.accepted(message, self._later.take(content, arrival, pack, counted=counted))

    def _read(self, message: Message, errors: tuple[FieldError, ...], pack: Pack, counted: datetime) -> Any:
        """The content of a message. Raises `InvalidMessage` with its errors and those of the envelope at once."""
        told = [*duplicates(message.delivery.body), *errors, *misdirected(message, FORMS)]
        content, data, kind = None, message.content.get("data"), message.content.get("type")
        if isinstance(data, dict) and isinstance(kind, str) and kind in FORMS:
            at = Counter(
                municipality=self._office.city.municipality,
                channel=Channel.PORTAL,
                pack=pack,
                counted=counted,
                schedule_of=self._reception.schedule_of,
            )
            content, in_data = FORMS[kind](data, at)
            told += in_data
        refuse(told)
        return content

    def _counted(self, message: Message, envelope: Envelope | None, now: datetime) -> datetime:
        """The instant that counts: intake's own, for a portal run by the city the message's, unless in the future."""
        is_citys = self._office.pack().is_city_run(message.portal)
        return envelope.time if envelope and is_citys and envelope.time <= now else now
