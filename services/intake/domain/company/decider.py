"""Enters, changes and removes a company, and keeps whether it wants notices and of which calls it was told."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum, unique
from typing import Any, Final, assert_never
from uuid import UUID

from eventstore.decider import Decider
from eventstore.errors import NotFound, Refusal
from eventstore.protection import Sealed
from services.intake.domain.company.commands import (
    ChangeCompany,
    CompanyCommand,
    EndNotices,
    NoteCallNotice,
    RegisterCompany,
    RemoveCompany,
    WantNotices,
)
from services.intake.domain.company.events import (
    CallNoticed,
    CompanyEvent,
    CompanyProfileChanged,
    CompanyRegistered,
    CompanyRemoved,
    NoticesEnded,
    NoticesWanted,
    ProfileStated,
)
from services.intake.domain.party_rules import require_known, require_taken

CONTACT: Final = ("contact_affiliation", "contact_name", "contact_phone", "contact_email")


@unique
class Standing(StrEnum):
    """Whether the register shows a company."""

    ABSENT = "absent"
    REGISTERED = "registered"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """What later decisions need to know of a company. noticed: the calls that it was told of."""

    standing: Standing = Standing.ABSENT
    stated: ProfileStated | None = None
    wants_notices: bool = False
    noticed: frozenset[UUID] = frozenset()

    def is_to_be_told(self, call_id: UUID, subjects: Sequence[str]) -> bool:
        """Whether a notice of a call is for it: of one of its subjects, or of any where the call names none."""
        wanted = self.standing is Standing.REGISTERED and self.wants_notices and call_id not in self.noticed
        shared = not subjects or (self.stated is not None and not set(subjects).isdisjoint(self.stated.subjects))
        return wanted and shared


class CompanyAlreadyRegistered(Refusal):
    """The register has a company of this corporate number, or this entry was made before."""

    code = "company_already_registered"


class CompanyNotInRegister(Refusal):
    """The company was removed: the register has nothing of it to change."""

    code = "company_removed"
    sentence = "この事業者の登録は終わっています。必要なときは、新しく登録してください。"


class NoticeAddressMissing(Refusal):
    """Notices are written to a mail address or to a postal one, and there is none."""

    code = "notice_address_missing"
    sentence = "募集のお知らせを送るには、メールアドレスか所在地を登録してください。"


def decide(command: CompanyCommand, company: Company) -> Sequence[CompanyEvent]:
    """The events that follow from a command; none where it was already so."""
    if isinstance(command, RegisterCompany):
        return _register(command, company)
    if company.stated is None:
        raise NotFound
    match command:
        case ChangeCompany():
            _require_registered(company)
            return _change(command, company, company.stated)
        case WantNotices():
            _require_registered(company)
            return _want_notices(command, company, company.stated)
        case EndNotices():
            return [NoticesEnded(ended_on=command.ended_on)] if company.wants_notices else []
        case NoteCallNotice():
            is_told = not company.wants_notices or command.call_id in company.noticed
            return [] if is_told else [CallNoticed(call_id=command.call_id, letter_id=command.letter_id)]
        case RemoveCompany():
            is_gone = company.standing is Standing.REMOVED
            return [] if is_gone else [CompanyRemoved(removed_on=command.removed_on)]
        case _:
            assert_never(command)


def _require_registered(company: Company) -> None:
    if company.standing is Standing.REMOVED:
        raise CompanyNotInRegister


def _register(command: RegisterCompany, company: Company) -> Sequence[CompanyRegistered]:
    if company.stated is not None:
        raise CompanyAlreadyRegistered("この事業者はすでに登録しています。")
    _require_allowed(command, wants_notices=command.wants_notices)
    return [
        CompanyRegistered(registered_on=command.registered_on, wants_notices=command.wants_notices, **_stated(command))
    ]


def _change(command: ChangeCompany, company: Company, before: ProfileStated) -> Sequence[CompanyProfileChanged]:
    _require_allowed(command, wants_notices=company.wants_notices)
    now = _stated(command)
    if all(now[name] == getattr(before, name) for name in CONTACT):
        now["contact_id"] = before.contact_id
    if now["representative"] == before.representative:
        now["representative_id"] = before.representative_id
    if all(now[name] == getattr(before, name) for name in now):
        return []
    return [CompanyProfileChanged(changed_on=command.changed_on, **now)]


def _require_allowed(command: RegisterCompany | ChangeCompany, *, wants_notices: bool) -> None:
    require_taken(command.profile.proposer.kind, command.rules)
    require_known(command.profile.subjects, command.rules.subjects)
    if command.number_taken:
        raise CompanyAlreadyRegistered("この法人番号の事業者は、すでに登録されています。")
    if wants_notices and not (command.profile.contact.email or command.profile.proposer.address):
        raise _unreachable()


def _want_notices(command: WantNotices, company: Company, stated: ProfileStated) -> Sequence[NoticesWanted]:
    if company.wants_notices:
        return []
    if not any(value.is_open and value.reveal() for value in (stated.contact_email, stated.address)):
        raise _unreachable()
    return [NoticesWanted(wanted_on=command.wanted_on)]


def _unreachable() -> NoticeAddressMissing:
    return NoticeAddressMissing()


def _stated(command: RegisterCompany | ChangeCompany) -> dict[str, Any]:
    """The profile as an event states it."""
    profile = command.profile
    party, contact = profile.proposer, profile.contact
    return {
        "kind": party.kind,
        "subjects": profile.subjects,
        "company_id": command.company_id,
        "representative_id": command.representative_id,
        "contact_id": command.contact_id,
        "company_name": Sealed(party.name),
        "corporate_number": Sealed(party.corporate_number),
        "corporate_number_absent_reason": Sealed(party.corporate_number_absent_reason),
        "address": Sealed(party.address),
        "representative": Sealed(party.representative),
        "contact_affiliation": Sealed(contact.affiliation),
        "contact_name": Sealed(contact.name),
        "contact_phone": Sealed(contact.phone),
        "contact_email": Sealed(contact.email),
        "profile": Sealed(profile.strengths),
    }


def evolve(company: Company, event: CompanyEvent) -> Company:
    """The company after an event."""
    match event:
        case CompanyRegistered():
            return Company(standing=Standing.REGISTERED, stated=event, wants_notices=event.wants_notices)
        case CompanyProfileChanged():
            return replace(company, stated=event)
        case NoticesWanted():
            return replace(company, wants_notices=True)
        case NoticesEnded():
            return replace(company, wants_notices=False)
        case CallNoticed():
            return replace(company, noticed=company.noticed | {event.call_id})
        case CompanyRemoved():
            return replace(company, standing=Standing.REMOVED, wants_notices=False)
        case _:
            assert_never(event)


COMPANY: Final = Decider(category="company", initial=Company(), decide=decide, evolve=evolve)
