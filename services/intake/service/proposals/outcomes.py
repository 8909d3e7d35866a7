"""What becomes of a proposal, decided at the window: accepted, ineligible, redirected, withdrawn on request."""

from typing import Any

from desk.permissions import Permission
from eventstore.nameko import staff_rpc
from services.intake.domain.exclusions import asked_by
from services.intake.domain.proposal.decider import standing_refusals
from services.intake.domain.proposal.outcomes import (
    AcceptProposal,
    ChecksMissing,
    ChecksUndecided,
    FindIneligible,
    MethodUnknown,
    NoSuchHit,
    ProposalPledgePending,
    RedirectProposal,
    WithdrawProposal,
)
from services.intake.schemas.proposals import outcomes as forms
from services.intake.schemas.proposals.screening import OfProposal, OfProposalForm
from services.intake.service.proposals.counter import ProposalCounter


class ProposalOutcomes(ProposalCounter):
    """What ends a screening."""

    @staff_rpc(
        permission=Permission.PROPOSAL_ACCEPT,
        takes=OfProposalForm,
        refuses=(*standing_refusals(AcceptProposal), ProposalPledgePending, ChecksMissing, ChecksUndecided),
    )
    def accept_proposal(self, **arguments: Any) -> dict[str, Any]:
        """Accepts a proposal (受理): matching opens its case by itself.

        proposal_id: as `receive_proposal` gave it. reason: why, if something is to be said.

        Every exclusion that the pack in force names must have been checked and found clear; a pack without any asks
        for none.

        Gives the event; none where the proposal was accepted before.
        """
        stated: OfProposal = self.stated(OfProposalForm(), arguments)
        required = frozenset(asked_by(self.office.pack()))
        return self.on_proposal(stated, AcceptProposal(accepted_on=self.office.today(), required=required), arguments)

    @staff_rpc(
        permission=Permission.PROPOSAL_DECIDE,
        takes=forms.IneligibilityForm,
        refuses=(*standing_refusals(FindIneligible), NoSuchHit),
    )
    def find_ineligible(self, **arguments: Any) -> dict[str, Any]:
        """Decides that an exclusion applies which a check has hit (対象外の決定).

        proposal_id: as `receive_proposal` gave it. about, rule, clause: as in the check. grounds: why, as the proposer
        will read it. decider: who decided. approval_reference: of the approval (決裁番号).

        Gives the event.
        """
        stated: forms.Ineligibility = self.stated(forms.IneligibilityForm(), arguments)
        command = FindIneligible(
            decided_on=self.office.today(),
            about=stated.about,
            rule=stated.rule,
            clause=stated.clause,
            grounds=stated.grounds,
            decider=stated.decider,
            approval_reference=stated.approval_reference,
        )
        return self.on_proposal(stated, command, arguments)

    @staff_rpc(
        permission=Permission.PROPOSAL_DECIDE,
        takes=forms.RedirectionForm,
        refuses=(*standing_refusals(RedirectProposal), MethodUnknown),
    )
    def redirect_proposal(self, **arguments: Any) -> dict[str, Any]:
        """Shows the proposer another way: an inquiry, the citizens' channel, a procurement.

        proposal_id: as `receive_proposal` gave it. destination: which way. method: a code of the pack's other ways of
        working together (その他連携手法), if one is meant. reference: of the procurement, or of where it went.
        explanation: what the proposer will read.

        Gives the event.
        """
        stated: forms.Redirection = self.stated(forms.RedirectionForm(), arguments)
        command = RedirectProposal(
            redirected_on=self.office.today(),
            destination=stated.destination,
            method=stated.method,
            methods=frozenset(self.office.pack().methods),
            reference=stated.reference,
            explanation=stated.explanation,
        )
        return self.on_proposal(stated, command, arguments)

    @staff_rpc(
        permission=Permission.PROPOSAL_SCREEN,
        takes=forms.WithdrawalForm,
        refuses=standing_refusals(WithdrawProposal),
    )
    def withdraw_proposal(self, **arguments: Any) -> dict[str, Any]:
        """Withdraws a proposal as its proposer asked the desk to (取下げ).

        proposal_id: as `receive_proposal` gave it. reason: how the proposer asked; required here. explanation: what
        the proposer said, if anything.

        Gives the event; none where it was withdrawn before.
        """
        stated: forms.Withdrawal = self.stated(forms.WithdrawalForm(), arguments)
        command = WithdrawProposal(withdrawn_on=self.office.today(), explanation=stated.explanation)
        return self.on_proposal(stated, command, arguments)
