"""What becomes of a proposal, decided at the window: accepted, ineligible, redirected, withdrawn on request."""

from typing import Any

from desk.office import NotPermitted
from desk.permissions import Permission
from eventstore.nameko import staff_rpc
from eventstore.records import StreamId
from services.intake.domain.exclusions import Ground, PeriodOver, asked_by
from services.intake.domain.proposal import PROPOSAL
from services.intake.domain.proposal.decider import standing_refusals
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
    ProposalPledgePending,
    RedirectProposal,
    WithdrawProposal,
)
from services.intake.queries.police import police_standing
from services.intake.schemas.proposals import outcomes as forms
from services.intake.schemas.proposals.screening import OfProposal, OfProposalForm
from services.intake.service.proposals.counter import ProposalCounter


class ProposalOutcomes(ProposalCounter):
    """What ends a screening."""

    @staff_rpc(
        permission=Permission.PROPOSAL_ACCEPT,
        takes=OfProposalForm,
        refuses=(
            *standing_refusals(AcceptProposal),
            ProposalPledgePending,
            ChecksMissing,
            ChecksUndecided,
            PoliceInquiryHit,
            PoliceInquiryOpen,
        ),
    )
    def accept_proposal(self, **arguments: Any) -> dict[str, Any]:
        """Accepts a proposal (受理): matching opens its case by itself.

        proposal_id: as `receive_proposal` gave it. reason: why, if something is to be said.

        Every exclusion that the pack in force names must have been checked and found clear; a pack without any asks
        for none. For a caller with `police.inquire` it is also looked up, which is on record, whether the police were
        asked about the proposal and have answered otherwise than that it applies; nobody else learns anything of that.

        Gives the event; none where the proposal was accepted before.
        """
        stated: OfProposal = self.stated(OfProposalForm(), arguments)
        command = AcceptProposal(
            accepted_on=self.office.today(),
            required=frozenset(asked_by(self.office.pack())),
            police=self._said_by_police(stated, "受理の判断のため"),
        )
        return self.on_proposal(stated, command, arguments)

    @staff_rpc(
        permission=Permission.PROPOSAL_DECIDE,
        takes=forms.IneligibilityForm,
        refuses=(*standing_refusals(FindIneligible), NoSuchHit, PeriodOver),
    )
    def find_ineligible(self, **arguments: Any) -> dict[str, Any]:
        """Decides that an exclusion applies which a check has hit, and whose period is not over (対象外の決定).

        proposal_id: as `receive_proposal` gave it. about, rule, clause: as in the check. grounds: why, as the proposer
        will read it. decider: who decided. approval_reference: of the approval (決裁番号).

        Of an exclusion that the police are asked about, a caller with `police.inquire` needs no check: their answer
        stands where they were asked, that it is looked up there is on record, and no copy of it is kept here.

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
            police_hits=self._hit_by_police(stated),
        )
        return self.on_proposal(stated, command, arguments)

    def _hit_by_police(self, stated: forms.Ineligibility) -> frozenset[Ground]:
        """The ground that is stated, where it is the police's to say and they said that it applies."""
        ground: Ground = (stated.about, stated.rule, stated.clause)
        asked = asked_by(self.office.pack()).get(ground)
        if asked is None or not asked.asked_of_police:
            return frozenset()
        said = self._said_by_police(stated, "対象外の決定のため")
        return frozenset({ground}) if said is PoliceStanding.HIT else frozenset()

    def _said_by_police(self, stated: OfProposal, purpose: str) -> PoliceStanding:
        """What the police said; for whoever may not know of it nothing is looked up."""
        try:
            knowing = self.office.acting(self.token, Permission.POLICE_INQUIRE)
        except NotPermitted:
            return PoliceStanding.NOTHING
        return police_standing(self.office, StreamId(PROPOSAL.category, stated.proposal_id), knowing, purpose)

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
