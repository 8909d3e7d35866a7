"""What intake owns, opens, reads and takes; its grants, keys and queues follow from this page."""

from pathlib import Path
from typing import Final

from eventstore.declaration import Reads, Service
from eventstore.protection import ClassGroup
from services.intake.domain import inquiry, proposal
from services.intake.domain.event_types import EVENTS
from services.intake.projections import PROPOSALS

INTAKE: Final = Service(
    events=EVENTS,
    opens=frozenset({ClassGroup.INTERNAL, ClassGroup.BUSINESS, ClassGroup.PERSONAL, ClassGroup.SAFETY}),
    reads=(Reads(service="administration", categories=frozenset({"city"})),),
    takes=frozenset({"ProposalSubmitted", "InquirySubmitted"}),
    takes_unroutable=True,
    subscriptions=(PROPOSALS,),
    migrations=Path(__file__).parent / "migrations",
)
DECIDERS: Final = (proposal.PROPOSAL, inquiry.INQUIRY)
