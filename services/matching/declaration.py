"""What matching owns, opens, reads and follows; its grants, keys and queues follow from this page."""

from pathlib import Path
from typing import Final

from eventstore.declaration import Reads, Service
from eventstore.protection import ClassGroup
from services.matching.domain import case
from services.matching.domain.event_types import EVENTS
from services.matching.projections import CASES
from services.matching.reactions import OPEN_CASES

MATCHING: Final = Service(
    events=EVENTS,
    opens=frozenset({ClassGroup.INTERNAL}),
    reads=(
        Reads(service="administration", categories=frozenset({"city"})),
        Reads(service="intake", categories=frozenset({"proposal"})),
    ),
    subscriptions=(OPEN_CASES, CASES),
    migrations=Path(__file__).parent / "migrations",
)
DECIDERS: Final = (case.CASE,)
