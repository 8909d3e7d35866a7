"""A record opened for staff, and a status for who holds number and code."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, Final

from desk.access import RecordOpened
from desk.office import Office
from desk.openings import record_opening, stated_purpose
from eventstore.decider import Decider
from eventstore.errors import NotFound
from eventstore.events import as_json
from eventstore.protection import Sealed
from eventstore.records import Actor, Recorded, StreamId
from eventstore.store import EventStore
from services.intake.domain.event_types import EVENTS
from services.intake.domain.inquiry import INQUIRY
from services.intake.domain.proposal import PROPOSAL
from services.intake.domain.receipts import ReceiptKeys, is_access_code, normalised

RULES: Final[Mapping[str, Decider[Any, Any]]] = {rules.category: rules for rules in (PROPOSAL, INQUIRY)}
LEFT_OUT: Final = ("document", "content_nonce", "content_sha256")
"""The document as received is handed out on its own, never in passing."""


def opened_record(office: Office, stream: StreamId, actor: Actor, purpose: object) -> dict[str, Any]:
    """A proposal or inquiry with its fields opened, after it was recorded that the actor opens it.

    `closed` names the fields that cannot be opened any more. Raises `NotFound` where there is none, `InvalidMessage`
    for a purpose that is no line of text; then nothing is recorded, because nothing was opened.
    """
    stated = stated_purpose(purpose)
    events = office.store.load(stream).events
    if not events:
        raise NotFound
    told = shown(events)
    opened = RecordOpened(
        category=stream.category,
        record_id=stream.id,
        version=events[-1].version,
        purpose=Sealed(stated),
    )
    record_opening(office, EVENTS.service, opened, actor)
    return told


def shown(events: Sequence[Recorded]) -> dict[str, Any]:
    """What the events of a proposal or inquiry tell, opened: how it was received, and where it stands."""
    first = events[0]
    return {
        f"{first.stream.category}_id": str(first.stream.id),
        "version": events[-1].version,
        "status": RULES[first.stream.category].fold(events).status,
        "channel": first.channel,
        "recorded_at": first.recorded_at.isoformat(),
        **_opened(first),
    }


def _opened(recorded: Recorded) -> dict[str, Any]:
    values = {f.name: getattr(recorded.event, f.name) for f in fields(recorded.event) if f.name not in LEFT_OUT}
    closed = [name for name, value in values.items() if isinstance(value, Sealed) and not value.is_open]
    shown = {
        name: as_json(value.reveal() if isinstance(value, Sealed) else value)
        for name, value in values.items()
        if name not in closed
    }
    return {**shown, "closed": closed}


def submission_status(store: EventStore, keys: ReceiptKeys, receipt_number: str, code: str) -> dict[str, Any]:
    """Where a submission stands, for who holds both its number and its code.

    Raises `NotFound`, in the same words, for a number that does not exist and for a code that is not its own.
    """
    for stream in store.find("receipt_number", normalised(receipt_number)):
        if is_access_code(keys, stream.id, code):
            matter = RULES[stream.category].fold(store.load(stream).events)
            return {
                "kind": stream.category,
                "receipt_number": normalised(receipt_number),
                "status": matter.status,
                "received_on": matter.received_on.isoformat(),
            }
    raise NotFound
