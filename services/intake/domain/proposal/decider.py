"""A proposal (提案): what may be done with it where it stands, and what follows."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from eventstore.decider import Decider
from eventstore.errors import NotFound, RenkeiError
from services.intake.domain.proposal.changes import (
    AnswerClaims,
    ChangeContact,
    ClaimConfidentiality,
    ClearProposalFlag,
    FlagProposal,
    RenameProposer,
    RenewAccessCode,
    SucceedProposer,
)
from services.intake.domain.proposal.decisions import changes, outcomes, screening
from services.intake.domain.proposal.lineage import AbsorbProposal, MergeProposal, SplitProposal
from services.intake.domain.proposal.outcomes import AcceptProposal, FindIneligible, RedirectProposal, WithdrawProposal
from services.intake.domain.proposal.screening import (
    BeginScreening,
    DeclarePledges,
    HoldProposal,
    RecordChecks,
    RecordContact,
    ResumeProposal,
    ReturnProposal,
)
from services.intake.domain.proposal.state import Proposal, ProposalEvent, evolve
from services.intake.domain.proposal.status import OPEN, REFUSALS, UNDECIDED, Status
from services.intake.domain.proposal.submission import (
    ProposalAlreadyReceived,
    ReceiveProposal,
    ResubmitProposal,
    received,
)

ProposalCommand: TypeAlias = (
    ReceiveProposal | ResubmitProposal | BeginScreening | RecordContact | RecordChecks | ReturnProposal | HoldProposal
    | ResumeProposal | DeclarePledges | AcceptProposal | FindIneligible | RedirectProposal | WithdrawProposal
    | MergeProposal | AbsorbProposal | SplitProposal | ChangeContact | RenameProposer | SucceedProposer
    | RenewAccessCode | FlagProposal | ClearProposalFlag | ClaimConfidentiality | AnswerClaims
)  # fmt: skip
EVERYWHERE: Final = frozenset(Status) - {Status.ABSENT}
IN_SCREENING: Final = frozenset({Status.SCREENING})

FROM: Final[Mapping[type[Any], frozenset[Status]]] = {
    BeginScreening: frozenset({Status.RECEIVED}),
    RecordContact: OPEN,
    RecordChecks: UNDECIDED - {Status.RECEIVED},
    ReturnProposal: IN_SCREENING,
    ResubmitProposal: frozenset({Status.RETURNED}),
    HoldProposal: IN_SCREENING,
    ResumeProposal: frozenset({Status.ON_HOLD, Status.RETURNED}),
    DeclarePledges: UNDECIDED,
    AcceptProposal: IN_SCREENING,
    FindIneligible: IN_SCREENING,
    RedirectProposal: IN_SCREENING,
    WithdrawProposal: OPEN,
    MergeProposal: UNDECIDED,
    AbsorbProposal: UNDECIDED,
    SplitProposal: UNDECIDED,
    ChangeContact: OPEN,
    RenameProposer: OPEN,
    SucceedProposer: OPEN,
    RenewAccessCode: EVERYWHERE,
    FlagProposal: OPEN,
    ClearProposalFlag: EVERYWHERE,
    ClaimConfidentiality: EVERYWHERE,
    AnswerClaims: EVERYWHERE,
}
"""Command → the states from which it leads on; the drawn transitions, and nothing beside them."""
ALREADY: Final[Mapping[type[Any], Status]] = {
    BeginScreening: Status.SCREENING,
    HoldProposal: Status.ON_HOLD,
    ResumeProposal: Status.SCREENING,
    AcceptProposal: Status.ACCEPTED,
    WithdrawProposal: Status.WITHDRAWN,
}
"""Command → the state in which what it asks for is already so: nothing follows."""
DECISIONS: Final[Mapping[type[Any], Callable[[Any, Proposal], Sequence[ProposalEvent]]]] = {
    ResubmitProposal: screening.resubmit,
    BeginScreening: screening.begin_screening,
    RecordContact: screening.record_contact,
    RecordChecks: screening.record_checks,
    ReturnProposal: screening.return_for_correction,
    HoldProposal: screening.hold,
    ResumeProposal: screening.resume,
    DeclarePledges: screening.declare_pledges,
    AcceptProposal: outcomes.accept,
    FindIneligible: outcomes.find_ineligible,
    RedirectProposal: outcomes.redirect,
    WithdrawProposal: outcomes.withdraw,
    MergeProposal: outcomes.merge,
    AbsorbProposal: outcomes.absorb,
    SplitProposal: outcomes.split,
    ChangeContact: changes.change_contact,
    RenameProposer: changes.rename_proposer,
    SucceedProposer: changes.succeed_proposer,
    RenewAccessCode: changes.renew_access_code,
    FlagProposal: changes.flag,
    ClearProposalFlag: changes.clear_flag,
    ClaimConfidentiality: changes.claim,
    AnswerClaims: changes.answer_claims,
}
"""Command → what follows from it where it leads on."""


def standing_refusals(command: type[ProposalCommand]) -> tuple[type[RenkeiError], ...]:
    """What is said of a command where it does not lead on: `NotFound`, and each other state's own refusal."""
    leads_on = FROM[command] | {ALREADY.get(command)}
    return (NotFound, *(refusal for status, refusal in REFUSALS.items() if status not in leads_on))


def decide(command: ProposalCommand, proposal: Proposal) -> Sequence[ProposalEvent]:
    """The events that follow from a command; none where it was already so."""
    if isinstance(command, ReceiveProposal):
        if proposal.status is not Status.ABSENT:
            raise ProposalAlreadyReceived
        return received(command)
    if proposal.status is Status.ABSENT:
        raise NotFound
    if ALREADY.get(type(command)) is proposal.status:
        return []
    if proposal.status not in FROM[type(command)]:
        raise REFUSALS[proposal.status]()
    return DECISIONS[type(command)](command, proposal)


PROPOSAL: Final = Decider(category="proposal", initial=Proposal(), decide=decide, evolve=evolve)
