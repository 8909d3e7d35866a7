"""The proposals' window: reading, screening, decisions, and what changes meanwhile."""

from services.intake.service.proposals.changes import ProposalChanges
from services.intake.service.proposals.outcomes import ProposalOutcomes
from services.intake.service.proposals.reading import ProposalReading
from services.intake.service.proposals.screening import ProposalScreening

__all__ = ["ProposalWindow"]


class ProposalWindow(ProposalReading, ProposalScreening, ProposalOutcomes, ProposalChanges):
    """What the desk does with proposals."""
