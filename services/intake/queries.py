"""What intake answers when asked: a record opened for staff, a status for who holds number and code."""

from dataclasses import fields
from typing import Any, Final

from eventstore.errors import NotFound
from eventstore.events import as_json
from eventstore.protection import Sealed
from eventstore.records import Recorded, StreamId
from eventstore.store import EventStore
from services.intake.domain.receipts import ReceiptKeys, is_access_code, normalised

LEFT_OUT: Final = ("document", "content_nonce", "content_sha256")
"""The document as received is handed out on its own, never in passing."""


def record(store: EventStore, stream: StreamId) -> dict[str, Any]:
    """A proposal or inquiry with its fields opened. Raises `NotFound` where there is none.

    `closed` names the fields that cannot be opened any more.
    """
    events = store.load(stream).events
    if not events:
        raise NotFound
    first = events[0]
    return {
        f"{stream.category}_id": str(stream.id),
        "version": events[-1].version,
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
            first = store.load(stream).events[0]
            return {
                "kind": stream.category,
                "receipt_number": normalised(receipt_number),
                "status": "received",
                "received_on": first.event.received_on.isoformat(),
            }
    raise NotFound
