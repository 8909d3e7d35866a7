"""What is recorded of a company that the desk knows."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, TypeAlias
from uuid import UUID

from desk.packs.codes import ProposerKind
from eventstore.protection import Business, Public, Sealed, personal
from services.intake.domain.event_types import EVENTS
from services.intake.domain.parties import NUMBER_INDEX, found_by_name


@EVENTS.event(category="company", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyRegistered:
    """A company stands in the register from a day on.

    subjects: the fields (分野) that interest it, codes of the policy pack. wants_notices: of new calls. company_id,
    representative_id, contact_id: each with a data key of its own, so that one person can be erased without the
    company. profile: what it can do, in its own words.
    """

    registered_on: date
    kind: ProposerKind
    subjects: tuple[Public[str], ...]
    wants_notices: bool
    company_id: UUID
    representative_id: UUID
    contact_id: UUID
    company_name: Annotated[Sealed[str], found_by_name(of="company_id")]
    corporate_number: Annotated[Sealed[str | None], personal(of="company_id", blind_index=NUMBER_INDEX)]
    corporate_number_absent_reason: Annotated[Sealed[str | None], personal(of="company_id")]
    address: Annotated[Sealed[str | None], personal(of="company_id")]
    representative: Annotated[Sealed[str | None], personal(of="representative_id")]
    contact_affiliation: Annotated[Sealed[str | None], personal(of="contact_id")]
    contact_name: Annotated[Sealed[str], personal(of="contact_id")]
    contact_phone: Annotated[Sealed[str | None], personal(of="contact_id", blind_index="phone")]
    contact_email: Annotated[Sealed[str | None], personal(of="contact_id", blind_index="email")]
    profile: Business[str | None]


@EVENTS.event(category="company", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyProfileChanged:
    """The whole profile as it stands from a day on; the fields are those of `CompanyRegistered`.

    Whether it wants notices is not among them: that changes only where somebody says so. contact_id,
    representative_id: new ones where it is another person.
    """

    changed_on: date
    kind: ProposerKind
    subjects: tuple[Public[str], ...]
    company_id: UUID
    representative_id: UUID
    contact_id: UUID
    company_name: Annotated[Sealed[str], found_by_name(of="company_id")]
    corporate_number: Annotated[Sealed[str | None], personal(of="company_id", blind_index=NUMBER_INDEX)]
    corporate_number_absent_reason: Annotated[Sealed[str | None], personal(of="company_id")]
    address: Annotated[Sealed[str | None], personal(of="company_id")]
    representative: Annotated[Sealed[str | None], personal(of="representative_id")]
    contact_affiliation: Annotated[Sealed[str | None], personal(of="contact_id")]
    contact_name: Annotated[Sealed[str], personal(of="contact_id")]
    contact_phone: Annotated[Sealed[str | None], personal(of="contact_id", blind_index="phone")]
    contact_email: Annotated[Sealed[str | None], personal(of="contact_id", blind_index="email")]
    profile: Business[str | None]


@EVENTS.event(category="company", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class NoticesWanted:
    """The company wants notices of new calls from a day on."""

    wanted_on: date


@EVENTS.event(category="company", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class NoticesEnded:
    """No more notices go to the company: by the code of one, because it told the desk so, or as nobody is reached."""

    ended_on: date


@EVENTS.event(category="company", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class CallNoticed:
    """A notice of a call that opened was written to the company; what becomes of it stands in the letter's stream."""

    call_id: UUID
    letter_id: UUID


@EVENTS.event(category="company", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyRemoved:
    """The register shows the company no more; why stands in the envelope's reason."""

    removed_on: date


ProfileStated: TypeAlias = CompanyRegistered | CompanyProfileChanged
CompanyEvent: TypeAlias = ProfileStated | NoticesWanted | NoticesEnded | CallNoticed | CompanyRemoved
