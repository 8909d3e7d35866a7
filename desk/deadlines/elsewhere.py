"""Deadlines of another service, read as what they are there: every service has them by the same few events."""

from collections.abc import Mapping
from typing import Final

from desk.deadlines.streams_events import EVENTS
from desk.foreign import reading
from eventstore.following.subscriptions import Read

READS: Final[Mapping[str, Read]] = {event.__name__: reading(event) for event in EVENTS}
"""Event type → how it is read of another service's record."""
