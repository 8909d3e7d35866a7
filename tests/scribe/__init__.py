"""A service that does nothing but write letters: what any service has to declare for that, and no more."""

from pathlib import Path
from typing import Final

from desk.letters.events import declare_letters
from desk.letters.listing import letter_subscription
from eventstore.declaration import Reads, Service
from eventstore.events import EventTypes
from eventstore.protection import ClassGroup

EVENTS: Final = EventTypes("scribe")
declare_letters(EVENTS)

SCRIBE: Final = Service(
    events=EVENTS,
    opens=frozenset({ClassGroup.INTERNAL, ClassGroup.BUSINESS, ClassGroup.PERSONAL}),
    reads=(Reads(service="administration", categories=frozenset({"city"})),),
    subscriptions=(letter_subscription("scribe"),),
    migrations=Path(__file__).parent / "migrations",
)
