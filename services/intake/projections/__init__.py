"""Intake's projections: its lists, and history as one plain sentence for each event."""

from services.intake.projections.calls import CALL_QUESTIONS, CALLS
from services.intake.projections.companies import CALL_NOTICES, COMPANIES
from services.intake.projections.deadlines import DEADLINES, TIMERS
from services.intake.projections.history import SENTENCES
from services.intake.projections.inquiries import INQUIRIES
from services.intake.projections.letters import LETTERS
from services.intake.projections.offers import OFFERS
from services.intake.projections.proposals import PROPOSALS
from services.intake.projections.registers import MEASURES
from services.intake.projections.statistics import STATISTICS

__all__ = [
    "CALLS",
    "CALL_NOTICES",
    "CALL_QUESTIONS",
    "COMPANIES",
    "DEADLINES",
    "INQUIRIES",
    "LETTERS",
    "MEASURES",
    "OFFERS",
    "PROPOSALS",
    "SENTENCES",
    "STATISTICS",
    "TIMERS",
]
