"""The event types that intake owns."""

from typing import Final

from eventstore.events import EventTypes

EVENTS: Final = EventTypes("intake")
