"""The event types that matching owns."""

from typing import Final

from desk.access import RecordOpened, RecordsListed, declare_access
from desk.deadlines.streams_events import declare_deadlines
from desk.discards import MessageDiscarded, PositionDiscarded, declare_discards
from desk.letters.events import declare_letters
from desk.portal.submissions import declare_submissions
from eventstore.events import EventTypes

EVENTS: Final = EventTypes("matching")
declare_access(EVENTS, RecordOpened, RecordsListed)
declare_deadlines(EVENTS)
declare_discards(EVENTS, MessageDiscarded, PositionDiscarded)
declare_letters(EVENTS)
declare_submissions(EVENTS)
