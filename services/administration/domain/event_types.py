"""The event types that administration owns."""

from typing import Final

from eventstore.events import EventTypes

EVENTS: Final = EventTypes("administration")
