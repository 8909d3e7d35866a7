"""What intake reads of matching's cases: whose proposal one is about, and on which days somebody spoke with whom."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from desk.foreign import reading
from eventstore.records import StreamId
from eventstore.store import EventStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What is read of `CaseOpened`, with which every case begins."""

    proposal_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacted:
    """What is read of matching's `ProposerContacted`."""

    contacted_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What is read of `SessionHeld`: city and proposer met."""

    held_on: date


READS: Final = {
    "CaseOpened": reading(Opened),
    "ProposerContacted": reading(Contacted),
    "SessionHeld": reading(Held),
}


def proposal_of(store: EventStore, case: StreamId) -> UUID:
    """The proposal of a case that there is. Raises `InvalidMessage` where its first event cannot be read."""
    first = store.load_fields(case)[0]
    opened: Opened = READS["CaseOpened"](first.event)
    return opened.proposal_id
