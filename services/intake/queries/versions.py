"""A proposal as it stands: the latest edition with later changes, its claims with their dates; two editions compared.

An edition is a proposal as it was handed in: 1 as received, one more for each correction (補正).
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from datetime import date
from typing import Any, Final

from desk.comparing import changed_sentences
from desk.office import Office
from desk.openings import opened
from eventstore.errors import NotFound
from eventstore.events import Event, as_json
from eventstore.protection import Sealed
from eventstore.records import Actor, Recorded, StreamId
from eventstore.store import Stream
from services.intake.domain.content import Claim
from services.intake.domain.proposal import ProposalReceived, ProposalResubmitted
from services.intake.domain.proposal.changes import (
    ClaimsAnswered,
    ConfidentialityClaimed,
    ContactChanged,
    ProposerRenamed,
    ProposerSucceeded,
)
from services.intake.domain.proposal.screening import PledgesDeclared

NOT_SHOWN: Final = frozenset({"document", "content_nonce", "content_sha256"})
"""The document as received is handed out on its own, never in passing."""
NOT_COMPARED: Final = NOT_SHOWN | {
    "kind", "call_id", "receipt_number", "received_on", "edition", "resubmitted_on", "submitted_at", "document_id",
    "proposer_id", "representative_id", "contact_id", "claims",
}  # fmt: skip
"""What differs between any two editions, or cannot."""
EDITIONS: Final = (ProposalReceived, ProposalResubmitted)
RESTATING: Final = (ProposalResubmitted, PledgesDeclared, ContactChanged, ProposerRenamed, ProposerSucceeded)
"""The events that state fields of the proposal anew."""


def latest(events: Sequence[Recorded]) -> dict[str, Any]:
    """Field → value of a proposal as it stands after its events; sealed values are still sealed."""
    values = _values(events[0].event)
    for recorded in events:
        if isinstance(recorded.event, RESTATING):
            values |= {name: value for name, value in _values(recorded.event).items() if name in values}
    return values


def claims(events: Iterable[Recorded]) -> list[dict[str, Any]]:
    """Every claim of confidentiality with the day on which it was made, and the city's answer to its field.

    `later` marks those that are not among the proposal's as received (N4).
    """
    made: dict[Claim, dict[str, Any]] = {}
    answers: dict[str, dict[str, Any]] = {}
    for recorded in events:
        event = recorded.event
        if isinstance(event, ClaimsAnswered) and event.answers.is_open:
            told = {"answered_on": event.answered_on}
            answers |= {one.field: {**asdict(one), **told} for one in event.answers.reveal()}
        elif isinstance(event, (*EDITIONS, ConfidentialityClaimed)) and event.claims.is_open:
            dated = {"claimed_on": _claimed_on(event), "later": not isinstance(event, ProposalReceived)}
            for claim in event.claims.reveal():
                made.setdefault(claim, {**asdict(claim), **dated})
    return [{**claim, "answer": answers.get(claim["field"])} for claim in made.values()]


def compared(
    office: Office, stream: StreamId, actor: Actor, editions: tuple[int, int], purpose: object
) -> dict[str, Any]:
    """What changed from one edition to another, field by field, after it was recorded that the actor opens both.

    Raises as `opened` does, `NotFound` also where there is no such edition.
    """
    return opened(office, stream, actor, purpose, lambda read: _differences(read, editions))


def _differences(read: Stream, editions: tuple[int, int]) -> dict[str, Any]:
    handed_in = [recorded for recorded in read.events if isinstance(recorded.event, EDITIONS)]
    if not all(0 < edition <= len(handed_in) for edition in editions):
        raise NotFound
    old, new = (_values(handed_in[edition - 1].event) for edition in editions)
    names = [name for name in old if name in new and name not in NOT_COMPARED]
    return {
        "proposal_id": str(read.id.id),
        "version": read.version,
        "edition_from": editions[0],
        "edition_to": editions[1],
        "changes": [
            _change(name, _opened(old[name]), _opened(new[name]))
            for name in names
            if _is_open(old[name]) and _is_open(new[name]) and _opened(old[name]) != _opened(new[name])
        ],
        "closed": [name for name in names if not (_is_open(old[name]) and _is_open(new[name]))],
    }


def _values(event: Event) -> dict[str, Any]:
    return {f.name: getattr(event, f.name) for f in fields(event) if f.name not in NOT_SHOWN}


def _is_open(value: Any) -> bool:
    return not isinstance(value, Sealed) or value.is_open


def _opened(value: Any) -> Any:
    return value.reveal() if isinstance(value, Sealed) else value


def _claimed_on(event: ProposalReceived | ProposalResubmitted | ConfidentialityClaimed) -> date:
    match event:
        case ProposalReceived():
            return event.received_on
        case ProposalResubmitted():
            return event.resubmitted_on
        case ConfidentialityClaimed():
            return event.claimed_on


def _change(name: str, old: Any, new: Any) -> dict[str, Any]:
    told = {"field": name, "old": as_json(old), "new": as_json(new)}
    return {**told, **changed_sentences(old, new)} if isinstance(old, str) and isinstance(new, str) else told
