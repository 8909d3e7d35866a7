"""What matching owns, opens, reads and follows; its grants, keys and queues follow from this page."""

from pathlib import Path
from typing import Final

from desk.deadlines.following_calendar import RECOUNT
from desk.deadlines.streams import deadline_rules
from desk.letters.rules import letter_rules
from desk.portal.submissions import submission_category
from eventstore.decider import noting
from eventstore.declaration import Reads, Service
from eventstore.protection import ClassGroup
from services.matching.domain.case import CASE
from services.matching.domain.event_types import EVENTS
from services.matching.domain.minutes import MINUTES
from services.matching.domain.obligation import OBLIGATION
from services.matching.projections import CASES, DEADLINES, LETTERS, OBLIGATIONS, STATISTICS, TERMS, TIMERS
from services.matching.reactions.answers import ANSWER_PROPOSERS
from services.matching.reactions.cases import OPEN_CASES
from services.matching.reactions.deadlines import OFFER_DEADLINES
from services.matching.reactions.obligations import RELEASE_OBLIGATIONS
from services.matching.reactions.portal import FORMS

OPENS: Final = frozenset({ClassGroup.INTERNAL, ClassGroup.BUSINESS, ClassGroup.PERSONAL})
"""What departments work with, and whom letters go to; what the police said is none of it."""
MATCHING: Final = Service(
    events=EVENTS,
    opens=OPENS,
    reads=(
        Reads(service="administration", categories=frozenset({"city", "staff"})),
        Reads(service="intake", categories=frozenset({"proposal", "intake_deadline"}), opens=OPENS),
    ),
    takes=frozenset(FORMS),
    subscriptions=(
        OPEN_CASES,
        OFFER_DEADLINES,
        ANSWER_PROPOSERS,
        CASES,
        DEADLINES,
        LETTERS,
        TIMERS,
        RECOUNT,
        OBLIGATIONS,
        RELEASE_OBLIGATIONS,
        STATISTICS,
        TERMS,
    ),
    waits=True,
    migrations=Path(__file__).parent / "migrations",
)
DECIDERS: Final = (
    CASE,
    MINUTES,
    OBLIGATION,
    deadline_rules("matching"),
    letter_rules("matching"),
    noting(submission_category("matching")),
)
