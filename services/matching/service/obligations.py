"""The obligations' window: what city and proposer have promised each other, by a day (約束, S06, N7)."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID, uuid5

from psycopg.sql import Composable

from desk.forms import Form, load_or_refuse
from desk.openings import PurposeForm
from desk.permissions import Permission
from eventstore.errors import NotFound, RenkeiError
from eventstore.following.freshness import NotYetFollowed, PositionParked
from eventstore.nameko import staff_rpc
from eventstore.records import StreamId
from services.matching.domain.case import Case
from services.matching.domain.case.people import NotInCharge
from services.matching.domain.case.state import Standing
from services.matching.domain.case.status import AlreadyAnswered, AlreadyWithdrawn
from services.matching.domain.obligation import OBLIGATION
from services.matching.domain.obligation.commands import (
    ChangeObligationDue,
    FulfilObligation,
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
from services.matching.service.window import CaseWindow

SETTLED: Final[tuple[type[RenkeiError], ...]] = (NotFound, ObligationSettled)


class ObligationWindow(CaseWindow):
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
        named. due_on: the last day, today or later. text: what was promised.

        Nothing is promised in a case that was withdrawn, or answered with a no.

        Gives the event and `obligation_id`.
        """
        stated: forms.Undertaking = load_or_refuse(forms.UndertakingForm(), arguments)
        case = self.visible(stated.case_id)
        obligation_id = uuid5(stated.command_id, OBLIGATION.category)
        command = UndertakeObligation(
            case_id=stated.case_id,
            case=case,
            in_charge=frozenset(self._in_charge(case)),
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
        refuses=(*SETTLED, DueInThePast),
    )
    def change_obligation_due(self, **arguments: Any) -> dict[str, Any]:
        """Records that both sides agreed on another day; the list and the ledger keep that it was another before.

        obligation_id: as `list_obligations` gives it. due_on: today or later. reason: why.

        Gives the event; none where it was due on that day.
        """
        stated: forms.DueChange = self._stated(forms.DueChangeForm(), arguments)
        command = ChangeObligationDue(due_on=stated.due_on, today=self.office.today())
        return self.carry_out(OBLIGATION, stated.obligation_id, command, stated, arguments)

    @staff_rpc(
        permission=Permission.CASE_WORK,
        conceals=True,
        takes=forms.FulfilmentForm,
        refuses=(*SETTLED, FulfilledBeforeUndertaken),
        problems=("in_the_future",),
    )
    def fulfil_obligation(self, **arguments: Any) -> dict[str, Any]:
        """Records that what was promised was done; in time or late follows from the day.

        obligation_id: as `list_obligations` gives it. fulfilled_on: today unless named, no day to come, and not before
        it was promised. note: what was done.

        Gives the event.
        """
        stated: forms.Fulfilment = self._stated(forms.FulfilmentForm(), arguments)
        day = self.day(stated.fulfilled_on, "fulfilled_on", forms.OF_OBLIGATIONS)
        command = FulfilObligation(fulfilled_on=day, note=stated.note)
        return self.carry_out(OBLIGATION, stated.obligation_id, command, stated, arguments)

    @staff_rpc(permission=Permission.CASE_WORK, conceals=True, takes=forms.ReleaseForm, refuses=SETTLED)
    def release_obligation(self, **arguments: Any) -> dict[str, Any]:
        """Records that it is owed no more. With a withdrawn case, and with a no, this follows by itself.

        obligation_id: as `list_obligations` gives it. reason: why.

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
        under its earlier codes. status: `owed`, `overdue`, `fulfilled` or `released`; all unless named.

        Gives `items` (`obligation_id`, `case_id`, `version`, `side`, `kind`, `department`, `status`, `undertaken_on`,
        `first_due_on`: the day that was promised at first, `due_on`, `changes`: how often another was agreed on,
        `fulfilled_on`, `released_on`), `after` and `as_of` as `list_cases` does.
        """
        wanted: forms.ObligationListing = load_or_refuse(forms.ObligationListingForm(), arguments)
        if wanted.at_least is not None:
            self._sought(wanted.at_least.stream.id)
        return queries.listed(self.office, wanted, *self._of_cases_seen)

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
        return queries.ledger(self.office, wanted, *self._of_cases_seen)

    @property
    def _of_cases_seen(self) -> Sequence[Composable]:
        """The conditions of the rows that there are for the caller."""
        return [queries.of_cases(seen) for seen in self.seen]

    def _stated(self, form: Form, arguments: dict[str, Any]) -> Any:
        """What a command on an obligation states, for whoever may see its case."""
        stated: forms.OfObligation = load_or_refuse(form, arguments)
        self._sought(stated.obligation_id)
        return stated

    def _sought(self, obligation_id: UUID) -> None:
        """Raises `NotFound` where there is none, or it is of a case that the caller may not see.

        The same is read of the store for each: of what there is not, the case that nothing has the id of.
        """
        found = queries.obligation(self.office.store, StreamId(OBLIGATION.category, obligation_id))
        self.visible(found.case_id or obligation_id)

    def _in_charge(self, case: Case) -> Sequence[str]:
        return [self._code_of(one.department) for one in case.offers.values() if one.standing is Standing.TAKEN]

    def _code_of(self, department: str) -> str:
        """Its code of today; of one that has gone without successor the one that it had."""
        return self.office.pack().department_now(department) or department
