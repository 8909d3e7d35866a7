"""What a proposal has to do with others: what it was made from and became, and which may be about the same thing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from itertools import islice
from typing import Any, Final
from uuid import UUID

from desk.access import RecordOpened
from desk.office import Office
from desk.openings import record_opening, stated_purpose
from eventstore.errors import NotFound
from eventstore.events import as_json
from eventstore.protection import Sealed
from eventstore.records import Actor, Recorded, StreamId
from eventstore.store import EventStore, Stream
from services.intake.domain.event_types import EVENTS
from services.intake.domain.parties import NAME_INDEX, NUMBER_INDEX
from services.intake.domain.proposal import PROPOSAL, Proposal
from services.intake.domain.proposal.lineage import ProposalMerged, ProposalSplit
from services.intake.domain.proposal.origin import ProposalDerived
from services.intake.domain.similarity import NOTICEABLE, Pairs, letter_pairs, similarity
from services.intake.projections.proposals import PROPOSALS
from services.intake.queries.versions import latest

DAYS_APART: Final = 180
MOST_COMPARED: Final = 200
TEXTS: Final = ("title", "summary")
TRAITS: Final = {
    NUMBER_INDEX: "corporate_number",
    NAME_INDEX: "proposer_name",
    "phone": "contact_phone",
    "email": "contact_email",
}
"""Blind index → the field of a proposal whose value is looked up by it."""


def links(events: Iterable[Recorded]) -> dict[str, Any]:
    """What a proposal was made from (`origin`, `origin_id`), where it goes on (`merged_into`), and its `parts`."""
    told: dict[str, Any] = {"origin": None, "origin_id": None, "merged_into": None, "parts": []}
    for recorded in events:
        match recorded.event:
            case ProposalDerived(origin=origin, origin_id=origin_id):
                told |= {"origin": origin, "origin_id": str(origin_id)}
            case ProposalMerged(into=into):
                told["merged_into"] = str(into)
            case ProposalSplit(parts=parts):
                told["parts"] = [str(part) for part in parts]
    return told


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compared:
    """A proposal as it is compared. texts: the pairs of those that can be opened."""

    stream: Stream
    proposal: Proposal
    texts: Mapping[str, Pairs] = field(repr=False)


def possible_duplicates(office: Office, stream: StreamId, actor: Actor, purpose: object) -> dict[str, Any]:
    """The proposals that may be this one's duplicates, with what agrees; nothing of what stands in them.

    Compared are those that ever named its party or contact, at any time, and those received at most `DAYS_APART` days
    before or after it: the first `MOST_COMPARED` of them, and `left_out` says how many there are besides. That the
    proposal and each one told was opened is on record before anything is told; of the others nothing is shown. Raises
    `NotFound` where there is none, `InvalidMessage` for a purpose that is no line of text.
    """
    stated = stated_purpose(purpose)
    read = office.store.load(stream)
    if not read.events:
        raise NotFound
    as_of = office.freshness.of(PROPOSALS)
    this, candidates = _compared(read), _candidates(office, read)
    looked_at = list(islice(candidates.items(), MOST_COMPARED))
    found = [_likeness(this, _compared(office.store.load(one)), agreeing) for one, agreeing in looked_at]
    items = sorted(filter(_is_noticeable, found), key=_most_alike_first)
    own = {"proposal_id": str(stream.id), "version": read.version}
    for shown in (own, *items):
        _record_opening(office, shown, stated, actor)
    return {
        **own,
        "items": items,
        "compared": len(looked_at),
        "left_out": len(candidates) - len(looked_at),
        "as_of": asdict(as_of),
    }


def _candidates(office: Office, read: Stream) -> Mapping[StreamId, list[str]]:
    """The proposals to compare, each with the look-ups by which it agrees: those first, then the latest received."""
    candidates: dict[StreamId, list[str]] = {}
    stated = latest(read.events)
    for index, name in TRAITS.items():
        for found in _found(office.store, index, stated[name]):
            candidates.setdefault(found, []).append(index)
    for received in _received_about(office, stated["received_on"]):
        candidates.setdefault(received, [])
    for known in (read.id, *_linked(read)):
        candidates.pop(known, None)
    return candidates


def _found(store: EventStore, index: str, value: Sealed[str | None]) -> list[StreamId]:
    sought = value.reveal() if value.is_open else None
    return [one for one in store.find(index, sought) if one.category == PROPOSAL.category] if sought else []


def _received_about(office: Office, day: date) -> list[StreamId]:
    """The proposals received about a day, the last in the log first."""
    apart = timedelta(days=DAYS_APART)
    with office.database.connection() as connection:
        rows = connection.execute(
            "SELECT proposal_id FROM intake_proposals WHERE received_on BETWEEN %s AND %s ORDER BY position DESC",
            (day - apart, day + apart),
        ).fetchall()
    return [StreamId(PROPOSAL.category, proposal_id) for (proposal_id,) in rows]


def _linked(read: Stream) -> list[StreamId]:
    """The proposals that it is known to have to do with: nobody needs to be told of them."""
    known = links(read.events)
    absorbed = PROPOSAL.fold(read.events).absorbed
    ids = [known["origin_id"], known["merged_into"], *known["parts"], *map(str, absorbed)]
    return [StreamId(PROPOSAL.category, UUID(one)) for one in ids if one]


def _compared(read: Stream) -> _Compared:
    stated = latest(read.events)
    return _Compared(
        stream=read,
        proposal=PROPOSAL.fold(read.events),
        texts={name: letter_pairs(stated[name].reveal()) for name in TEXTS if stated[name].is_open},
    )


def _likeness(this: _Compared, other: _Compared, agreeing: Sequence[str]) -> dict[str, Any]:
    """What is told of another proposal: where it stands, what agrees, and how alike its texts are."""
    proposal = other.proposal
    return {
        "proposal_id": str(other.stream.id.id),
        "version": other.stream.version,
        "status": proposal.status,
        "kind": proposal.kind,
        "call_id": as_json(proposal.call_id),
        "received_on": as_json(proposal.received_on),
        "agrees": list(agreeing),
        **{f"{name}_similarity": _similarity(name, this, other) for name in TEXTS},
    }


def _similarity(name: str, this: _Compared, other: _Compared) -> int | None:
    """A whole percentage; None where either text cannot be opened any more."""
    if name not in this.texts or name not in other.texts:
        return None
    return similarity(this.texts[name], other.texts[name])


def _is_noticeable(found: Mapping[str, Any]) -> bool:
    return bool(found["agrees"]) or _highest(found) >= NOTICEABLE


def _most_alike_first(found: Mapping[str, Any]) -> tuple[int, int, str]:
    return -_highest(found), -len(found["agrees"]), found["proposal_id"]


def _highest(found: Mapping[str, Any]) -> int:
    return max(found[f"{name}_similarity"] or 0 for name in TEXTS)


def _record_opening(office: Office, shown: Mapping[str, Any], purpose: str | None, actor: Actor) -> None:
    opened = RecordOpened(
        category=PROPOSAL.category,
        record_id=UUID(shown["proposal_id"]),
        version=shown["version"],
        purpose=Sealed(purpose),
    )
    record_opening(office, EVENTS.service, opened, actor)
