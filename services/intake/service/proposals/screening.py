"""Screening (審査) at the window: begun, contact, checks, correction asked and entered, on hold, pledges."""

from typing import Any
from uuid import uuid5

from desk.permissions import Permission
from desk.portal.submissions import SubmissionErased
from eventstore.nameko import staff_rpc
from services.intake.counter import Entered
from services.intake.domain.exclusions import UNFIT, asked_by
from services.intake.domain.proposal.decider import standing_refusals
from services.intake.domain.proposal.screening import (
    BeginScreening,
    DayPassed,
    DeclarePledges,
    HoldProposal,
    NothingPending,
    RecordChecks,
    RecordContact,
    ResumeProposal,
    ReturnProposal,
    TermsNotInForce,
)
from services.intake.domain.proposal.submission import ProposalKindFixed, ResubmitProposal
from services.intake.schemas import CorrectionEntrySchema, ProposalSchema
from services.intake.schemas.proposals import screening as forms
from services.intake.schemas.proposals.words import WORDS
from services.intake.service.proposals.counter import ProposalCounter
from services.intake.service.reception import AGAINST_THE_RULES, LATE_OR_MISDIRECTED


class ProposalScreening(ProposalCounter):
    """What the desk does until a proposal is decided."""

    @staff_rpc(
        permission=Permission.PROPOSAL_SCREEN,
        takes=forms.OfProposalForm,
        refuses=standing_refusals(BeginScreening),
    )
    def begin_screening(self, **arguments: Any) -> dict[str, Any]:
        """Takes a proposal up for screening (審査の開始).

        proposal_id: as `receive_proposal` gave it.

        Gives the event; none where it is being screened already.
        """
        stated: forms.OfProposal = self.stated(forms.OfProposalForm(), arguments)
        return self.on_proposal(stated, BeginScreening(begun_on=self.office.today()), arguments)

    @staff_rpc(
        permission=Permission.PROPOSAL_SCREEN,
        takes=forms.ContactedForm,
        refuses=standing_refusals(RecordContact),
        problems=("in_the_future",),
    )
    def record_contact(self, **arguments: Any) -> dict[str, Any]:
        """Records that the desk was in touch with the proposer.

        proposal_id: as `receive_proposal` gave it. contacted_on: the day, today unless named. means: `counter`,
        `phone`, `mail`, `post` or `portal`. note: what was said.

        Gives the event.
        """
        stated: forms.Contacted = self.stated(forms.ContactedForm(), arguments)
        day = self.day(stated.contacted_on, "contacted_on", WORDS)
        command = RecordContact(contacted_on=day, means=stated.means, note=stated.note)
        return self.on_proposal(stated, command, arguments)

    @staff_rpc(
        permission=Permission.PROPOSAL_SCREEN,
        takes=forms.CheckedForm,
        refuses=(*standing_refusals(RecordChecks), *UNFIT),
    )
    def record_checks(self, **arguments: Any) -> dict[str, Any]:
        """Records what was checked of the exclusions (対象外の要件) that the pack in force names.

        proposal_id: as `receive_proposal` gave it. checks: each with `about`, `rule`, `clause` (where the rule has
        clauses), `basis`, `result`, `source`; of a hit its period, which is not over, and where a named person has to
        find it (a discretionary rule, a party deemed to fall under one, anything about the project) `grounds`,
        `decider` and `approval_reference`. All are recorded or none; the latest for the same clause counts, until the
        proposal is corrected or its proposer changes.

        Gives an event for each check.
        """
        stated: forms.Checked = self.stated(forms.CheckedForm(), arguments)
        command = RecordChecks(
            checked_on=self.office.today(),
            checks=stated.checks,
            check_ids=tuple(uuid5(stated.command_id, f"check/{n}") for n, _ in enumerate(stated.checks)),
            catalogue=asked_by(self.office.pack()),
        )
        return self.on_proposal(stated, command, arguments)

    @staff_rpc(
        permission=Permission.PROPOSAL_SCREEN,
        takes=forms.ReturnedForm,
        refuses=(*standing_refusals(ReturnProposal), DayPassed),
    )
    def return_proposal(self, **arguments: Any) -> dict[str, Any]:
        """Asks the proposer for a correction (補正の求め): the clock stops until it comes.

        proposal_id: as `receive_proposal` gave it. points: what is to be corrected, as the proposer will read it.
        answer_by: until when, if something is said about that.

        Gives the event.
        """
        stated: forms.Returned = self.stated(forms.ReturnedForm(), arguments)
        command = ReturnProposal(returned_on=self.office.today(), answer_by=stated.answer_by, points=stated.points)
        return self.on_proposal(stated, command, arguments)

    @staff_rpc(
        permission=Permission.PROPOSAL_SCREEN,
        reads=(CorrectionEntrySchema, ProposalSchema),
        refuses=(*standing_refusals(ResubmitProposal), ProposalKindFixed, SubmissionErased),
        problems=LATE_OR_MISDIRECTED + AGAINST_THE_RULES,
    )
    def resubmit_proposal(
        self, command_id: str, proposal_id: str, submission: dict[str, Any], channel: str,
        received_at: str | None = None, reason: str | None = None, expected_version: int | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """Enters a corrected proposal (補正) on its proposer's behalf, whole: the next edition.

        proposal_id: as `receive_proposal` gave it. submission, channel, received_at, reason: as in `receive_proposal`;
        kind and call stay what they were.

        At `proposer.kind` the city's pack may refuse with a code and a sentence of its own.

        Gives the event, `edition`, `resubmitted_on`, and `content_receipt` (`nonce`, `sha256`).
        """
        self.office.reading(self.token, Permission.PROPOSAL_READ)
        stated = {
            "command_id": command_id, "proposal_id": proposal_id, "channel": channel, "received_at": received_at,
            "reason": reason, "expected_version": expected_version,
        }  # fmt: skip
        told: dict[str, Any] = self.desk.counter.enter_correction(Entered(submission, stated), self.actor)
        return told

    @staff_rpc(
        permission=Permission.PROPOSAL_SCREEN,
        takes=forms.HeldForm,
        refuses=(*standing_refusals(HoldProposal), DayPassed),
    )
    def hold_proposal(self, **arguments: Any) -> dict[str, Any]:
        """Puts a screening on hold (保留).

        proposal_id: as `receive_proposal` gave it. reason: why; required here. review_on: when it is looked at again.

        Gives the event; none where it is on hold already.
        """
        stated: forms.Held = self.stated(forms.HeldForm(), arguments)
        command = HoldProposal(held_on=self.office.today(), review_on=stated.review_on)
        return self.on_proposal(stated, command, arguments)

    @staff_rpc(
        permission=Permission.PROPOSAL_SCREEN,
        takes=forms.OfProposalForm,
        refuses=standing_refusals(ResumeProposal),
    )
    def resume_proposal(self, **arguments: Any) -> dict[str, Any]:
        """Goes on with a screening that was on hold, or without the correction that was asked for (補正の求めの撤回).

        proposal_id: as `receive_proposal` gave it. reason: why, if something is to be said.

        Gives the event; none where it is being screened already.
        """
        stated: forms.OfProposal = self.stated(forms.OfProposalForm(), arguments)
        return self.on_proposal(stated, ResumeProposal(resumed_on=self.office.today()), arguments)

    @staff_rpc(
        permission=Permission.PROPOSAL_SCREEN,
        takes=forms.PledgedForm,
        refuses=(*standing_refusals(DeclarePledges), NothingPending, TermsNotInForce),
    )
    def declare_pledges(self, **arguments: Any) -> dict[str, Any]:
        """Records that the proposer declared pledges and terms that were pending (誓約・確認事項).

        proposal_id: as `receive_proposal` gave it. pledges: those declared now, beside those of before. terms_version:
        the version acknowledged, which has to be the one in force.

        Gives the event; none where it adds nothing.
        """
        stated: forms.Pledged = self.stated(forms.PledgedForm(), arguments)
        pack = self.office.pack()
        command = DeclarePledges(
            declared_on=self.office.today(),
            pledges=stated.pledges,
            terms_version=stated.terms_version,
            required=pack.required_pledges,
            terms_in_force=pack.terms.version,
        )
        return self.on_proposal(stated, command, arguments)
