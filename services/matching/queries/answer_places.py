"""Where the letters that answer a proposer stand: in places counted by decision, so that none is told twice.

The decision from which a letter was written is known by its place, whatever its text says and whether or not anybody
can open it. The next place is free once the letter before came back, could not be sent, was cancelled or was overtaken.
"""

from collections.abc import Iterator
from itertools import count
from typing import Final
from uuid import UUID, uuid5

from desk.letters.events import letter_category
from desk.letters.refusals import LetterNotDue, LetterOvertaken
from desk.letters.rules import letter_rules
from desk.letters.state import Letter, Status
from eventstore.records import Recorded, StreamId
from eventstore.store import EventStore
from services.matching.domain.event_types import EVENTS

OUT: Final = frozenset({Status.DISPATCHED, Status.POSTED})
ANSWERED: Final = (
    "この決定は、ほかの文書ですでに回答しています。その文書が戻ってきたときは、記録してから手続をしてください。"
)


def place(case_id: UUID, decision: int, number: int) -> StreamId:
    """The stream of a letter that tells a decision of a case. number: 1 for the first of them."""
    return StreamId(letter_category(EVENTS.service), uuid5(case_id, f"answer/{decision}/{number}"))


def letters_of(store: EventStore, case_id: UUID, decision: int) -> Iterator[tuple[Recorded, ...]]:
    """The letters that were composed to tell a decision, in their order: the events of each, closed."""
    for number in count(1):
        events = store.load_closed(place(case_id, decision, number))
        if not events:
            return
        yield events


def standing(events: tuple[Recorded, ...]) -> Status:
    """Where a letter stands, by its events."""
    letter: Letter = letter_rules(EVENTS.service).fold(events)
    return letter.status


def tells(store: EventStore, letter_id: UUID, case_id: UUID, decision: int) -> bool:
    """Whether a letter was composed to tell a decision."""
    return any(events[0].stream.id == letter_id for events in letters_of(store, case_id, decision))


def require_only_answer(store: EventStore, letter_id: UUID, case_id: UUID, decision: int) -> None:
    """Asks that a letter be the one that tells a decision. decision: that which stands.

    Raises `LetterOvertaken` for a letter that tells another, `LetterNotDue` where another letter that tells it is out.
    """
    if not tells(store, letter_id, case_id, decision):
        raise LetterOvertaken
    others = (events for events in letters_of(store, case_id, decision) if events[0].stream.id != letter_id)
    if any(standing(events) in OUT for events in others):
        raise LetterNotDue(ANSWERED)
