"""The list of inquiries, and one opened for staff with what was answered."""

from typing import Any, Final

from desk.lists import ReadModel
from desk.office import Office
from desk.openings import opened
from eventstore.records import Actor, StreamId
from eventstore.store import Stream
from services.intake.domain.inquiry import InquiryAnswered, InquiryConverted
from services.intake.projections.inquiries import INQUIRIES
from services.intake.queries.records import opened_fields, shown

INQUIRY_LIST: Final = ReadModel(
    subscription=INQUIRIES,
    key="inquiry_id",
    columns=(
        "inquiry_id", "version", "status", "proposer_kind", "channel", "received_on", "answered_on", "proposal_id",
        "ended_on", "recorded_at",
    ),
)  # fmt: skip


def opened_inquiry(office: Office, stream: StreamId, actor: Actor, purpose: object) -> dict[str, Any]:
    """An inquiry with its answers and the proposal that it became; raises as `opened` does."""
    return opened(office, stream, actor, purpose, _told)


def _told(read: Stream) -> dict[str, Any]:
    events = [recorded.event for recorded in read.events]
    became = [str(event.proposal_id) for event in events if isinstance(event, InquiryConverted)]
    return {
        **shown(read.events),
        "answers": [opened_fields(event) for event in events if isinstance(event, InquiryAnswered)],
        "proposal_id": became[0] if became else None,
    }
