"""What may be asked of the register of companies; days and ids are given."""

from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias
from uuid import UUID

from services.intake.domain.content import Contact, Proposer
from services.intake.domain.party_rules import PartyRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What is stated of a company. subjects: the fields (分野) that interest it. strengths: what it can do."""

    proposer: Proposer = field(repr=False)
    contact: Contact = field(repr=False)
    subjects: tuple[str, ...]
    strengths: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterCompany:
    """Enter a company. number_taken: whether another one stands in the register under its corporate number."""

    company_id: UUID
    representative_id: UUID
    contact_id: UUID
    profile: Profile
    wants_notices: bool
    registered_on: date
    number_taken: bool
    rules: PartyRules


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeCompany:
    """State the whole profile anew. representative_id, contact_id: for a person who was not stated before."""

    company_id: UUID
    representative_id: UUID
    contact_id: UUID
    profile: Profile
    changed_on: date
    number_taken: bool
    rules: PartyRules


@dataclass(frozen=True, slots=True, kw_only=True)
class WantNotices:
    """Send notices of new calls from now on."""

    wanted_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class EndNotices:
    """Send no more notices."""

    ended_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteCallNotice:
    """Remember which letter tells the company of a call."""

    call_id: UUID
    letter_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveCompany:
    """Show the company no more."""

    removed_on: date


CompanyCommand: TypeAlias = RegisterCompany | ChangeCompany | WantNotices | EndNotices | NoteCallNotice | RemoveCompany
