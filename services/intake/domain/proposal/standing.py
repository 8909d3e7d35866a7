"""Where each step of a proposal's way leaves it."""

from typing import TypeAlias, assert_never

from services.intake.domain.proposal.lineage import ProposalMerged, ProposalSplit
from services.intake.domain.proposal.outcomes import (
    ProposalAccepted,
    ProposalFoundIneligible,
    ProposalRedirected,
    ProposalWithdrawn,
)
from services.intake.domain.proposal.screening import (
    ProposalHeld,
    ProposalResumed,
    ProposalReturned,
    ScreeningBegun,
)
from services.intake.domain.proposal.status import Status

StatusEvent: TypeAlias = (
    ScreeningBegun
    | ProposalReturned
    | ProposalHeld
    | ProposalResumed
    | ProposalAccepted
    | ProposalFoundIneligible
    | ProposalRedirected
    | ProposalWithdrawn
    | ProposalMerged
    | ProposalSplit
)


def status_after(event: StatusEvent) -> Status:
    """The status after an event that changes it."""
    match event:
        case ScreeningBegun() | ProposalResumed():
            return Status.SCREENING
        case ProposalReturned():
            return Status.RETURNED
        case ProposalHeld():
            return Status.ON_HOLD
        case ProposalAccepted():
            return Status.ACCEPTED
        case ProposalFoundIneligible():
            return Status.INELIGIBLE
        case ProposalRedirected():
            return Status.REDIRECTED
        case ProposalWithdrawn():
            return Status.WITHDRAWN
        case ProposalMerged():
            return Status.MERGED
        case ProposalSplit():
            return Status.SPLIT
        case _:
            assert_never(event)
