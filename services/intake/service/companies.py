"""The companies' window (B18): who is registered, what interests them, and whether they are told of new calls."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID, uuid5

from desk.commands import carry_out, context_of, told
from desk.forms import Stated, load_or_refuse
from desk.office import NotPermitted
from desk.openings import PurposeForm
from desk.permissions import Permission
from eventstore.errors import NotFound
from eventstore.execution import execute
from eventstore.following.freshness import NotYetFollowed, PositionParked
from eventstore.nameko import staff_rpc
from eventstore.records import Actor, StreamId
from services.intake.domain.company import COMPANY
from services.intake.domain.company.commands import (
    ChangeCompany,
    CompanyCommand,
    EndNotices,
    Profile,
    RegisterCompany,
    RemoveCompany,
    WantNotices,
)
from services.intake.domain.company.decider import (
    CompanyAlreadyRegistered,
    CompanyNotInRegister,
    NoticeAddressMissing,
)
from services.intake.domain.party_rules import KindNotTaken, SubjectUnknown
from services.intake.queries import companies as queries
from services.intake.queries.registers import Search
from services.intake.schemas import companies as forms
from services.intake.service.window import Window

UNFIT: Final = (CompanyAlreadyRegistered, KindNotTaken, SubjectUnknown, NoticeAddressMissing)
"""What may speak against a profile."""
ONE_AT_A_TIME: Final = 0x72656E_6B656901
"""The lock under which numbers are looked up and entered, so that two clerks never enter one company twice."""


class CompanyWindow(Window):
    """What the desk does with the register of companies."""

    @staff_rpc(permission=Permission.COMPANY_REGISTER, takes=forms.RegistrationSchema, refuses=UNFIT)
    def register_company(self, **arguments: Any) -> dict[str, Any]:
        """Enters a company in the register.

        proposer, contact: as in `receive_proposal`. subjects: the fields (分野) that interest it, codes of the pack in
        force. strengths: what it can do. wants_notices: whether it is told of new calls; then a mail or postal
        address is needed.

        Gives the event and `company_id`.
        """
        stated: forms.Registration = load_or_refuse(forms.RegistrationSchema(), arguments)
        company_id = uuid5(stated.command_id, COMPANY.category)

        def command(number_taken: bool) -> RegisterCompany:
            return RegisterCompany(
                company_id=company_id,
                representative_id=uuid5(stated.command_id, "representative"),
                contact_id=uuid5(stated.command_id, "contact"),
                profile=stated.profile,
                wants_notices=stated.wants_notices,
                registered_on=self.office.today(),
                number_taken=number_taken,
                rules=queries.party_rules(self.office.pack()),
            )

        events = self._under_its_number(company_id, stated.profile, command, stated, arguments)
        return {**events, "company_id": str(company_id)}

    @staff_rpc(
        permission=Permission.COMPANY_REGISTER,
        takes=forms.ProfileChangeSchema,
        refuses=(NotFound, CompanyNotInRegister, *UNFIT),
    )
    def change_company(self, **arguments: Any) -> dict[str, Any]:
        """States a company's whole profile anew; whether it wants notices stays as it is.

        company_id: as `register_company` gave it. proposer, contact, subjects, strengths: as stated there, all anew.

        Gives the event; none where it stood so already.
        """
        stated: forms.ProfileChange = load_or_refuse(forms.ProfileChangeSchema(), arguments)

        def command(number_taken: bool) -> ChangeCompany:
            return ChangeCompany(
                company_id=stated.company_id,
                representative_id=uuid5(stated.command_id, "representative"),
                contact_id=uuid5(stated.command_id, "contact"),
                profile=stated.profile,
                changed_on=self.office.today(),
                number_taken=number_taken,
                rules=queries.party_rules(self.office.pack()),
            )

        return self._under_its_number(stated.company_id, stated.profile, command, stated, arguments)

    @staff_rpc(
        permission=Permission.COMPANY_REGISTER,
        takes=forms.OnCompanyForm,
        refuses=(NotFound, CompanyNotInRegister, NoticeAddressMissing),
    )
    def want_notices(self, **arguments: Any) -> dict[str, Any]:
        """Tells a company of new calls from now on, as it asked.

        company_id: as `register_company` gave it.

        Gives the event; none where it is told already.
        """
        stated: forms.OnCompany = load_or_refuse(forms.OnCompanyForm(), arguments)
        return self._on_company(stated, WantNotices(wanted_on=self.office.today()), arguments)

    @staff_rpc(permission=Permission.COMPANY_REGISTER, takes=forms.OnCompanyForm, refuses=(NotFound,))
    def end_notices(self, **arguments: Any) -> dict[str, Any]:
        """Tells a company of new calls no more, as it asked; with the code of a notice it does so by itself.

        company_id: as `register_company` gave it.

        Gives the event; none where it was told of none.
        """
        stated: forms.OnCompany = load_or_refuse(forms.OnCompanyForm(), arguments)
        return self._on_company(stated, EndNotices(ended_on=self.office.today()), arguments)

    @staff_rpc(permission=Permission.COMPANY_REGISTER, takes=forms.RemovalSchema, refuses=(NotFound,))
    def remove_company(self, **arguments: Any) -> dict[str, Any]:
        """Takes a company out of the register: it is told of nothing more, and its number is free again.

        company_id: as `register_company` gave it. reason: why.

        Gives the event; none where it was removed before.
        """
        stated: forms.OnCompany = load_or_refuse(forms.RemovalSchema(), arguments)
        return self._on_company(stated, RemoveCompany(removed_on=self.office.today()), arguments)

    @staff_rpc(
        permission=Permission.COMPANY_READ,
        takes=forms.CompanyListingSchema,
        refuses=(NotFound, NotYetFollowed, PositionParked),
    )
    def list_companies(self, **arguments: Any) -> dict[str, Any]:
        """Lists companies in the order in which they were registered; names are not among what it tells.

        subject: that interests them. status: `registered` or `removed`. wants_notices: whether they do; all unless
        named.

        Gives `items` (`company_id`, `version`, `status`, `kind`, `subjects`, `wants_notices`, `registered_on`,
        `recorded_at`), `after` and `as_of` as `list_proposals` does.
        """
        wanted: forms.CompanyListing = load_or_refuse(forms.CompanyListingSchema(), arguments)
        return queries.COMPANY_LIST.page(
            self.office,
            wanted,
            subjects=None if wanted.subject is None else [wanted.subject],
            status=wanted.status,
            wants_notices=wanted.wants_notices,
        )

    @staff_rpc(
        permission=Permission.COMPANY_READ,
        takes=forms.NoticeListingSchema,
        refuses=(NotFound, NotYetFollowed, PositionParked),
    )
    def list_call_notices(self, **arguments: Any) -> dict[str, Any]:
        """Lists the letters that tell companies of a call, in the order in which they were written.

        call_id: as `draft_call` gave it.

        Gives `items` (`letter_id`, `call_id`, `company_id`), `after` and `as_of` as `list_proposals` does, and `owed`:
        how many companies are still to be told. They are one after the other, while the call is open and the pack in
        force has such a letter.
        """
        wanted: forms.NoticeListing = load_or_refuse(forms.NoticeListingSchema(), arguments)
        return queries.call_notices(self.office, wanted, wanted.call_id)

    @staff_rpc(permission=Permission.COMPANY_READ, takes=forms.SoughtCompanySchema)
    def find_companies(self, **arguments: Any) -> dict[str, Any]:
        """Finds what the desk has of a company: its entry, its proposals and its offers.

        That a company has any is protected: each that it tells is on record as opened first.

        corporate_number: in any width. name: in any of its ways; the legal form does not count. purpose: why it is
        looked for, in a line of 400 characters at most.

        Gives `companies` (`company_id`, `version`, `status`, `kind`, `subjects`, `wants_notices`), `proposals`
        (`proposal_id`, `status`; null for a caller without `proposal.read`) and `offers` (`offer_id`), each with
        `agrees`: `number`, or `name` where it may be another one of the same name.
        """
        sought: forms.SoughtCompany = load_or_refuse(forms.SoughtCompanySchema(), arguments)
        search = Search(party=sought.party, actor=self.actor, purpose=sought.purpose)
        return queries.found(self.office, search, self._reader_of_proposals())

    def _reader_of_proposals(self) -> Actor | None:
        """Who calls, where they may know of proposals."""
        try:
            return self.office.acting(self.token, Permission.PROPOSAL_READ)
        except NotPermitted:
            return None

    @staff_rpc(permission=Permission.COMPANY_READ, conceals=True, reads=(PurposeForm,), refuses=(NotFound,))
    def get_company(self, company_id: str, purpose: str | None = None) -> dict[str, Any]:
        """Reads a company with its profile opened, once it is on record who opens it.

        company_id: as `register_company` gave it. purpose: why it is opened, in a line of 400 characters at most.

        Gives what `list_companies` tells of it, its profile in clear, `closed`: the names of the fields that cannot be
        opened any more, and `noticed`: the calls that it was told of.
        """
        stream = StreamId.sought(COMPANY.category, company_id)
        return queries.opened_company(self.office, stream, self.actor, purpose)

    def _on_company(self, stated: forms.OnCompany, command: CompanyCommand, arguments: object) -> dict[str, Any]:
        stream = StreamId(COMPANY.category, stated.company_id)
        return carry_out(self.office, self.actor, COMPANY, stream, command, stated, arguments)

    def _under_its_number(
        self,
        company_id: UUID,
        profile: Profile,
        command: Callable[[bool], CompanyCommand],
        stated: Stated,
        arguments: object,
    ) -> dict[str, Any]:
        """Carries out what depends on whether another company has the number; nobody enters one in between."""
        stream = StreamId(COMPANY.category, company_id)
        context = context_of(self.office, self.actor, stated, arguments)
        with self.office.database.connection() as connection, connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (ONE_AT_A_TIME,))
            store = self.office.store.amid(connection)
            is_taken = queries.is_number_taken(store, stream, profile.proposer.corporate_number)
            outcome = execute(
                store, COMPANY, stream, command(is_taken), context, expected_version=stated.expected_version
            )
        return told(outcome)
