"""A proposal (提案): received whole, screened, decided; every version and every reason stays on record."""

from services.intake.domain.proposal.decider import PROPOSAL, ProposalCommand
from services.intake.domain.proposal.outcomes import AcceptProposal, ProposalAccepted, ProposalPledgePending
from services.intake.domain.proposal.state import Proposal, ProposalEvent
from services.intake.domain.proposal.status import Status
from services.intake.domain.proposal.submission import (
    ProposalAlreadyReceived,
    ProposalReceived,
    ProposalResubmitted,
    ReceiveProposal,
    ResubmitProposal,
)

__all__ = [
    "PROPOSAL",
    "AcceptProposal",
    "Proposal",
    "ProposalAccepted",
    "ProposalAlreadyReceived",
    "ProposalCommand",
    "ProposalEvent",
    "ProposalPledgePending",
    "ProposalReceived",
    "ProposalResubmitted",
    "ReceiveProposal",
    "ResubmitProposal",
    "Status",
]
