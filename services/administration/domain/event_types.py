"""The event types that administration owns."""

from typing import Final

from desk.access import RecordsRevealed, declare_access
from eventstore.events import EventTypes

EVENTS: Final = EventTypes("administration")
declare_access(EVENTS, RecordsRevealed)
