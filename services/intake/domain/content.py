"""What a proposer hands in, in the words of the form (`wire.md`): plain values, protected only once they are events."""

from dataclasses import dataclass
from enum import StrEnum, unique
from uuid import UUID

from desk.packs.codes import PledgeCode, ProposalKind, ProposerKind, Purpose


@unique
class Support(StrEnum):
    """What a proposer wants of the city (市の役割): field, data, publicity, a look at rules, a base."""

    FIELD = "field"
    DATA = "data"
    PUBLICITY = "publicity"
    REGULATION_REVIEW = "regulation_review"
    BASE = "base"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposer:
    """Who proposes. `corporate_number`: 13 digits (法人番号), None where there is none; then perhaps why."""

    kind: ProposerKind
    name: str
    corporate_number: str | None
    corporate_number_absent_reason: str | None
    address: str | None
    representative: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Whom to ask. `affiliation` is the department of the contact person, or where someone who asks belongs to."""

    affiliation: str | None
    name: str
    phone: str | None
    email: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Merits:
    """What each side gains."""

    city: str | None
    citizens: str | None
    proposer: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """What each side would do."""

    city: str | None
    proposer: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Yen in all and the city's share of it; None where nothing is said."""

    total_yen: int | None
    city_share_yen: int | None
    bearer: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """How success would be seen."""

    name: str
    baseline: str | None
    target: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A claim that a field is confidential (N4), made with the submission: its date is the submission's."""

    field: str
    reason: str
    on_condition_of_non_publication: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalContent:
    """A proposal as handed in. Texts are kept to the letter; numbers, phone and mail are normalised."""

    kind: ProposalKind
    call_id: UUID | None
    title: str
    summary: str
    problem: str | None
    purposes: tuple[Purpose, ...]
    proposer: Proposer
    contact: Contact
    merits: Merits | None
    roles: Roles | None
    support_wanted: tuple[Support, ...]
    period: str | None
    place: str | None
    cost: Cost | None
    indicators: tuple[Indicator, ...]
    track_record: str | None
    handles_personal_data: bool | None
    third_party_ip: tuple[str, ...]
    claims: tuple[Claim, ...]
    may_be_published: bool | None
    pledges: tuple[PledgeCode, ...]
    terms_version: str | None
    attachments: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InquiryContent:
    """An inquiry (相談・問合せ): lighter than a proposal, and convertible into one later."""

    proposer: Proposer | None
    contact: Contact
    subject: str
    content: str
