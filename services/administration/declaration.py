"""What administration owns and opens; its grants and keys follow from this page."""

from pathlib import Path
from typing import Final

from eventstore.declaration import Service
from eventstore.protection import ClassGroup
from services.administration.domain import city, staff
from services.administration.domain.event_types import EVENTS

ADMINISTRATION: Final = Service(
    events=EVENTS,
    opens=frozenset({ClassGroup.INTERNAL, ClassGroup.PERSONAL}),
    migrations=Path(__file__).parent / "migrations",
)
DECIDERS: Final = (city.CITY, staff.STAFF)
