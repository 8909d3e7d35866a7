"""Which events a replay takes and where it ends, so that the same question is answered with the same bytes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, TypeAlias

from apps.ledger import ZONE
from apps.records.whole_records import recorded_at
from eventstore.ledger.closing import end_of
from eventstore.records import StreamId

Filter: TypeAlias = Callable[[Mapping[str, Any]], bool]
"""Whether an envelope passes. Asked of the record alone: a column beside it may have been changed."""


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

    def filters(self) -> list[Filter]:
        """What an envelope has to pass, all of them; none where everything is taken."""
        filters: list[Filter] = []
        if self.types:
            filters.append(lambda envelope: envelope["type"] in self.types)
        if self.streams:
            streams = frozenset(map(str, self.streams))
            filters.append(lambda envelope: envelope["stream"] in streams)
        if self.recorded_from:
            since = datetime.combine(self.recorded_from, time(), ZONE)
            filters.append(lambda envelope: recorded_at(envelope) >= since)
        if self.recorded_to:
            until = end_of(self.recorded_to, ZONE)
            filters.append(lambda envelope: recorded_at(envelope) < until)
        return filters
