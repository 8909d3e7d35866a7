"""The event types that matching owns."""

from typing import Final

from desk.discards import PositionDiscarded, declare_discards
from eventstore.events import EventTypes

EVENTS: Final = EventTypes("matching")
declare_discards(EVENTS, PositionDiscarded)
