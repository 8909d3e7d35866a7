"""The event types that intake owns."""

from typing import Final

from desk.access import RecordOpened, declare_access
from desk.deadlines.streams_events import declare_deadlines
from desk.discards import MessageDiscarded, PositionDiscarded, declare_discards
from desk.letters.events import declare_letters
from eventstore.events import EventTypes

EVENTS: Final = EventTypes("intake")
declare_access(EVENTS, RecordOpened)
declare_deadlines(EVENTS)
declare_discards(EVENTS, MessageDiscarded, PositionDiscarded)
declare_letters(EVENTS)
