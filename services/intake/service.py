"""Intake's edge: what portals publish and staff tools call; loads with the schema, executes, answers."""

import json
from collections.abc import Callable
from typing import Any, Final, TypeAlias
from uuid import UUID

import orjson
import structlog

from desk.office import Office
from desk.packs import Pack
from desk.packs.codes import Channel
from desk.permissions import Permission
from eventstore.city import City
from eventstore.errors import FieldError, InvalidMessage, NotFound, StreamConflict, Unavailable
from eventstore.nameko import ActorToken, Answers, Composed, Undeliverable, portal_messages, staff_rpc
from eventstore.parked import Delivery
from eventstore.records import Actor, Code, Context, StreamId
from services.intake import queries
from services.intake.declaration import INTAKE
from services.intake.domain.inquiry import INQUIRY
from services.intake.domain.proposal import PROPOSAL
from services.intake.forms import Counter, read_inquiry, read_proposal
from services.intake.reactions import PortalReactions, Unanswerable, receipt_fields, submission_command_id
from services.intake.reception import Arrival, Received, Reception, refuse
from services.intake.schemas import Entry, EntrySchema, Problem, load

STATED: Final = ("command_id", "channel", "received_at", "reason")
Form: TypeAlias = Callable[[object, Counter], tuple[Any, list[FieldError]]]
"""Reads a submission at a counter: content, or errors."""

log = structlog.get_logger(__name__)


class IntakeDesk:
    """Intake's composition in one city."""

    def __init__(self, city: City) -> None:
        self.office = Office(INTAKE, city)
        self.reception = Reception(self.office)
        self.reactions = PortalReactions(self.office, self.reception)

    def close(self) -> None:
        """Closes the office."""
        self.office.close()


class IntakeService:
    """The nameko service."""

    name = INTAKE.name
    desk = Composed(IntakeDesk)
    token = ActorToken()
    answers = Answers("portal.answers")

    @portal_messages(queue=INTAKE.portal_queue)
    def on_portal_message(self, delivery: Delivery) -> None:
        """Receives or refuses a portal's message and answers it; parks what cannot be answered.

        Raises `Unavailable` where it has to be tried again; otherwise the message may be acknowledged.
        """
        try:
            answer = self.desk.reactions.answer(delivery)
            self.answers(answer.portal, answer.written(), answer.correlation_id)
            command_id = submission_command_id(answer.portal, answer.correlation_id)
            log.info("submission answered", type=answer.event["type"], correlation_id=str(command_id))
        except Unanswerable as unanswerable:
            self._park(delivery, unanswerable.stable_code)
        except Undeliverable:
            self._park(delivery, "undeliverable")
        except StreamConflict as conflict:
            raise Unavailable("another submission under this id came first; it is looked at afresh") from conflict
        except Unavailable:
            raise
        except Exception as fault:  # noqa: BLE001 - a fault of our own must not lose the message: it is parked
            log.error("a portal message ended in a fault", error=type(fault).__name__)
            self._park(delivery, "fault")

    def _park(self, delivery: Delivery, reason: str) -> None:
        parked = self.desk.office.parked.park(delivery, reason, self.desk.office.clock())
        log.warning("message parked", parked=str(parked), code=reason)

    @staff_rpc
    def receive_proposal(
        self, command_id: str, submission: dict[str, Any], channel: str,
        received_at: str | None = None, reason: str | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """Enters a proposal on someone's behalf (`proposal.receive`).

        submission: `data` of `ProposalSubmitted`; pledges and terms may still be pending. channel: counter, phone, mail
        or post. received_at: ISO 8601, where it came earlier than now, with the reason of the late entry.
        """
        actor = self.desk.office.acting(self.token, Permission.PROPOSAL_RECEIVE)
        stated = (command_id, channel, received_at, reason)
        if earlier := self._earlier(submission, *stated):
            return _told(earlier)
        entry, content, pack = self._read(read_proposal, submission, *stated)
        arrival = self._arrival(entry, submission, actor, pack)
        return _told(self.desk.reception.receive_proposal(content, arrival, pack))

    @staff_rpc
    def receive_inquiry(
        self, command_id: str, submission: dict[str, Any], channel: str,
        received_at: str | None = None, reason: str | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """Enters an inquiry on someone's behalf (`inquiry.receive`); arguments as in `receive_proposal`."""
        actor = self.desk.office.acting(self.token, Permission.INQUIRY_RECEIVE)
        stated = (command_id, channel, received_at, reason)
        if earlier := self._earlier(submission, *stated):
            return _told(earlier)
        entry, content, pack = self._read(read_inquiry, submission, *stated)
        arrival = self._arrival(entry, submission, actor, pack)
        return _told(self.desk.reception.receive_inquiry(content, arrival))

    @staff_rpc
    def get_proposal(self, proposal_id: str) -> dict[str, Any]:
        """A proposal with its fields opened (`proposal.read`); `NotFound` alike for absent and not permitted."""
        self.desk.office.reading(self.token, Permission.PROPOSAL_READ)
        return queries.record(self.desk.office.store, StreamId(PROPOSAL.category, _uuid(proposal_id)))

    @staff_rpc
    def get_inquiry(self, inquiry_id: str) -> dict[str, Any]:
        """An inquiry with its fields opened (`inquiry.read`); `NotFound` alike for absent and not permitted."""
        self.desk.office.reading(self.token, Permission.INQUIRY_READ)
        return queries.record(self.desk.office.store, StreamId(INQUIRY.category, _uuid(inquiry_id)))

    @staff_rpc
    def submission_status(self, receipt_number: str, access_code: str) -> dict[str, Any]:
        """Where a submission stands, for who holds number and code (`submission.status`)."""
        self.desk.office.acting(self.token, Permission.SUBMISSION_STATUS)
        given = (receipt_number, access_code)
        if not all(isinstance(text, str) for text in given):
            raise InvalidMessage("受付番号と確認番号を入力してください。")
        return queries.submission_status(self.desk.office.store, self.desk.reception.keys, *given)

    def _earlier(self, submission: object, *stated: object) -> Received | None:
        """What this very command received before, whatever the rules say today."""
        entry, _ = load(EntrySchema(), dict(zip(STATED, stated, strict=True)))
        return self.desk.reception.original(entry.command_id, self._digest(entry, submission)) if entry else None

    def _digest(self, entry: Entry, submission: object) -> str:
        """The digest of what a command states; any JSON value has one, also what the form then refuses."""
        received_at = entry.received_at and entry.received_at.isoformat()
        stated = json.dumps([submission, entry.channel, received_at, entry.reason], sort_keys=True)
        digest: str = self.desk.office.digest(stated.encode())
        return digest

    def _read(self, form: Form, submission: object, *stated: object) -> tuple[Entry, Any, Pack]:
        """Entry, content and the pack that they are read under. Raises `InvalidMessage` with all errors at once."""
        office = self.desk.office
        entry, errors = load(EntrySchema(), dict(zip(STATED, stated, strict=True)))
        came = (entry and entry.received_at) or office.clock()
        if not office.rules.covers(office.day_of(came)):
            refuse([*errors, Problem("too_long_ago").at("received_at")])
        pack = office.rules.in_force(office.day_of(came))
        channel = entry.channel if entry else Channel.COUNTER
        at = Counter(municipality=office.city.municipality, channel=channel, pack=pack)
        content, in_submission = form(submission, at)
        told = [*errors, *in_submission]
        if came > office.clock():
            told.append(Problem("in_the_future").at("received_at"))
        refuse(told)
        return entry, content, pack

    def _arrival(self, entry: Entry, submission: dict[str, Any], actor: Actor, pack: Pack) -> Arrival:
        """What staff enter counts on the day it reached the office (到達), however late it is entered."""
        came = entry.received_at or self.desk.office.clock()
        return Arrival(
            document=orjson.dumps(submission, option=orjson.OPT_SORT_KEYS),
            received_on=self.desk.office.day_of(came),
            submitted_at=came,
            channel=entry.channel,
            context=Context(
                command_id=entry.command_id,
                correlation_id=entry.command_id,
                actor=actor,
                channel=Code(entry.channel),
                policy=pack.digest,
                reason=entry.reason,
                occurred_at=entry.received_at,
                digest=self._digest(entry, submission),
            ),
        )


def _told(received: Received) -> dict[str, Any]:
    """What a command returns: its events, and the receipt to hand out."""
    recorded = received.recorded
    log.info("command answered", type=recorded.type, correlation_id=str(recorded.correlation_id))
    event = {"id": str(recorded.id), "stream": str(recorded.stream), "version": recorded.version}
    named = {f"{recorded.stream.category}_id": str(recorded.stream.id)}
    return {"events": [event], **named, **receipt_fields(received.receipt)}


def _uuid(text: object) -> UUID:
    """The id of a text. Raises `NotFound` for what cannot be an id, since nothing has it."""
    try:
        return UUID(str(text))
    except ValueError:
        raise NotFound from None
