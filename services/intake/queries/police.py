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
from services.intake.domain.police_inquiry import POLICE_INQUIRY, PROPOSAL_INDEX, PoliceInquiry, PoliceResult
from services.intake.domain.proposal import PROPOSAL
from services.intake.domain.proposal.outcomes import PoliceStanding


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
    streams = _opened_streams(office, proposal, actor, stated)
    return [_told(stream) for stream in sorted(streams, key=lambda stream: stream.events[0].recorded_at)]


def police_standing(office: Office, proposal: StreamId, actor: Actor, purpose: str) -> PoliceStanding:
    """What the police said of a proposal, for an actor who may know; that it was looked at is recorded first."""
    found = [POLICE_INQUIRY.fold(stream.events) for stream in _opened_streams(office, proposal, actor, purpose)]
    results = [_result(inquiry) for inquiry in found]
    if PoliceResult.HIT in results:
        return PoliceStanding.HIT
    return PoliceStanding.OPEN if None in results else PoliceStanding.NOTHING


def _result(inquiry: PoliceInquiry) -> PoliceResult | None:
    """The last answer's, None where there is none or it cannot be opened any more."""
    answered = inquiry.answered
    return answered.result.reveal() if answered is not None and answered.result.is_open else None


def _opened_streams(office: Office, proposal: StreamId, actor: Actor, purpose: str | None) -> list[Stream]:
    """The inquiries about a proposal, after it was recorded that the actor opens each of them."""
    streams = [office.store.load(found) for found in office.store.find(PROPOSAL_INDEX, str(proposal.id))]
    for stream in streams:
        opened = RecordOpened(
            category=stream.id.category, record_id=stream.id.id, version=stream.version, purpose=Sealed(purpose)
        )
        record_opening(office, EVENTS.service, opened, actor)
    return streams


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
