"""What intake owns, opens, reads and takes; its grants, keys and queues follow from this page."""

from pathlib import Path
from typing import Final

from desk.deadlines.following_calendar import RECOUNT
from desk.deadlines.streams import deadline_rules
from desk.letters.rules import letter_rules
from eventstore.declaration import Reads, Service
from eventstore.protection import ClassGroup
from services.intake.domain import inquiry, proposal
from services.intake.domain.call import CALL
from services.intake.domain.company import COMPANY
from services.intake.domain.event_types import EVENTS
from services.intake.domain.later import LATER_SUBMISSION
from services.intake.domain.offer import OFFER
from services.intake.domain.police_inquiry import POLICE_INQUIRY
from services.intake.domain.register_entry import REGISTER_ENTRY
from services.intake.projections import (
    CALL_NOTICES,
    CALL_QUESTIONS,
    CALLS,
    COMPANIES,
    DEADLINES,
    INQUIRIES,
    LETTERS,
    MEASURES,
    OFFERS,
    PROPOSALS,
    STATISTICS,
    TIMERS,
)
from services.intake.reactions.deadlines import MATTER_DEADLINES
from services.intake.reactions.portal import FORMS
from services.intake.reactions.registers import FLAG_PROPOSALS

INTAKE: Final = Service(
    events=EVENTS,
    opens=frozenset({ClassGroup.INTERNAL, ClassGroup.BUSINESS, ClassGroup.PERSONAL, ClassGroup.SAFETY}),
    reads=(
        Reads(service="administration", categories=frozenset({"city"})),
        Reads(service="matching", categories=frozenset({"case"})),
    ),
    takes=frozenset(FORMS),
    takes_unroutable=True,
    subscriptions=(
        PROPOSALS,
        CALLS,
        CALL_QUESTIONS,
        DEADLINES,
        TIMERS,
        INQUIRIES,
        LETTERS,
        MATTER_DEADLINES,
        RECOUNT,
        MEASURES,
        FLAG_PROPOSALS,
        COMPANIES,
        CALL_NOTICES,
        OFFERS,
        STATISTICS,
    ),
    waits=True,
    migrations=Path(__file__).parent / "migrations",
)
DECIDERS: Final = (
    proposal.PROPOSAL,
    inquiry.INQUIRY,
    LATER_SUBMISSION,
    CALL,
    REGISTER_ENTRY,
    COMPANY,
    OFFER,
    POLICE_INQUIRY,
    deadline_rules("intake"),
    letter_rules("intake"),
)
