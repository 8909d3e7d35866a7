"""What follows from deciding on a proposal, and from its proposer's withdrawal."""

from collections.abc import Sequence

from eventstore.protection import Sealed
from services.intake.domain.exclusions import CheckResult, PeriodOver
from services.intake.domain.parties import Likeness, likeness
from services.intake.domain.proposal.lineage import (
    AbsorbProposal,
    MergeAcrossCalls,
    MergeOfOthers,
    MergeProposal,
    MergeTargetUnfit,
    ProposalAbsorbed,
    ProposalMerged,
    ProposalSplit,
    SplitProposal,
    TooFewParts,
)
from services.intake.domain.proposal.outcomes import (
    AcceptProposal,
    ChecksMissing,
    ChecksUndecided,
    FindIneligible,
    MethodUnknown,
    NoSuchHit,
    PoliceInquiryHit,
    PoliceInquiryOpen,
    PoliceStanding,
    ProposalAccepted,
    ProposalFoundIneligible,
    ProposalPledgePending,
    ProposalRedirected,
    ProposalWithdrawn,
    RedirectProposal,
    WithdrawProposal,
)
from services.intake.domain.proposal.state import Proposal


def accept(command: AcceptProposal, proposal: Proposal) -> Sequence[ProposalAccepted]:
    """Accepted where pledges are declared, every check that the pack asks for is clear, and the police said nothing."""
    if proposal.pledges_pending:
        raise ProposalPledgePending
    missing = len(command.required - proposal.checks.keys())
    if missing:
        raise ChecksMissing(f"対象外の要件について、確認していないものが{missing}件あるため、受理できません。")
    if any(proposal.checks[ground].result is not CheckResult.CLEAR for ground in command.required):
        raise ChecksUndecided
    if command.police is PoliceStanding.HIT:
        raise PoliceInquiryHit
    if command.police is PoliceStanding.OPEN:
        raise PoliceInquiryOpen
    return [ProposalAccepted(accepted_on=command.accepted_on)]


def find_ineligible(command: FindIneligible, proposal: Proposal) -> Sequence[ProposalFoundIneligible]:
    """Ineligible where a check has hit the rule and clause that are named and its period runs, or the police have."""
    _require_hit(command, proposal)
    return [
        ProposalFoundIneligible(
            decided_on=command.decided_on,
            about=command.about,
            rule=Sealed(command.rule),
            clause=Sealed(command.clause),
            grounds=Sealed(command.grounds),
            decider=Sealed(command.decider),
            approval_reference=Sealed(command.approval_reference),
        )
    ]


def _require_hit(command: FindIneligible, proposal: Proposal) -> None:
    ground = (command.about, command.rule, command.clause)
    if ground in command.police_hits:
        return
    found = proposal.checks.get(ground)
    if found is None or found.result is not CheckResult.HIT:
        raise NoSuchHit
    if found.barred_until is not None and found.barred_until < command.decided_on:
        raise PeriodOver("この要件の期間はすでに終わっているため、対象外と決定できません。")


def redirect(command: RedirectProposal, _: Proposal) -> Sequence[ProposalRedirected]:
    """Another way is shown."""
    if command.method is not None and command.method not in command.methods:
        raise MethodUnknown
    return [
        ProposalRedirected(
            redirected_on=command.redirected_on,
            destination=command.destination,
            method=command.method,
            reference=Sealed(command.reference),
            explanation=Sealed(command.explanation),
        )
    ]


def withdraw(command: WithdrawProposal, _: Proposal) -> Sequence[ProposalWithdrawn]:
    """Withdrawn, whatever was being done with it."""
    return [ProposalWithdrawn(withdrawn_on=command.withdrawn_on, explanation=Sealed(command.explanation))]


def merge(command: MergeProposal, proposal: Proposal) -> Sequence[ProposalMerged]:
    """It goes on in the other one, which comes from the same party and answers the same call, or none like it."""
    target = command.target
    if target is None:
        raise MergeTargetUnfit
    if (target.kind, target.call_id) != (proposal.kind, proposal.call_id):
        raise MergeAcrossCalls
    alike = likeness(proposal.party, target.party)
    if alike is Likeness.NONE:
        raise MergeOfOthers("提案者が違う提案を、一つにまとめることはできません。")
    if alike is Likeness.POSSIBLE and not command.same_party_confirmed:
        raise MergeOfOthers("提案者の名称だけが一致しています。同じ提案者であることを確かめてから、まとめてください。")
    return [ProposalMerged(merged_on=command.merged_on, into=command.into)]


def absorb(command: AbsorbProposal, proposal: Proposal) -> Sequence[ProposalAbsorbed]:
    """The other one goes on in it."""
    if command.proposal_id in proposal.absorbed:
        return []
    return [ProposalAbsorbed(absorbed_on=command.absorbed_on, proposal_id=command.proposal_id)]


def split(command: SplitProposal, _: Proposal) -> Sequence[ProposalSplit]:
    """It goes on in its parts."""
    if len(set(command.parts)) < 2:
        raise TooFewParts
    return [ProposalSplit(split_on=command.split_on, parts=command.parts)]
