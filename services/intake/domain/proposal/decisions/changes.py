"""What follows from changes that may come wherever a proposal stands."""

from collections.abc import Sequence

from eventstore.protection import Sealed
from services.intake.domain.content import Contact
from services.intake.domain.proposal.changes import (
    AccessCodeRenewed,
    AnswerClaims,
    ChangeContact,
    ClaimConfidentiality,
    ClaimsAnswered,
    ClearProposalFlag,
    ConfidentialityClaimed,
    ContactChanged,
    FlagProposal,
    NotClaimed,
    ProposalFlagCleared,
    ProposalFlagged,
    ProposerRenamed,
    ProposerSucceeded,
    RenameProposer,
    RenewAccessCode,
    SucceedProposer,
    SuccessorNotTaken,
)
from services.intake.domain.proposal.state import Proposal


def change_contact(command: ChangeContact, _: Proposal) -> Sequence[ContactChanged]:
    """Somebody else is asked from now on."""
    contact: Contact = command.contact
    return [
        ContactChanged(
            changed_on=command.changed_on,
            contact_id=command.contact_id,
            contact_affiliation=Sealed(contact.affiliation),
            contact_name=Sealed(contact.name),
            contact_phone=Sealed(contact.phone),
            contact_email=Sealed(contact.email),
        )
    ]


def rename_proposer(command: RenameProposer, _: Proposal) -> Sequence[ProposerRenamed]:
    """The same proposer by another name."""
    return [
        ProposerRenamed(
            renamed_on=command.renamed_on,
            proposer_id=command.proposer_id,
            representative_id=command.representative_id,
            proposer_name=Sealed(command.name),
            proposer_address=Sealed(command.address),
            representative=Sealed(command.representative),
        )
    ]


def succeed_proposer(command: SucceedProposer, _: Proposal) -> Sequence[ProposerSucceeded]:
    """Another in the proposer's place."""
    proposer = command.proposer
    if proposer.kind not in command.taken:
        raise SuccessorNotTaken
    return [
        ProposerSucceeded(
            succeeded_on=command.succeeded_on,
            ground=command.ground,
            proposer_kind=proposer.kind,
            proposer_id=command.proposer_id,
            representative_id=command.representative_id,
            proposer_name=Sealed(proposer.name),
            corporate_number=Sealed(proposer.corporate_number),
            corporate_number_absent_reason=Sealed(proposer.corporate_number_absent_reason),
            proposer_address=Sealed(proposer.address),
            representative=Sealed(proposer.representative),
            evidence=Sealed(command.evidence),
        )
    ]


def renew_access_code(command: RenewAccessCode, _: Proposal) -> Sequence[AccessCodeRenewed]:
    """The next code opens it from now on, and no other."""
    return [AccessCodeRenewed(renewed_on=command.renewed_on)]


def flag(command: FlagProposal, proposal: Proposal) -> Sequence[ProposalFlagged]:
    """Flagged once for each measure."""
    if command.entry_id in proposal.flags:
        return []
    return [ProposalFlagged(entry_id=command.entry_id, flagged_on=command.flagged_on)]


def clear_flag(command: ClearProposalFlag, proposal: Proposal) -> Sequence[ProposalFlagCleared]:
    """Cleared where it stands."""
    if command.entry_id not in proposal.flags:
        return []
    return [ProposalFlagCleared(entry_id=command.entry_id, cleared_on=command.cleared_on)]


def claim(command: ClaimConfidentiality, _: Proposal) -> Sequence[ConfidentialityClaimed]:
    """A later claim, with a date of its own."""
    return [ConfidentialityClaimed(claimed_on=command.claimed_on, claims=Sealed(command.claims))]


def answer_claims(command: AnswerClaims, proposal: Proposal) -> Sequence[ClaimsAnswered]:
    """How the city looks at claims that were made."""
    if any(answered.field not in proposal.claimed for answered in command.answers):
        raise NotClaimed
    return [ClaimsAnswered(answered_on=command.answered_on, answers=Sealed(command.answers))]
