"""What matching answers when asked: the list of its cases, and one of them."""

from typing import Any, Final

from desk.lists import ReadModel
from eventstore.errors import NotFound
from eventstore.events import as_json
from eventstore.records import StreamId
from eventstore.store import EventStore
from services.matching.domain.case import CASE
from services.matching.projections import CASES

CASE_LIST: Final = ReadModel(
    subscription=CASES,
    key="case_id",
    columns=("case_id", "proposal_id", "version", "status", "opened_on", "flagged", "recorded_at"),
)


def case(store: EventStore, stream: StreamId) -> dict[str, Any]:
    """A case as its stream says. Raises `NotFound` where there is none."""
    read = store.load(stream)
    state = CASE.fold(read.events)
    if state.opened_on is None:
        raise NotFound
    return {
        "case_id": str(stream.id),
        "version": read.version,
        "status": state.status,
        "proposal_id": str(state.proposal_id),
        "opened_on": as_json(state.opened_on),
        "withdrawn_on": as_json(state.withdrawn_on),
        "flagged": bool(state.flags),
    }
