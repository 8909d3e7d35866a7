"""Intake's projections: its lists, and history as one plain sentence for each event."""

from services.intake.projections.history import SENTENCES
from services.intake.projections.proposals import PROPOSALS

__all__ = ["PROPOSALS", "SENTENCES"]
