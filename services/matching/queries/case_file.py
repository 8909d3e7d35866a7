"""A case as people read it: the whole of its stream opened by matter, each entry with who wrote it and why (B08)."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from datetime import date
from typing import Any, Final
from uuid import UUID

from desk.office import Office
from desk.openings import opened, opened_values, stated_purpose
from desk.packs import Pack
from eventstore.errors import NotFound
from eventstore.events import Event, as_json
from eventstore.records import Actor, Recorded, StreamId
from eventstore.store import Stream
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
from services.matching.projections import OBLIGATIONS
from services.matching.queries.agreements import with_changes
from services.matching.queries.proposals import opened_proposal

NOT_SHOWN: Final = frozenset({"file_sha256", "participants_id"})
"""The document of confirmed minutes is handed out on its own; who took part is told, not by which key."""
ANSWERS: Final = (OfferTaken, OfferDeclined, OfferWithdrawn)
MINUTES: Final = (MinutesDrafted, MinutesConfirmedByCity, MinutesConfirmedByProposer, MinutesObjected)
LISTED: Final[tuple[tuple[str, type[Event]], ...]] = (
    ("suggestions", DepartmentsSuggested),
    ("contacts", ProposerContacted),
    ("notes", NoteAdded),
    ("opinions", OpinionGiven),
    ("decisions", FeasibilityDecided),
    ("answers", ProposerAnswered),
)
"""What is told one entry an event, oldest first: so each decision can be compared with the one before."""


def case_file(office: Office, stream: StreamId, actor: Actor, purpose: object, *, with_contact: bool) -> dict[str, Any]:
    """A case with everything that staff wrote of it, after it was recorded that the actor opens it and its proposal.

    with_contact: whether the actor is told whom to talk to at the proposer's. Raises as `opened` does.
    """
    pack, today = office.pack(), office.today()
    told = opened(office, stream, actor, purpose, lambda read: _told(read, pack, today))
    proposal = opened_proposal(office, UUID(told["proposal_id"]), actor, stated_purpose(purpose))
    return {
        **told,
        "proposal": as_json(asdict(proposal if with_contact else proposal.without_contact)),
        "obligations": _obligations(office, stream.id),
    }


def _told(read: Stream, pack: Pack, today: date) -> dict[str, Any]:
    case: Case = CASE.fold(read.events)
    if case.proposal_id is None:
        raise NotFound
    return {
        "case_id": str(read.id.id),
        "version": read.version,
        **_standing(case, pack, today),
        "offers": [_offer(one, read.events, pack) for one in case.offers.values()],
        "sessions": [_session(one, case, read.events) for one in _of(read.events, SessionHeld)],
        **{name: [_entry(one) for one in _of(read.events, of_type)] for name, of_type in LISTED},
        "goals": with_changes([_entry(one) for one in _of(read.events, GoalsAgreed)]),
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
        "days_since_contact": None if silent_for is None else silent_for.days,
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
        "app": recorded.actor.app,
        "reason": reason.reveal() if reason is not None and reason.is_open else None,
        **opened_values({one.name: getattr(event, one.name) for one in fields(event) if one.name not in NOT_SHOWN}),
    }


def _obligations(office: Office, case_id: UUID) -> dict[str, Any]:
    """The ids of what either side owes the other because of this case, and as of which position they are listed."""
    as_of = office.freshness.of(OBLIGATIONS)
    statement = "SELECT obligation_id FROM matching_obligations WHERE case_id = %s ORDER BY due_on, obligation_id"
    with office.database.connection() as connection:
        found = [str(one) for (one,) in connection.execute(statement, (case_id,))]
    return {"items": found, "as_of": asdict(as_of)}
