"""What follows from deciding on a proposal, and from its proposer's withdrawal."""

from collections.abc import Sequence

from eventstore.protection import Sealed
from services.intake.domain.exclusions import CheckResult
from services.intake.domain.proposal.outcomes import (
    AbsorbProposal,
    AcceptProposal,
    ChecksMissing,
    ChecksUndecided,
    FindIneligible,
    MergeProposal,
    MergeTargetUnfit,
    MethodUnknown,
    NoSuchHit,
    ProposalAbsorbed,
    ProposalAccepted,
    ProposalFoundIneligible,
    ProposalMerged,
    ProposalPledgePending,
    ProposalRedirected,
    ProposalSplit,
    ProposalWithdrawn,
    RedirectProposal,
    SplitProposal,
    TooFewParts,
    WithdrawProposal,
)
from services.intake.domain.proposal.state import Proposal


def accept(command: AcceptProposal, proposal: Proposal) -> Sequence[ProposalAccepted]:
    """Accepted where pledges are declared and every check that the pack asks for is clear."""
    if proposal.pledges_pending:
        raise ProposalPledgePending("誓約・確認事項がまだ確認されていないため、受理できません。")
    missing = len(command.required - proposal.checks.keys())
    if missing:
        raise ChecksMissing(f"対象外の要件について、確認していないものが{missing}件あるため、受理できません。")
    if any(proposal.checks[ground] is not CheckResult.CLEAR for ground in command.required):
        raise ChecksUndecided("対象外の要件に「該当」または「不明」の確認結果があるため、受理できません。")
    return [ProposalAccepted(accepted_on=command.accepted_on)]


def find_ineligible(command: FindIneligible, proposal: Proposal) -> Sequence[ProposalFoundIneligible]:
    """Ineligible where a check has hit the rule and clause that are named."""
    if proposal.checks.get((command.about, command.rule, command.clause)) is not CheckResult.HIT:
        raise NoSuchHit("この要件に「該当」とした確認の記録がないため、対象外と決定できません。")
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


def redirect(command: RedirectProposal, _: Proposal) -> Sequence[ProposalRedirected]:
    """Another way is shown."""
    if command.method is not None and command.method not in command.methods:
        raise MethodUnknown("この連携手法は、現在の運用ルールにありません。")
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


def merge(command: MergeProposal, _: Proposal) -> Sequence[ProposalMerged]:
    """It goes on in the other one."""
    if not command.can_absorb:
        raise MergeTargetUnfit("まとめる先の提案がないか、すでに決定しているため、まとめられません。")
    return [ProposalMerged(merged_on=command.merged_on, into=command.into)]


def absorb(command: AbsorbProposal, proposal: Proposal) -> Sequence[ProposalAbsorbed]:
    """The other one goes on in it."""
    if command.proposal_id in proposal.absorbed:
        return []
    return [ProposalAbsorbed(absorbed_on=command.absorbed_on, proposal_id=command.proposal_id)]


def split(command: SplitProposal, _: Proposal) -> Sequence[ProposalSplit]:
    """It goes on in its parts."""
    if len(set(command.parts)) < 2:
        raise TooFewParts("提案を分けるには、二つ以上の提案が必要です。")
    return [ProposalSplit(split_on=command.split_on, parts=command.parts)]
