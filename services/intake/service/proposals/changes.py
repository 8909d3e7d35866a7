"""What changes about a proposal meanwhile, entered at the window: contact, name, proposer, and answers to claims."""

from typing import Any
from uuid import uuid5

from desk.permissions import Permission
from eventstore.nameko import staff_rpc
from eventstore.records import StreamId
from services.intake.domain.proposal import PROPOSAL
from services.intake.domain.proposal.changes import (
    AnswerClaims,
    ChangeContact,
    NotClaimed,
    RenameProposer,
    RenewAccessCode,
    SucceedProposer,
    SuccessorNotTaken,
)
from services.intake.domain.proposal.decider import standing_refusals
from services.intake.domain.receipts import access_code
from services.intake.queries.records import code_generation
from services.intake.schemas.proposals import changes as forms
from services.intake.schemas.proposals.screening import OfProposal
from services.intake.schemas.proposals.words import WORDS
from services.intake.service.proposals.counter import ProposalCounter


class ProposalChanges(ProposalCounter):
    """What may change wherever a proposal stands."""

    @staff_rpc(
        permission=Permission.PROPOSAL_SCREEN,
        takes=forms.ContactChangeForm,
        refuses=standing_refusals(ChangeContact),
        problems=("in_the_future",),
    )
    def change_contact(self, **arguments: Any) -> dict[str, Any]:
        """Names somebody else to be asked about a proposal.

        proposal_id: as `receive_proposal` gave it. changed_on: since when, today unless named. contact: as in
        `receive_proposal`.

        Gives the event.
        """
        stated: forms.ContactChange = self.stated(forms.ContactChangeForm(), arguments)
        command = ChangeContact(
            changed_on=self.day(stated.changed_on, "changed_on", WORDS),
            contact_id=uuid5(stated.command_id, "contact"),
            contact=stated.contact,
        )
        return self.on_proposal(stated, command, arguments)

    @staff_rpc(
        permission=Permission.PROPOSAL_SCREEN,
        takes=forms.RenamingForm,
        refuses=standing_refusals(RenameProposer),
        problems=("in_the_future",),
    )
    def rename_proposer(self, **arguments: Any) -> dict[str, Any]:
        """Notes that a proposer, still the same, has another name, address or representative (商号変更など).

        proposal_id: as `receive_proposal` gave it. renamed_on: since when, today unless named. name, address,
        representative: as they are from then on, all three.

        Gives the event.
        """
        stated: forms.Renaming = self.stated(forms.RenamingForm(), arguments)
        command = RenameProposer(
            renamed_on=self.day(stated.renamed_on, "renamed_on", WORDS),
            proposer_id=uuid5(stated.command_id, "proposer"),
            representative_id=uuid5(stated.command_id, "representative"),
            name=stated.name,
            address=stated.address,
            representative=stated.representative,
        )
        return self.on_proposal(stated, command, arguments)

    @staff_rpc(
        permission=Permission.PROPOSAL_SCREEN,
        takes=forms.SuccessionForm,
        refuses=(*standing_refusals(SucceedProposer), SuccessorNotTaken),
        problems=("in_the_future",),
    )
    def succeed_proposer(self, **arguments: Any) -> dict[str, Any]:
        """Puts another in a proposer's place (承継); what was checked of the proposer has to be checked again.

        proposal_id: as `receive_proposal` gave it. succeeded_on: since when, today unless named. ground: how it came.
        proposer: as in `receive_proposal`. evidence: what shows it.

        The access code of before opens nothing any more: the receipt slip shows the new one. Nor does any letter's code
        until `change_contact` says whom the successor names.

        Gives the event.
        """
        stated: forms.Succession = self.stated(forms.SuccessionForm(), arguments)
        proposers = self.office.pack().proposers
        command = SucceedProposer(
            succeeded_on=self.day(stated.succeeded_on, "succeeded_on", WORDS),
            ground=stated.ground,
            proposer_id=uuid5(stated.command_id, "proposer"),
            representative_id=uuid5(stated.command_id, "representative"),
            proposer=stated.proposer,
            evidence=stated.evidence,
            taken=frozenset(kind for kind, rule in proposers.items() if rule.accepted),
        )
        return self.on_proposal(stated, command, arguments)

    @staff_rpc(
        permission=Permission.PROPOSAL_SCREEN,
        takes=forms.CodeRenewalForm,
        refuses=standing_refusals(RenewAccessCode),
    )
    def renew_access_code(self, **arguments: Any) -> dict[str, Any]:
        """Replaces a proposal's access code (確認番号), which somebody else may know: the one before opens nothing.

        proposal_id: as `receive_proposal` gave it. reason: why; required here.

        Gives the event, and the new `access_code` to hand out: the same at every repetition, though it too may have
        been replaced since.
        """
        stated: OfProposal = self.stated(forms.CodeRenewalForm(), arguments)
        told = self.on_proposal(stated, RenewAccessCode(renewed_on=self.office.today()), arguments)
        renewed = self.office.store.load(StreamId(PROPOSAL.category, stated.proposal_id))
        as_of = renewed.events[: told["events"][0]["version"]]
        code = access_code(self.desk.reception.keys, stated.proposal_id, code_generation(as_of))
        return {**told, "access_code": code}

    @staff_rpc(
        permission=Permission.CLAIM_ANSWER,
        takes=forms.ClaimAnswersForm,
        refuses=(*standing_refusals(AnswerClaims), NotClaimed),
    )
    def answer_claims(self, **arguments: Any) -> dict[str, Any]:
        """Says how the city looks for the time being at claims of confidentiality (非公開の申出).

        proposal_id: as `receive_proposal` gave it. answers: for each `field` an `answer` and its `explanation`; what
        is disclosed is decided only when disclosure is asked for.

        Gives the event.
        """
        stated: forms.ClaimAnswers = self.stated(forms.ClaimAnswersForm(), arguments)
        command = AnswerClaims(answered_on=self.office.today(), answers=stated.answers)
        return self.on_proposal(stated, command, arguments)
