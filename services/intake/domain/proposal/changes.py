"""What changes about a proposal wherever it stands: whom to ask, who proposes, flags, claims of confidentiality."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum, unique
from typing import Annotated
from uuid import UUID

from desk.packs.codes import ProposerKind
from eventstore.errors import Refusal
from eventstore.protection import Business, Deliberation, Internal, Sealed, personal
from services.intake.domain.content import Claim, Contact, Proposer
from services.intake.domain.event_types import EVENTS
from services.intake.domain.parties import found_by_name


@unique
class SuccessionGround(StrEnum):
    """How another came to stand in a proposer's place."""

    MERGER = "merger"
    COMPANY_SPLIT = "company_split"
    BUSINESS_TRANSFER = "business_transfer"
    INHERITANCE = "inheritance"
    OTHER = "other"


@unique
class ClaimAnswer(StrEnum):
    """How the city looks at a claim for the time being; what is disclosed is decided when disclosure is asked for."""

    LIKELY = "likely"
    PARTLY = "partly"
    UNLIKELY = "unlikely"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredClaim:
    """The answer to the claim on one field."""

    field: str
    answer: ClaimAnswer
    explanation: str


@EVENTS.event(category="proposal", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class ContactChanged:
    """Somebody else is to be asked from a day on. contact_id: a new random id, with a data key of its own."""

    changed_on: date
    contact_id: UUID
    contact_affiliation: Annotated[Sealed[str | None], personal(of="contact_id")]
    contact_name: Annotated[Sealed[str], personal(of="contact_id")]
    contact_phone: Annotated[Sealed[str | None], personal(of="contact_id", blind_index="phone")]
    contact_email: Annotated[Sealed[str | None], personal(of="contact_id", blind_index="email")]


@EVENTS.event(category="proposal", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class ProposerRenamed:
    """The proposer has another name, address or representative and is still the same (商号変更など)."""

    renamed_on: date
    proposer_id: UUID
    representative_id: UUID
    proposer_name: Annotated[Sealed[str], found_by_name(of="proposer_id")]
    proposer_address: Annotated[Sealed[str | None], personal(of="proposer_id")]
    representative: Annotated[Sealed[str | None], personal(of="representative_id")]


@EVENTS.event(category="proposal", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class ProposerSucceeded:
    """Another stands in the proposer's place (承継), and the access code of before opens nothing any more.

    evidence: what shows it.
    """

    succeeded_on: date
    ground: SuccessionGround
    proposer_kind: ProposerKind
    proposer_id: UUID
    representative_id: UUID
    proposer_name: Annotated[Sealed[str], found_by_name(of="proposer_id")]
    corporate_number: Annotated[Sealed[str | None], personal(of="proposer_id", blind_index="corporate_number")]
    corporate_number_absent_reason: Annotated[Sealed[str | None], personal(of="proposer_id")]
    proposer_address: Annotated[Sealed[str | None], personal(of="proposer_id")]
    representative: Annotated[Sealed[str | None], personal(of="representative_id")]
    evidence: Internal[str]


@EVENTS.event(category="proposal", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class AccessCodeRenewed:
    """The access code (確認番号) was replaced: the one before opens nothing any more. Why stands in the envelope."""

    renewed_on: date


@EVENTS.event(category="proposal", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalFlagged:
    """A measure in the registers concerns the proposer (N6): signing is blocked; nothing is rejected by that.

    entry_id: the register entry.
    """

    entry_id: UUID
    flagged_on: date


@EVENTS.event(category="proposal", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalFlagCleared:
    """The measure was lifted, has ended, or does not concern this proposer."""

    entry_id: UUID
    cleared_on: date


@EVENTS.event(category="proposal", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class ConfidentialityClaimed:
    """The proposer claims after the submission that fields are confidential (N4): its date is this one's.

    The message stands as received in `SubmissionTaken`.
    """

    claimed_on: date
    claims: Business[tuple[Claim, ...]]


@EVENTS.event(category="proposal", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimsAnswered:
    """How the city looks at claims for the time being (N4); disclosure decides for itself."""

    answered_on: date
    answers: Deliberation[tuple[AnsweredClaim, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeContact:
    """Name somebody else to be asked."""

    changed_on: date
    contact_id: UUID
    contact: Contact = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameProposer:
    """Note a proposer's new name, address or representative."""

    renamed_on: date
    proposer_id: UUID
    representative_id: UUID
    name: str = field(repr=False)
    address: str | None = field(repr=False)
    representative: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SucceedProposer:
    """Put another in the proposer's place. taken: the kinds of proposers that the pack in force takes."""

    succeeded_on: date
    ground: SuccessionGround
    proposer_id: UUID
    representative_id: UUID
    proposer: Proposer = field(repr=False)
    evidence: str = field(repr=False)
    taken: frozenset[ProposerKind]


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewAccessCode:
    """Replace the access code."""

    renewed_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagProposal:
    """Flag a proposal for a measure."""

    entry_id: UUID
    flagged_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearProposalFlag:
    """Clear the flag of a measure."""

    entry_id: UUID
    cleared_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimConfidentiality:
    """Claim that fields are confidential."""

    claimed_on: date
    claims: tuple[Claim, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerClaims:
    """Say how the city looks at claims for the time being."""

    answered_on: date
    answers: tuple[AnsweredClaim, ...] = field(repr=False)


class SuccessorNotTaken(Refusal):
    """The city takes no proposals of this kind of proposer, so none can stand in a proposer's place."""

    code = "successor_not_taken"
    sentence = "この区分の方の提案は受け付けていないため、承継できません。"


class NotClaimed(Refusal):
    """Nobody claims that this field is confidential."""

    code = "not_claimed"
    sentence = "非公開の申出がない項目には回答できません。"
