"""What a case is called in the work queue and found by: opened values of its proposal, kept in clear beside the list.

Each row refers to the data key that it was opened with and ends with it, in the transaction that destroys the key.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum, unique
from typing import Any, Final
from uuid import UUID

from psycopg.errors import ForeignKeyViolation

from desk.bigrams import bigrams, folded
from desk.foreign import reading
from desk.letters.correspondents import told_last
from desk.turns import Turn
from eventstore.database import Connection
from eventstore.following.subscriptions import On
from eventstore.protection import ClassGroup
from eventstore.records import Recorded, StreamId

NAMES: Final = ("receipt_number", "title", "summary", "problem", "proposer_id", "proposer_name")
"""What is read of a proposal's stream, by the names that its events have for it."""


@unique
class Part(StrEnum):
    """What is opened with one key: what is proposed, by whom, and the number on the receipt."""

    PROPOSAL = "proposal"
    PROPOSER = "proposer"
    RECEIPT_NUMBER = "receipt_number"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What is read of an event that says who proposes: by whose key the name is sealed now."""

    proposer_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text to be kept. shown: what the list shows of it. searched: what words are looked for in."""

    part: Part
    key_id: UUID
    shown: str = field(repr=False)
    searched: str = field(repr=False)


def keep_texts(turn: Turn, proposal_id: UUID) -> None:
    """A case's texts as its proposal's record tells them now; where there is no case, none."""
    statement = "SELECT case_id FROM matching_cases WHERE proposal_id = %s"
    for (case_id,) in turn.connection.execute(statement, (proposal_id,)).fetchall():
        turn.connection.execute("DELETE FROM matching_case_texts WHERE case_id = %s", (case_id,))
        for text in _texts(turn, proposal_id):
            keep(turn.connection, case_id, text)


def on_proposal_changed(turn: Turn, recorded: Recorded) -> None:
    """It was corrected, or its proposer has another name, or is another."""
    keep_texts(turn, recorded.stream.id)


def _texts(turn: Turn, proposal_id: UUID) -> Iterator[Text]:
    read = turn.store.load_foreign(StreamId("proposal", proposal_id))
    told = told_last((one.event for one in read.events), NAMES)

    def text(part: Part, key: tuple[ClassGroup, UUID | None], shown: str, *others: Any) -> Text:
        searched = "\n".join(folded(one) for one in (shown, *others) if one)
        return Text(part=part, key_id=read.keys.known[key].id, shown=shown, searched=searched)

    if title := told.get("title"):
        yield text(Part.PROPOSAL, (ClassGroup.BUSINESS, None), title, told.get("summary"), told.get("problem"))
    if name := told.get("proposer_name"):
        yield text(Part.PROPOSER, (ClassGroup.PERSONAL, UUID(told["proposer_id"])), name)
    if number := told.get("receipt_number"):
        yield text(Part.RECEIPT_NUMBER, (ClassGroup.INTERNAL, None), number, number.replace("-", ""))


def keep(connection: Connection, case_id: UUID, text: Text) -> None:
    """Kept, unless its key was destroyed since it was opened: then there is nothing to keep."""
    try:
        with connection.transaction():
            connection.execute(
                "INSERT INTO matching_case_texts (case_id, part, key_id, shown, searched, bigrams)"
                " VALUES (%s, %s, %s, %s, %s, %s)",
                (case_id, text.part, text.key_id, text.shown, text.searched, bigrams(text.searched)),
            )
    except ForeignKeyViolation:
        return


FOLLOWED_FOR_TEXTS: Final[tuple[On[Turn], ...]] = tuple(
    On(name, on_proposal_changed, service="intake", read=reading(Named))
    for name in ("ProposalResubmitted", "ProposerRenamed", "ProposerSucceeded")
)
