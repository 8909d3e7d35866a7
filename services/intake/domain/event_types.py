"""The event types that intake owns."""

from typing import Final

from desk.access import RecordOpened, declare_access
from desk.discards import MessageDiscarded, PositionDiscarded, declare_discards
from eventstore.events import EventTypes

EVENTS: Final = EventTypes("intake")
declare_access(EVENTS, RecordOpened)
declare_discards(EVENTS, MessageDiscarded, PositionDiscarded)
