"""Which events a replay takes and where it ends, so that the same question is answered with the same bytes."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from apps.relay.composition import ZONE
from eventstore.database import Connection
from eventstore.errors import Refusal
from eventstore.ledger.checkpoints import Checkpoint, Verifier
from eventstore.ledger.closing import end_of
from eventstore.ledger.stored import Ledger
from eventstore.records import StreamId


class DayNotClosed(Refusal):
    """The day has no closing checkpoint: it is not over, or the relay has not closed it yet."""

    code = "day_not_closed"


class CheckpointContradicted(Refusal):
    """The ledger is not the one that its closing checkpoint was signed for."""

    code = "checkpoint_contradicted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What a replay takes; a filter that names nothing lets everything pass.

    recorded_from, recorded_to: the first and the last day (Asia/Tokyo) on which an event was recorded, both included.
    as_of: the day with whose closing the replay ends; None for the ledger as it is when the replay begins.
    types: event types. streams: the streams looked at.
    """

    recorded_from: date | None = None
    recorded_to: date | None = None
    as_of: date | None = None
    types: frozenset[str] = frozenset()
    streams: frozenset[StreamId] = frozenset()

    def stated(self) -> dict[str, Any]:
        """The selection as JSON, the same for the same selection."""
        days = {name: getattr(self, name) for name in ("recorded_from", "recorded_to", "as_of")}
        return {
            **{name: day and day.isoformat() for name, day in days.items()},
            "types": sorted(self.types),
            "streams": sorted(map(str, self.streams)),
        }

    def parameters(self) -> dict[str, Any]:
        """The filters for a query; None for what is not filtered by."""
        return {
            "since": self.recorded_from and datetime.combine(self.recorded_from, time(), ZONE),
            "until": self.recorded_to and end_of(self.recorded_to, ZONE),
            "types": sorted(self.types) or None,
            "streams": sorted(map(str, self.streams)) or None,
        }


def closing_checkpoint(connection: Connection, day: date, verifier: Verifier) -> Checkpoint:
    """The signed size and root of a day's closing (Asia/Tokyo).

    Raises `DayNotClosed` where there is none, `CheckpointInvalid` where none of our keys has signed it,
    `CheckpointContradicted` where the ledger has another root at that size.
    """
    ledger = Ledger(connection)
    note = ledger.closing_note(day)
    if note is None:
        raise DayNotClosed(
            f"{day} is not closed: it is not over, or the relay has not signed its closing checkpoint yet"
        )
    checkpoint = verifier.open(note)
    if ledger.root(checkpoint.size) != checkpoint.root:
        raise CheckpointContradicted(
            f"the closing checkpoint of {day} has another root than the ledger: run `renkei ledger verify`"
        )
    return checkpoint
