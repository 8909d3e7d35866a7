"""Which words the proposals had whose cases a department leads, and how many cases had each: opened, kept in clear.

Each case's words refer to the data key that they were opened with; they end with it and are counted no more, in the
transaction that destroys the key. The database counts (migration 0006), so that asking costs the same however many
cases there were.
"""

from collections.abc import Iterable
from typing import Final

from psycopg.errors import ForeignKeyViolation

from desk.letters.correspondents import told_last
from desk.turns import Turn
from eventstore.following.subscriptions import On, Subscription
from eventstore.protection import ClassGroup
from eventstore.records import Recorded, StreamId
from services.matching.domain.case import CASE, Case
from services.matching.domain.case.assignment import OfferTaken, OfferWithdrawn, Part
from services.matching.suggesting.words import words_of

CATEGORY: Final = "proposal"
TEXTS: Final = ("title", "summary", "problem")
"""What says of a proposal what it is about, by the names that intake's events have for it."""
ALL_CASES: Final = ""
"""Stands for a word where all cases of a department are counted."""


def texts_of(events: Iterable[Recorded]) -> tuple[str, ...]:
    """What a proposal says that it is about, as it was told last; nothing where it cannot be opened any more."""
    told = told_last((one.event for one in events), TEXTS)
    return tuple(text for name in TEXTS if (text := told.get(name)))


def on_offer_taken(turn: Turn, recorded: Recorded) -> None:
    """The words of the proposal count for the department that leads now."""
    taken: OfferTaken = recorded.event
    case: Case = CASE.fold(turn.store.load_closed(recorded.stream))
    if case.proposal_id is None or case.offers[taken.offer_id].part is not Part.LEAD:
        return
    read = turn.store.load_foreign(StreamId(CATEGORY, case.proposal_id))
    key = read.keys.known.get((ClassGroup.BUSINESS, None))
    terms = sorted({word.form for word in words_of(texts_of(read.events))})
    if key is None or not terms:
        return
    try:
        with turn.connection.transaction():
            turn.connection.execute(
                "INSERT INTO matching_terms (case_id, key_id, department, terms) VALUES (%s, %s, %s, %s)",
                (recorded.stream.id, key.id, taken.department, terms),
            )
    except ForeignKeyViolation:  # the key was destroyed since it opened the proposal: there is nothing to keep
        return


def on_offer_withdrawn(turn: Turn, recorded: Recorded) -> None:
    """The department that led leads no more; one that only supported or never took it has no words here."""
    withdrawn: OfferWithdrawn = recorded.event
    turn.connection.execute(
        "DELETE FROM matching_terms WHERE case_id = %s AND department = %s",
        (recorded.stream.id, withdrawn.department),
    )


TERMS: Final = Subscription(
    name="terms",
    tables=("matching_term_counts", "matching_terms"),
    on=(On("OfferTaken", on_offer_taken), On("OfferWithdrawn", on_offer_withdrawn)),
)
"""The counts are emptied first: then nothing is left to count down."""
