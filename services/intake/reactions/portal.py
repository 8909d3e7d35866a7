"""What intake makes of a portal's message: a submission received, refused with reasons, or unanswerable and parked.

A message can be answered where the broker vouches for an admitted portal and the message names an id to answer to.
Nothing is decoded but JSON.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID, uuid5

import orjson

from desk.forms import load, refuse
from desk.office import Office
from desk.packs import Pack
from desk.packs.codes import Channel
from eventstore.errors import FieldError, InvalidMessage, Refusal
from eventstore.execution import CommandIdReused
from eventstore.parked import Delivery
from eventstore.records import Actor, Code, Context
from services.intake.domain.receipts import Receipt
from services.intake.forms import Counter, read_inquiry, read_proposal
from services.intake.reception import Arrival, Received, Reception
from services.intake.schemas import Envelope, EnvelopeSchema, Problem, duplicates

COMMAND_IDS: Final = UUID("0f6a3c52-0f2e-4f0a-8c0d-3a6f6e2d9b41")
"""Namespace of the command ids of portal submissions: uuid5(portal / submission id)."""
MAX_BYTES: Final = 256 * 1024
MAX_ID: Final = 255  # bytes: an AMQP short string, in which the answer names it
CONTENT_TYPES: Final = ("application/json", "application/cloudevents+json")
PORTAL_ROLE: Final = Code("portal")
PROPOSAL_SUBMITTED, INQUIRY_SUBMITTED = "ProposalSubmitted", "InquirySubmitted"
FORMS: Final = {PROPOSAL_SUBMITTED: read_proposal, INQUIRY_SUBMITTED: read_inquiry}


class Unanswerable(InvalidMessage):
    """A message that nobody can be answered for: it is parked with this code."""

    code = "unanswerable"


@dataclass(frozen=True, slots=True)
class Answer:
    """One CloudEvent for a portal, about the submission that `correlation_id` names."""

    portal: str
    correlation_id: str
    event: dict[str, Any]

    def written(self) -> bytes:
        """The answer in structured JSON."""
        return orjson.dumps(self.event)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Message:
    """A message that can be answered: from which admitted portal, about which id, and its JSON object."""

    delivery: Delivery
    portal: str
    portal_id: UUID
    id: str
    content: dict[str, Any]


class PortalReactions:
    """Reacts to the messages of portals in one city."""

    def __init__(self, office: Office, reception: Reception) -> None:
        self._office = office
        self._reception = reception

    def answer(self, delivery: Delivery) -> Answer:
        """The answer to a message, after whatever it causes is committed.

        Raises `Unanswerable` where it can only be parked, `Unavailable` where it has to be tried again.
        """
        message = self._answerable(delivery)
        now = self._office.clock()
        try:
            return _received(message, self._receive(message, now))
        except InvalidMessage as refused:
            return _refused(message, refused.errors)
        except CommandIdReused:
            return _refused(message, (Problem("submission_id_reused").at("id"),))
        except Refusal as refused:
            told = FieldError(field="id", code=refused.stable_code, message=refused.message)
            return _refused(message, (told,))

    def _answerable(self, delivery: Delivery) -> _Message:
        portal_id = self._office.rules.portal(delivery.user_id)
        if delivery.user_id is None or portal_id is None:
            raise Unanswerable("the broker vouches for no admitted portal", code="unknown_portal")
        if delivery.content_type not in CONTENT_TYPES:
            raise Unanswerable("only JSON is ever decoded", code="content_type")
        try:
            content = orjson.loads(delivery.body)
        except orjson.JSONDecodeError:
            raise Unanswerable("this is not JSON", code="not_json") from None
        named = content.get("id") if isinstance(content, dict) else None
        if not isinstance(named, str) or not 0 < len(named.encode()) <= MAX_ID:
            raise Unanswerable("there is no id to answer to", code="no_id")
        return _Message(delivery=delivery, portal=delivery.user_id, portal_id=portal_id, id=named, content=content)

    def _receive(self, message: _Message, now: datetime) -> Received:
        """Records the submission, or finds what it recorded before. Raises `InvalidMessage` with all errors."""
        body = message.delivery.body
        if len(body) > MAX_BYTES:
            refuse([Problem("too_large", limit=MAX_BYTES).at("data")])
        digest = self._office.digest(body)
        command_id = submission_command_id(message.portal, message.id)
        earlier = self._reception.original(command_id, digest)
        if earlier is not None:
            return earlier
        envelope, errors = load(EnvelopeSchema(), message.content)
        counted = self._counted(message, envelope, now)
        received_on = self._office.day_of(counted)
        if not self._office.rules.covers(received_on):
            refuse([*errors, Problem("too_long_ago").at("time")])
        pack = self._office.rules.in_force(received_on)
        content = self._read(message, errors, pack)
        arrival = Arrival(
            document=body,
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
        if envelope.type == PROPOSAL_SUBMITTED:
            return self._reception.receive_proposal(content, arrival, pack)
        return self._reception.receive_inquiry(content, arrival)

    def _read(self, message: _Message, errors: tuple[FieldError, ...], pack: Pack) -> Any:
        """The content of a message. Raises `InvalidMessage` with its errors and those of the envelope at once."""
        told = [*duplicates(message.delivery.body), *errors, *_misdirected(message)]
        content, data, kind = None, message.content.get("data"), message.content.get("type")
        if isinstance(data, dict) and isinstance(kind, str) and kind in FORMS:
            at = Counter(municipality=self._office.city.municipality, channel=Channel.PORTAL, pack=pack)
            content, in_data = FORMS[kind](data, at)
            told += in_data
        refuse(told)
        return content

    def _counted(self, message: _Message, envelope: Envelope | None, now: datetime) -> datetime:
        """The instant that counts: intake's own, for a portal run by the city the message's, unless in the future."""
        is_citys = self._office.pack().is_city_run(message.portal)
        return envelope.time if envelope and is_citys and envelope.time <= now else now


def submission_command_id(portal: str, submission: str) -> UUID:
    """The command id of a submission: one per portal and submission id."""
    return uuid5(COMMAND_IDS, f"{portal}/{submission}")


def receipt_fields(receipt: Receipt) -> dict[str, Any]:
    """A receipt as portals and staff tools are told it."""
    return {
        "receipt_number": receipt.receipt_number,
        "access_code": receipt.access_code,
        "received_on": receipt.received_on.isoformat(),
        "content_receipt": asdict(receipt.content_receipt),
    }


def _misdirected(message: _Message) -> list[FieldError]:
    """What in the envelope does not fit the way by which the message came."""
    told = []
    kind, source = message.content.get("type"), message.content.get("source")
    if isinstance(source, str) and source != f"/portals/{message.portal}":
        told.append(Problem("portal_mismatch").at("source"))
    if isinstance(kind, str) and kind not in FORMS:
        told.append(Problem("unknown_type").at("type"))
    elif isinstance(kind, str) and kind != message.delivery.routing_key:
        told.append(Problem("type_mismatch").at("type"))
    return told


def _received(message: _Message, received: Received) -> Answer:
    recorded = received.recorded
    data = receipt_fields(received.receipt) | {f"{recorded.stream.category}_id": str(recorded.stream.id)}
    return _answer(message, recorded.type, recorded.id, data, time=recorded.recorded_at.isoformat())


def _refused(message: _Message, errors: tuple[FieldError, ...]) -> Answer:
    """The same for the same message, however often it comes: so it names no time."""
    digest = sha256(message.delivery.body).hexdigest()
    answer_id = uuid5(COMMAND_IDS, f"{message.portal}/{message.id}/refused/{digest}")
    return _answer(message, "SubmissionRefused", answer_id, {"errors": [asdict(error) for error in errors]})


def _answer(message: _Message, kind: str, answer_id: UUID, data: dict[str, Any], **time: str) -> Answer:
    event = {
        "specversion": "1.0",
        "id": str(answer_id),
        "source": "/services/intake",
        "type": kind,
        **time,
        "datacontenttype": "application/json",
        "correlationid": message.id,
        "data": data,
    }
    return Answer(message.portal, message.id, event)
