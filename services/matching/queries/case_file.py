"""A case as people read it: the whole of its stream opened by matter, each entry with who wrote it and why (B08)."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from datetime import date
from typing import Any, Final
from uuid import UUID

from desk.office import Office
from desk.openings import opened, opened_values
from desk.packs import Pack
from eventstore.errors import NotFound
from eventstore.events import Event, as_json
from eventstore.records import Actor, Recorded, StreamId
from eventstore.store import EventStore, Stream
from services.matching.domain.case import CASE, Case
from services.matching.domain.case.assignment import (
    CaseOffered,
    DepartmentsSuggested,
    OfferDeclined,
    OfferTaken,
    OfferWithdrawn,
)
from services.matching.domain.case.dialogue import (
    MinutesConfirmedByCity,
    MinutesConfirmedByProposer,
    MinutesDrafted,
    MinutesObjected,
    SessionHeld,
)
from services.matching.domain.case.feasibility import FeasibilityDecided, OpinionGiven, ProposerAnswered
from services.matching.domain.case.goals import GoalsAgreed
from services.matching.domain.case.people import NoteAdded, ProposerContacted
from services.matching.domain.case.state import Offer
from services.matching.queries.proposals import proposal_as_told

NOT_SHOWN: Final = frozenset({"file", "file_sha256", "participants_id"})
"""The document of confirmed minutes is handed out on its own; who took part is told, not by which key."""
ANSWERS: Final = (OfferTaken, OfferDeclined, OfferWithdrawn)
MINUTES: Final = (MinutesDrafted, MinutesConfirmedByCity, MinutesConfirmedByProposer, MinutesObjected)
LISTED: Final[tuple[tuple[str, type[Event]], ...]] = (
    ("suggestions", DepartmentsSuggested),
    ("contacts", ProposerContacted),
    ("notes", NoteAdded),
    ("goals", GoalsAgreed),
    ("opinions", OpinionGiven),
    ("decisions", FeasibilityDecided),
    ("answers", ProposerAnswered),
)
"""What is told one entry an event, oldest first: so of goals and decisions each can be compared with the one before."""


def case_file(office: Office, stream: StreamId, actor: Actor, purpose: object) -> dict[str, Any]:
    """A case with everything that staff wrote of it, after it was recorded that the actor opens it.

    Raises as `opened` does.
    """
    pack, today = office.pack(), office.today()
    told = opened(office, stream, actor, purpose, lambda read: _told(read, pack, today, office.store))
    return {**told, "obligations": _obligations(office, stream.id)}


def _told(read: Stream, pack: Pack, today: date, store: EventStore) -> dict[str, Any]:
    case: Case = CASE.fold(read.events)
    if case.proposal_id is None:
        raise NotFound
    return {
        "case_id": str(read.id.id),
        "version": read.version,
        **_standing(case, pack, today),
        "proposal": as_json(asdict(proposal_as_told(store, case.proposal_id))),
        "offers": [_offer(one, read.events, pack) for one in case.offers.values()],
        "sessions": [_session(one, case, read.events) for one in _of(read.events, SessionHeld)],
        **{name: [_entry(one) for one in _of(read.events, of_type)] for name, of_type in LISTED},
    }


def _standing(case: Case, pack: Pack, today: date) -> dict[str, Any]:
    """Where it stands, and who looks after it."""
    phase = pack.phase_of(case.status)
    silent_for = today - case.last_contact_on if case.last_contact_on else None
    return {
        "status": case.status,
        "phase": phase.name if phase else None,
        **as_json(
            {
                "proposal_id": case.proposal_id,
                "opened_on": case.opened_on,
                "withdrawn_on": case.withdrawn_on,
                "accompanied_by": case.accompanied_by,
                "deputies": sorted(case.deputies),
                "last_contact_on": case.last_contact_on,
                "silent_since": case.silent_since,
            }
        ),
        "flagged": bool(case.flags),
        "days_since_contact": silent_for.days if silent_for else None,
    }


def _offer(offer: Offer, events: Sequence[Recorded], pack: Pack) -> dict[str, Any]:
    """An asking, how it stands, whom it concerns by the pack in force, and what it was answered."""
    of_offer = [one for one in events if getattr(one.event, "offer_id", None) == offer.id]
    now = pack.department_now(offer.department)
    return {
        **_entry(next(one for one in of_offer if isinstance(one.event, CaseOffered))),
        "standing": offer.standing,
        "officer_id": as_json(offer.officer_id),
        "department_now": now,
        "department_name": pack.departments[now].name if now else None,
        "answers": [_entry(one) for one in of_offer if isinstance(one.event, ANSWERS)],
    }


def _session(held: Recorded, case: Case, events: Sequence[Recorded]) -> dict[str, Any]:
    """A session with every step of its minutes, and by which edition each side stands."""
    session_id = held.event.session_id
    steps = (one for one in events if isinstance(one.event, MINUTES) and one.event.session_id == session_id)
    minutes = case.sessions[session_id]
    return {
        **_entry(held),
        **{name: getattr(minutes, name) for name in ("edition", "by_city", "by_proposer", "is_settled")},
        "minutes": [_entry(one) for one in steps],
    }


def _of(events: Iterable[Recorded], of_type: type[Event]) -> list[Recorded]:
    return [one for one in events if isinstance(one.event, of_type)]


def _entry(recorded: Recorded) -> dict[str, Any]:
    """An event as staff read it: what, when, by whom, why; `closed` names what cannot be opened any more."""
    event, reason = recorded.event, recorded.reason
    return {
        "type": recorded.type,
        "version": recorded.version,
        "recorded_at": recorded.recorded_at.isoformat(),
        "actor_id": str(recorded.actor.id),
        "role": recorded.actor.role,
        "reason": reason.reveal() if reason is not None and reason.is_open else None,
        **opened_values({one.name: getattr(event, one.name) for one in fields(event) if one.name not in NOT_SHOWN}),
    }


def _obligations(office: Office, case_id: UUID) -> list[str]:
    """The ids of what either side owes the other because of this case."""
    statement = "SELECT obligation_id FROM matching_obligations WHERE case_id = %s ORDER BY due_on, obligation_id"
    with office.database.connection() as connection:
        return [str(found) for (found,) in connection.execute(statement, (case_id,))]
