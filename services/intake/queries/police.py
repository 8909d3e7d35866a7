"""The inquiries to the police about a proposal, opened for the few who may know that there are any."""

from dataclasses import fields
from typing import Any
from uuid import UUID

from desk.access import RecordOpened
from desk.office import Office
from desk.openings import record_opening, stated_purpose
from eventstore.errors import NotFound
from eventstore.events import as_json
from eventstore.protection import Sealed
from eventstore.records import Actor, StreamId
from eventstore.store import EventStore, Stream
from services.intake.domain.event_types import EVENTS
from services.intake.domain.police_inquiry import POLICE_INQUIRY, PROPOSAL_INDEX
from services.intake.domain.proposal import PROPOSAL


def require_proposal(store: EventStore, proposal_id: UUID) -> None:
    """Raises `NotFound` where there is no such proposal."""
    if not store.load(StreamId(PROPOSAL.category, proposal_id)).events:
        raise NotFound


def opened_inquiries(office: Office, proposal: StreamId, actor: Actor, purpose: object) -> list[dict[str, Any]]:
    """The inquiries about a proposal, each opened after it was recorded that the actor opens it.

    Raises `NotFound` where there is no such proposal, `InvalidMessage` for a purpose that is no line of text.
    """
    stated = stated_purpose(purpose)
    require_proposal(office.store, proposal.id)
    streams = [office.store.load(found) for found in office.store.find(PROPOSAL_INDEX, str(proposal.id))]
    for stream in streams:
        opened = RecordOpened(
            category=stream.id.category, record_id=stream.id.id, version=stream.version, purpose=Sealed(stated)
        )
        record_opening(office, EVENTS.service, opened, actor)
    return [_told(stream) for stream in sorted(streams, key=lambda stream: stream.events[0].recorded_at)]


def _told(stream: Stream) -> dict[str, Any]:
    inquiry = POLICE_INQUIRY.fold(stream.events)
    return {
        "inquiry_id": str(stream.id.id),
        "version": stream.version,
        **_opened(inquiry.asked),
        "answer": None if inquiry.answered is None else _opened(inquiry.answered),
    }


def _opened(event: Any) -> dict[str, Any]:
    """The fields in clear; None for one that cannot be opened any more."""
    values = {one.name: getattr(event, one.name) for one in fields(event)}
    return {name: as_json(value.reveal()) if value.is_open else None for name, value in values.items()}
