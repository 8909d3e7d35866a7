"""Calls as they are asked for: their schedule, their proposals, their lists, and one with its text opened."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from desk.lists import ReadModel
from desk.office import Office
from desk.openings import opened
from eventstore.events import Event, as_json
from eventstore.protection import Sealed
from eventstore.records import Actor, Recorded, StreamId
from services.intake.domain.call import CALL
from services.intake.domain.call.events import (
    CallDrafted,
    CallQuestionAnswered,
    CallQuestionAsked,
    CallRevised,
    IdeaUseAnswered,
    IdeaUsed,
    IdeaUseRequested,
)
from services.intake.domain.proposal import PROPOSAL
from services.intake.domain.proposal.status import OPEN
from services.intake.projections.calls import CALL_QUESTIONS, CALLS

CALL_LIST: Final = ReadModel(
    subscription=CALLS,
    key="call_id",
    columns=(
        "call_id", "version", "status", "aim", "department", "purposes", "subjects", "opens_at", "closes_at", "title",
        "issue", "conditions", "outcome", "selected", "explanation", "recorded_at",
    ),
)  # fmt: skip
QUESTION_LIST: Final = ReadModel(
    subscription=CALL_QUESTIONS,
    key="question_id",
    columns=("question_id", "call_id", "question", "answer", "answered_on"),
)
ASKED: Final = (CallQuestionAsked, CallQuestionAnswered)
CONSULTED: Final = (IdeaUseRequested, IdeaUseAnswered, IdeaUsed)


def proposals_of(office: Office, call_id: UUID, named: Iterable[UUID]) -> dict[UUID, bool]:
    """Those of the named proposals that were handed in to the call, each with whether it is still pursued."""
    records = {one: office.store.load(StreamId(PROPOSAL.category, one)).events for one in named}
    return {
        one: PROPOSAL.fold(events).status in OPEN
        for one, events in records.items()
        if events and events[0].event.call_id == call_id
    }


def is_proposal_known(office: Office, proposal_id: UUID) -> bool:
    """Whether there is such a proposal."""
    return bool(office.store.load(StreamId(PROPOSAL.category, proposal_id)).events)


def opened_call(office: Office, stream: StreamId, actor: Actor, purpose: object) -> dict[str, Any]:
    """A call with its text, its questions and its consultations opened, after it was recorded that the actor opens it.

    Raises as `opened` does.
    """
    return opened(office, stream, actor, purpose, lambda read: shown(read.events, office.clock()))


def shown(events: Sequence[Recorded], now: datetime) -> dict[str, Any]:
    """What the events of a call tell, opened."""
    call = CALL.fold(events)
    text = next(one.event for one in reversed(events) if isinstance(one.event, CallDrafted | CallRevised))
    return {
        "call_id": str(events[0].stream.id),
        "version": events[-1].version,
        "status": call.standing(now),
        "opens_at": as_json(call.schedule and call.schedule.opens_at),
        "closes_at": as_json(call.schedule and call.schedule.closes_at),
        **{"uses": [], **in_clear(text)},
        "questions": _merged(events, ASKED, "question_id"),
        "consultations": _merged(events, CONSULTED, "use_id"),
    }


def _merged(events: Sequence[Recorded], types: tuple[type, ...], key: str) -> list[dict[str, Any]]:
    """One mapping for each id under `key`, of all that the events of these types tell; what came later stands."""
    found: dict[UUID, dict[str, Any]] = {}
    for recorded in events:
        if isinstance(recorded.event, types):
            found.setdefault(getattr(recorded.event, key), {}).update(in_clear(recorded.event))
    return list(found.values())


def in_clear(event: Event) -> dict[str, Any]:
    """An event's fields as JSON; what cannot be opened any more is null."""
    values = {field.name: getattr(event, field.name) for field in fields(event)}
    return {name: as_json(_opened(value)) for name, value in values.items()}


def _opened(value: object) -> object:
    if not isinstance(value, Sealed):
        return value
    return value.reveal() if value.is_open else None
