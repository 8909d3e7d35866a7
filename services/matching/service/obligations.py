"""The obligations' window: what city and proposer have promised each other, by a day (約束, S06, N7)."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID, uuid5

from desk.forms import Form, Problem, Stated, load_or_refuse, refuse
from desk.openings import PurposeForm
from desk.permissions import Permission
from eventstore.errors import NotFound, RenkeiError
from eventstore.following.freshness import NotYetFollowed, PositionParked
from eventstore.nameko import staff_rpc
from eventstore.records import Recorded, StreamId
from services.matching.domain.case import Case
from services.matching.domain.case.people import NotInCharge
from services.matching.domain.case.status import AlreadyAnswered, AlreadyWithdrawn
from services.matching.domain.obligation import OBLIGATION
from services.matching.domain.obligation.commands import (
    ChangeObligationDue,
    FulfilObligation,
    ReassignObligation,
    ReleaseObligation,
    UndertakeObligation,
)
from services.matching.domain.obligation.refusals import (
    DueInThePast,
    FulfilledBeforeUndertaken,
    ObligationSettled,
    SideUnfit,
)
from services.matching.queries import obligations as queries
from services.matching.schemas import obligations as forms
from services.matching.service.officers import OfficerWindow
from services.matching.service.window import Shown

CHANGE_REFUSALS: Final[tuple[type[RenkeiError], ...]] = (NotFound, NotInCharge, ObligationSettled)


class ObligationWindow(OfficerWindow):
    """What is done with obligations, and how both sides keep theirs."""

    @staff_rpc(
        permission=Permission.CASE_WORK,
        conceals=True,
        takes=forms.UndertakingForm,
        refuses=(NotFound, AlreadyWithdrawn, AlreadyAnswered, DueInThePast, SideUnfit, NotInCharge),
        problems=("in_the_future",),
    )
    def undertake_obligation(self, **arguments: Any) -> dict[str, Any]:
        """Records that a side of a case promised something by a day; both sides' promises are counted alike.

        case_id: as `list_cases` gives it. side: `city` or `proposer`. kind: of the city what it can give (`field`,
        `data`, `publicity`, `regulation_review`, `base`), or `other`, as always of the proposer. department: which of
        the city's departments promised, one that has the case; none for the proposer. undertaken_on: today unless
        named. due_on: the last day, today or later. text: what was promised. reason: required where the desk does so
        for a department.

        A department that has taken the case does so for itself and for the proposer, for another department only the
        desk. Nothing is promised in a case that was withdrawn, or answered with a no.

        Gives the event and `obligation_id`.
        """
        stated: forms.Undertaking = load_or_refuse(forms.UndertakingForm(), arguments)
        obligation_id = uuid5(stated.command_id, OBLIGATION.category)
        before = self._events(obligation_id)
        caused = before if OBLIGATION.fold(before).case_id == stated.case_id else ()
        shown = self.shown(stated.case_id, stated.command_id, caused)
        self._require_in_charge(stated, shown, stated.department)
        command = UndertakeObligation(
            case_id=stated.case_id,
            case=shown.case,
            in_charge=self._in_charge(shown.case),
            today=self.office.today(),
            side=stated.side,
            kind=stated.kind,
            department=stated.department and self._code_of(stated.department),
            undertaken_on=self.day(stated.undertaken_on, "undertaken_on", forms.OF_OBLIGATIONS),
            due_on=stated.due_on,
            text=stated.text,
        )
        told = self.carry_out(OBLIGATION, obligation_id, command, stated, arguments)
        return {**told, "obligation_id": str(obligation_id)}

    @staff_rpc(
        permission=Permission.CASE_WORK,
        conceals=True,
        takes=forms.DueChangeForm,
        refuses=(*CHANGE_REFUSALS, DueInThePast),
    )
    def change_obligation_due(self, **arguments: Any) -> dict[str, Any]:
        """Records that both sides agreed on another day; the list and the ledger keep that it was another before.

        obligation_id: as `list_obligations` gives it. due_on: today or later. reason: why. Who may: as with
        `undertake_obligation`.

        Gives the event; none where it was due on that day.
        """
        stated: forms.DueChange = self._stated(forms.DueChangeForm(), arguments)
        command = ChangeObligationDue(due_on=stated.due_on, today=self.office.today())
        return self.carry_out(OBLIGATION, stated.obligation_id, command, stated, arguments)

    @staff_rpc(
        permission=Permission.CASE_COORDINATE,
        conceals=True,
        takes=forms.ReassignmentForm,
        refuses=(*CHANGE_REFUSALS, SideUnfit),
    )
    def reassign_obligation(self, **arguments: Any) -> dict[str, Any]:
        """Lets another department keep what the city promised, as where the one that promised has the case no more.

        obligation_id: as `list_obligations` gives it. department: one that has the case. reason: why.

        Gives the event; none where it is that department's.
        """
        stated: forms.Reassignment = load_or_refuse(forms.ReassignmentForm(), arguments)
        shown = self._shown(stated.obligation_id, self._events(stated.obligation_id), stated.command_id)
        department = self._code_of(stated.department)
        command = ReassignObligation(department=department, in_charge=self._in_charge(shown.case))
        return self.carry_out(OBLIGATION, stated.obligation_id, command, stated, arguments)

    @staff_rpc(
        permission=Permission.CASE_WORK,
        conceals=True,
        takes=forms.FulfilmentForm,
        refuses=(*CHANGE_REFUSALS, FulfilledBeforeUndertaken),
        problems=("in_the_future",),
    )
    def fulfil_obligation(self, **arguments: Any) -> dict[str, Any]:
        """Records that what was promised was done; in time or late follows from the day.

        obligation_id: as `list_obligations` gives it. fulfilled_on: today unless named, no day to come, and not before
        it was promised. note: what was done. Who may, and with which reason: as with `undertake_obligation`.

        Gives the event.
        """
        stated: forms.Fulfilment = self._stated(forms.FulfilmentForm(), arguments)
        day = self.day(stated.fulfilled_on, "fulfilled_on", forms.OF_OBLIGATIONS)
        command = FulfilObligation(fulfilled_on=day, note=stated.note)
        return self.carry_out(OBLIGATION, stated.obligation_id, command, stated, arguments)

    @staff_rpc(permission=Permission.CASE_WORK, conceals=True, takes=forms.ReleaseForm, refuses=CHANGE_REFUSALS)
    def release_obligation(self, **arguments: Any) -> dict[str, Any]:
        """Records that it is owed no more. With a withdrawn case, and with a no, this follows by itself.

        obligation_id: as `list_obligations` gives it. reason: why. Who may: as with `undertake_obligation`.

        Gives the event; none where it was released before.
        """
        stated: forms.OfObligation = self._stated(forms.ReleaseForm(), arguments)
        command = ReleaseObligation(released_on=self.office.today())
        return self.carry_out(OBLIGATION, stated.obligation_id, command, stated, arguments)

    @staff_rpc(
        permission=Permission.CASE_WORK,
        conceals=True,
        takes=forms.ObligationListingForm,
        refuses=(NotFound, NotYetFollowed, PositionParked),
    )
    def list_obligations(self, **arguments: Any) -> dict[str, Any]:
        """Lists the obligations of the cases that the caller may see, by due date; what was promised is not among it.

        case_id: those of a case. side: those of the city or of the proposers. department: those of a department, also
        under its earlier codes. status: `owed`, `overdue`, `fulfilled` or `released`. orphaned: whether it is open and
        its department has the case no more: then it is to be reassigned. All unless named.

        Gives `items` (`obligation_id`, `case_id`, `version`, `side`, `kind`, `department`, `status`, `undertaken_on`,
        `first_due_on`: the day that was promised at first, `due_on`, `changes`: how often another was agreed on,
        `fulfilled_on`, `released_on`, `orphaned`), `after` and `as_of` as `list_cases` does.
        """
        wanted: forms.ObligationListing = load_or_refuse(forms.ObligationListingForm(), arguments)
        if wanted.at_least is not None:
            self._sought(wanted.at_least.stream.id)
        return queries.listed(self.office, wanted, self.sight)

    @staff_rpc(permission=Permission.CASE_WORK, conceals=True, reads=(PurposeForm,), refuses=(NotFound,))
    def get_obligation(self, obligation_id: str, purpose: str | None = None) -> dict[str, Any]:
        """Reads an obligation with everything of it opened, once it is on record who opens it.

        obligation_id: as `list_obligations` gives it. purpose: why it is opened, in a line of 400 characters at most.

        Gives `obligation_id`, `case_id`, `version`, `side`, `kind`, `department`, `status`, `undertaken_on`,
        `first_due_on`, `due_on`, `fulfilled_on`, `text`, `note` (what was done) and `closed`: the names of those that
        cannot be opened any more.
        """
        stream = StreamId.sought(OBLIGATION.category, obligation_id)
        self._sought(stream.id)
        return queries.opened_obligation(self.office, stream, self.actor, purpose)

    @staff_rpc(permission=Permission.CASE_WORK, conceals=True, takes=forms.LedgerForm)
    def get_obligation_ledger(self, **arguments: Any) -> dict[str, Any]:
        """Counts what each side owes and how it keeps it, in the cases that the caller may see; alike for both sides.

        case_id: in one case. department: what this department owes, and what proposers owe in its cases; all unless
        named.

        Gives `sides` (`side`, `owed`, `overdue`, `fulfilled_in_time`, `fulfilled_late`, `released`, `due_changed`: of
        how many another day was agreed on) and `as_of` as `list_cases` does.
        """
        wanted: forms.LedgerWanted = load_or_refuse(forms.LedgerForm(), arguments)
        return queries.ledger(self.office, wanted, self.sight)

    def _stated(self, form: Form, arguments: dict[str, Any]) -> Any:
        """What a command on an obligation states, for whoever may see its case and is in charge."""
        stated: forms.OfObligation = load_or_refuse(form, arguments)
        events = self._events(stated.obligation_id)
        shown = self._shown(stated.obligation_id, events, stated.command_id)
        self._require_in_charge(stated, shown, OBLIGATION.fold(events).department)
        return stated

    def _sought(self, obligation_id: UUID) -> None:
        """Raises `NotFound` where there is none, or it is of a case that the caller may not see."""
        self._shown(obligation_id, self._events(obligation_id))

    def _events(self, obligation_id: UUID) -> Sequence[Recorded]:
        return self.office.store.load_closed(StreamId(OBLIGATION.category, obligation_id))

    def _shown(self, obligation_id: UUID, events: Sequence[Recorded], command_id: UUID | None = None) -> Shown:
        """The case of an obligation.

        The same is read of the store where there is none: the case that nothing has the id of.
        """
        obligation = OBLIGATION.fold(events)
        return self.shown(obligation.case_id or obligation_id, command_id, events)

    def _require_in_charge(self, stated: Stated, shown: Shown, department: str | None) -> None:
        """Raises `NotInCharge` for a department that has not taken the case, or speaks for another.

        department: whose promise it is, None for the proposer's. The desk speaks for any, and says why: otherwise
        `InvalidMessage` is raised. Nothing is asked of a command that was carried out before.
        """
        self.require_in_charge(shown)
        if not shown.is_new or department is None:
            return
        departments = shown.sight.departments
        if department in (self.own_departments if departments is None else departments):
            return
        if departments is not None:
            raise NotInCharge
        if stated.reason is None:
            refuse([Problem("required").at("reason", forms.OF_OBLIGATIONS)])

    def _in_charge(self, case: Case) -> frozenset[str]:
        """The departments that have a case, by their codes of today."""
        return frozenset(self._code_of(one.department) for one in case.in_charge)

    def _code_of(self, department: str) -> str:
        """Its code of today; of one that has gone without successor the one that it had."""
        return self.office.pack().department_now(department) or department
