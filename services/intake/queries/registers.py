"""What the registers answer: the list, one entry opened, and the entries and proposals of a party."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from desk.access import RecordOpened
from desk.lists import ReadModel
from desk.office import Office
from desk.openings import opened, record_opening
from eventstore.errors import NotFound
from eventstore.events import as_json
from eventstore.protection import Sealed
from eventstore.records import Actor, StreamId
from eventstore.store import EventStore, Stream
from services.intake.domain.event_types import EVENTS
from services.intake.domain.parties import NAME_INDEX, NUMBER_INDEX, Likeness, Party, likeness, parties_stated
from services.intake.domain.proposal import PROPOSAL
from services.intake.domain.proposal.status import OPEN
from services.intake.domain.register_entry import REGISTER_ENTRY, Candidacy, RegisterEntry, Standing
from services.intake.projections.registers import MEASURES

MEASURE_LIST: Final = ReadModel(
    subscription=MEASURES,
    key="entry_id",
    columns=(
        "entry_id", "version", "from_day", "until_day", "standing", "lifted_on", "awaits_decision", "recorded_at",
    ),
)  # fmt: skip
SEALED: Final = tuple(field.name for field in EVENTS.declared("MeasureEntered", 1).fields if field.seal is not None)
"""The fields of an entry that are opened."""
AWAITED: Final = frozenset({Standing.COMING, Standing.BARRING})
"""How a measure stands while a person's word about its candidates is waited for."""


def streams_about(store: EventStore, party: Party, category: str) -> frozenset[StreamId]:
    """The streams of a category that ever named a party by this number or, in any of its ways, by this name.

    What they say now may be another: whoever acts on it reads the stream.
    """
    sought = ((NUMBER_INDEX, party.corporate_number), (NAME_INDEX, party.name))
    found = (stream for index, value in sought if value for stream in store.find(index, value))
    return frozenset(stream for stream in found if stream.category == category)


def party_now(stream: Stream) -> Party:
    """Whom a proposal or register entry is about now."""
    stated = parties_stated(recorded.event for recorded in stream.events)
    return stated[-1] if stated else Party()


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Whose matters are looked for, by whom, and what for."""

    party: Party
    actor: Actor
    purpose: str | None = field(repr=False)


def told_about(
    office: Office, category: str, search: Search, tell: Callable[[Stream], dict[str, Any]]
) -> list[dict[str, Any]]:
    """What is told of each matter of a category that is about a party now, and what agrees (`number` or `name`).

    That a party has any is protected: each that is told is on record as opened first. Raises `Unavailable` where that
    cannot be recorded: then nothing is told.
    """
    told = []
    for found in sorted(streams_about(office.store, search.party, category), key=str):
        read = office.store.load(found)
        alike = likeness(party_now(read), search.party)
        if alike is not Likeness.NONE:
            record_opening(office, office.service, _opening(read, search.purpose), search.actor)
            told.append({**tell(read), "agrees": "number" if alike is Likeness.SAME else "name"})
    return told


def measures_about(office: Office, search: Search) -> list[dict[str, Any]]:
    """The entries that are about a party, lifted and ended ones too. Raises as `told_about` does."""
    return told_about(office, REGISTER_ENTRY.category, search, _in_clear)


def _opening(read: Stream, purpose: str | None) -> RecordOpened:
    return RecordOpened(category=read.id.category, record_id=read.id.id, version=read.version, purpose=Sealed(purpose))


def opened_measure(office: Office, stream: StreamId, actor: Actor, purpose: object) -> dict[str, Any]:
    """An entry with its fields opened, after it was recorded that the actor opens it.

    `closed` names the fields that cannot be opened any more. Raises as `opened` does.
    """
    return opened(office, stream, actor, purpose, lambda read: _in_full(read, office.store))


def _in_full(read: Stream, store: EventStore) -> dict[str, Any]:
    entry = REGISTER_ENTRY.fold(read.events)
    values = {name: getattr(entry.stated, name) for name in SEALED}
    return {
        **_in_clear(read),
        **{name: as_json(value.reveal()) for name, value in values.items() if value.is_open},
        "closed": [name for name, value in values.items() if not value.is_open],
        "candidates": [_candidate(store, entry, *one) for one in entry.candidates.items()],
    }


def _candidate(store: EventStore, entry: RegisterEntry, proposal_id: UUID, known: Candidacy) -> dict[str, Any]:
    proposal = PROPOSAL.fold(store.load(StreamId(PROPOSAL.category, proposal_id)).events)
    awaits = known is Candidacy.FOUND and entry.standing in AWAITED and proposal.status in OPEN
    return {"proposal_id": str(proposal_id), "status": known, "awaits_decision": awaits}


def _in_clear(stream: Stream) -> dict[str, Any]:
    entry = REGISTER_ENTRY.fold(stream.events)
    if entry.stated is None:
        raise NotFound
    return {
        "entry_id": str(stream.id.id),
        "version": stream.version,
        "from_day": as_json(entry.stated.from_day),
        "until_day": as_json(entry.stated.until_day),
        "standing": entry.standing,
        "lifted_on": as_json(entry.lifted_on),
    }
