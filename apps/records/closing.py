"""Where a replay as of a day ends: at the day's signed closing size, if the records themselves say the same.

That a checkpoint is the closing of this day and no other is not signed, and a column of its row can be changed. So the
size is held against the log: everything up to it was recorded before the day ended, what comes next was not.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from apps.ledger import ZONE
from apps.records.whole_records import envelope_of, not_whole, recorded_at, whole_records
from eventstore.database import Connection
from eventstore.errors import Refusal
from eventstore.ledger.checkpoints import Checkpoint, Verifier
from eventstore.ledger.closing import DayNotClosed, end_of, note_of
from eventstore.ledger.stored import Ledger


class CheckpointContradicted(Refusal):
    """The ledger is not the one that its closing checkpoint was signed for, or did not close the day at its size."""

    code = "checkpoint_contradicted"


def closing_checkpoint(connection: Connection, day: date, verifier: Verifier, now: datetime) -> Checkpoint:
    """The signed size and root of a day's closing (Asia/Tokyo).

    Raises `DayNotClosed` where there is none or the day is not over, `CheckpointInvalid` where none of our keys has
    signed it, `CheckpointContradicted` where the ledger has another root at that size or closed the day at another,
    `RecordNotWhole` where the record after it is not what was numbered.
    That everything up to the size was recorded before the end of the day is left to whoever reads it (`within`).
    """
    ledger, end = Ledger(connection), end_of(day, ZONE)
    checkpoint = verifier.open(note_of(ledger, day))
    if end > now:
        raise DayNotClosed(f"{day} is not closed: it is not over")
    if ledger.root(checkpoint.size) != checkpoint.root:
        raise _contradicted(day, "has another root than the ledger")
    size = _closing_size(connection, ledger, end)
    if size != checkpoint.size:
        raise _contradicted(day, f"has size {checkpoint.size}, and by the log the day closed at {size}")
    return checkpoint


def within(day: date) -> Callable[[Mapping[str, Any]], bool]:
    """Holds each record of a day's closing against the day's end. Raises `CheckpointContradicted`."""
    end = end_of(day, ZONE)

    def is_within(envelope: Mapping[str, Any]) -> bool:
        if recorded_at(envelope) >= end:
            raise _contradicted(day, "has a size beyond the end of the day")
        return True

    return is_within


def _closing_size(connection: Connection, ledger: Ledger, end: datetime) -> int:
    """By the columns, if the first record that they put after the end says the same. Raises `RecordNotWhole`."""
    everything = ledger.size()  # first: what is numbered between the two questions came after the end
    size = ledger.size_before(end)
    if size is None:
        return everything
    ((position, record),) = whole_records(connection, size + 1, size + 1)
    if recorded_at(envelope_of(position, record)) < end:
        raise not_whole(position)
    return size


def _contradicted(day: date, how: str) -> CheckpointContradicted:
    return CheckpointContradicted(f"the closing checkpoint of {day} {how}: run `renkei ledger verify`")
