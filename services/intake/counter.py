"""What staff enter on someone's behalf: who came to the counter, phoned, mailed or wrote (代理入力)."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

import orjson
import structlog

from desk.commands import told_event
from desk.forms import load, refuse
from desk.office import Office
from desk.packs import Pack
from desk.packs.codes import Channel
from desk.portal.submissions import SubmissionErased
from eventstore.errors import FieldError
from eventstore.execution import execute
from eventstore.records import Actor, Code, Context, Recorded, StreamId
from services.intake.domain.content import ProposalContent
from services.intake.domain.inquiry import INQUIRY, ConvertInquiry
from services.intake.domain.proposal import ProposalResubmitted
from services.intake.forms import Counter, read_inquiry, read_proposal
from services.intake.reactions.answers import receipt_fields
from services.intake.reception import Arrival, Received, Reception
from services.intake.schemas import (
    ConversionEntry,
    ConversionEntrySchema,
    CorrectionEntrySchema,
    Entry,
    EntrySchema,
    Problem,
)

ENTRY, CORRECTION, CONVERSION = EntrySchema(), CorrectionEntrySchema(), ConversionEntrySchema()
Form: TypeAlias = Callable[[object, Counter], tuple[Any, list[FieldError]]]
"""Reads a submission at a counter: content, or errors."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Entered:
    """An entry as it was stated, before anything of it is known to be right.

    submission: the form as JSON. stated: `command_id`, `channel`, `received_at` and `reason`.
    """

    submission: object
    stated: Mapping[str, object]


class CounterDesk:
    """Enters what came to the counter of one city."""

    def __init__(self, office: Office, reception: Reception) -> None:
        self._office = office
        self._reception = reception

    def enter_proposal(self, entered: Entered, actor: Actor) -> dict[str, Any]:
        """A proposal's event and receipt. Raises `InvalidMessage` with all errors, and what the domain refuses."""
        if earlier := self._earlier(entered):
            return _told(earlier)
        entry, content, pack = self._read(read_proposal, entered)
        return _told(self._reception.receive_proposal(content, self._arrival(entry, entered, actor, pack), pack))

    def enter_inquiry(self, entered: Entered, actor: Actor) -> dict[str, Any]:
        """An inquiry's; raises as `enter_proposal` does."""
        if earlier := self._earlier(entered):
            return _told(earlier)
        entry, content, pack = self._read(read_inquiry, entered)
        return _told(self._reception.receive_inquiry(content, self._arrival(entry, entered, actor, pack)))

    def enter_correction(self, entered: Entered, actor: Actor) -> dict[str, Any]:
        """A corrected proposal's event, and the proof of what was handed in; raises as `enter_proposal` does.

        Whether its call takes proposals is asked for the instant when the proposal itself was received.
        """
        correction, _ = load(CORRECTION, entered.stated)
        counted = None
        if correction:
            command, digest = correction.command_id, self._digest(correction, entered)
            if earlier := self._reception.resubmitted(correction.proposal_id, command, digest):
                return _told_correction(earlier)
            counted = self._reception.counted_instant(correction.proposal_id)
        entry, content, pack = self._read(read_proposal, entered, CORRECTION, counted)
        arrival = self._arrival(entry, entered, actor, pack)
        return _told_correction(
            self._reception.resubmit_proposal(
                entry.proposal_id, content, arrival, pack, expected_version=entry.expected_version
            )
        )

    def enter_conversion(self, entered: Entered, actor: Actor) -> dict[str, Any]:
        """A proposal made from an inquiry, with the events of both, which are recorded together or not at all.

        Raises as `enter_proposal` does, and what is said of an inquiry that cannot become a proposal any more.
        """
        conversion, _ = load(CONVERSION, entered.stated)
        received = conversion and self._reception.original(conversion.command_id, self._digest(conversion, entered))
        if not received:
            conversion, content, pack = self._read(read_proposal, entered, CONVERSION)
            arrival = self._arrival(conversion, entered, actor, pack)
            received = self._convert(conversion, content, arrival, pack)
        streams = (received.recorded.stream, StreamId(INQUIRY.category, conversion.inquiry_id))
        events = [one for stream in streams for one in self._office.store.load(stream).events]
        caused = [told_event(one) for one in events if one.command_id == conversion.command_id]
        return {**_told(received), "events": caused}

    def _convert(self, conversion: ConversionEntry, content: ProposalContent, arrival: Arrival, pack: Pack) -> Received:
        office, inquiry = self._office, StreamId(INQUIRY.category, conversion.inquiry_id)
        today = office.today()
        with office.database.connection() as connection, connection.transaction():
            received = self._reception.amid(connection).receive_proposal(content, arrival, pack, made_from=inquiry)
            command = ConvertInquiry(converted_on=today, proposal_id=received.recorded.stream.id)
            execute(
                office.store.amid(connection), INQUIRY, inquiry, command, arrival.context,
                expected_version=conversion.expected_version,
            )  # fmt: skip
        return received

    def _earlier(self, entered: Entered) -> Received | None:
        """What this very command received before, whatever the rules say today."""
        entry, _ = load(ENTRY, entered.stated)
        return self._reception.original(entry.command_id, self._digest(entry, entered)) if entry else None

    def _digest(self, entry: Entry, entered: Entered) -> str:
        """The digest of what a command states; any JSON value has one, also what the form then refuses."""
        received_at = entry.received_at and entry.received_at.isoformat()
        stated = json.dumps(
            [entered.submission, entry.channel, received_at, entry.reason, *entry.names], sort_keys=True
        )
        return self._office.digest(stated.encode())

    def _read(
        self, form: Form, entered: Entered, beside: EntrySchema = ENTRY, counted: datetime | None = None
    ) -> tuple[Any, Any, Pack]:
        """Entry, content and the pack that they are read under. Raises `InvalidMessage` with all errors at once.

        beside: how the entry is read. counted: the instant at which a call has to be open, unless it is the entry's.
        """
        office = self._office
        entry, errors = load(beside, entered.stated)
        came = (entry and entry.received_at) or office.clock()
        if not office.rules.covers(office.day_of(came)):
            refuse([*errors, Problem("too_long_ago").at("received_at")])
        pack = office.rules.in_force(office.day_of(came))
        channel = entry.channel if entry else Channel.COUNTER
        at = Counter(
            municipality=office.city.municipality,
            channel=channel,
            pack=pack,
            counted=counted or came,
            schedule_of=self._reception.schedule_of,
        )
        content, in_submission = form(entered.submission, at)
        told = [*errors, *in_submission]
        if came > office.clock():
            told.append(Problem("in_the_future").at("received_at"))
        refuse(told)
        return entry, content, pack

    def _arrival(self, entry: Entry, entered: Entered, actor: Actor, pack: Pack) -> Arrival:
        """What staff enter counts on the day it reached the office (到達), however late it is entered."""
        came = entry.received_at or self._office.clock()
        return Arrival(
            document=orjson.dumps(entered.submission, option=orjson.OPT_SORT_KEYS),
            received_on=self._office.day_of(came),
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
                digest=self._digest(entry, entered),
            ),
        )


def _told(received: Received) -> dict[str, Any]:
    """What a command returns: its events, and the receipt to hand out."""
    recorded = received.recorded
    log.info("command answered", type=recorded.type, correlation_id=str(recorded.correlation_id))
    named = {f"{recorded.stream.category}_id": str(recorded.stream.id)}
    return {"events": [told_event(recorded)], **named, **receipt_fields(received.receipt)}


def _told_correction(recorded: Recorded) -> dict[str, Any]:
    """What a correction returns: its event, which edition it is, and the proof of what was handed in."""
    resubmitted: ProposalResubmitted = recorded.event
    log.info("command answered", type=recorded.type, correlation_id=str(recorded.correlation_id))
    if not (resubmitted.content_nonce.is_open and resubmitted.content_sha256.is_open):
        raise SubmissionErased
    return {
        "events": [told_event(recorded)],
        "edition": resubmitted.edition,
        "resubmitted_on": resubmitted.resubmitted_on.isoformat(),
        "content_receipt": {
            "nonce": resubmitted.content_nonce.reveal(),
            "sha256": resubmitted.content_sha256.reveal(),
        },
    }
