"""Who looks after a case (伴走担当, 代理, 担当者), how they keep in touch with the proposer, and what they note."""

from typing import Any
from uuid import uuid5

from desk.forms import load_or_refuse
from desk.permissions import Permission
from eventstore.nameko import staff_rpc
from services.matching.domain.case.assignment import OfferUnknown
from services.matching.domain.case.days import BeforeItBegan
from services.matching.domain.case.decider import standing_refusals
from services.matching.domain.case.people import (
    AddNote,
    AssignAccompaniment,
    NameDeputy,
    NameOfficer,
    NotInCharge,
    OfficerElsewhere,
    RecordContact,
    ReleaseDeputy,
)
from services.matching.queries.colleagues import ColleagueElsewhere, ColleagueUnknown
from services.matching.schemas import people as forms
from services.matching.schemas.people import WORDS
from services.matching.service.officers import OfficerWindow


class PeopleWindow(OfficerWindow):
    """Who has to do with a case, and what they have to say of it."""

    @staff_rpc(
        permission=Permission.CASE_COORDINATE,
        takes=forms.OfColleagueForm,
        refuses=(*standing_refusals(AssignAccompaniment), ColleagueUnknown, ColleagueElsewhere),
    )
    def assign_accompaniment(self, **arguments: Any) -> dict[str, Any]:
        """Says who accompanies a case from now on (伴走担当), in the place of who did.

        case_id: as `list_cases` gives it. staff_id: the member of staff, of the desk or of a department that has
        taken the case.

        Gives the event; none where that person accompanies it already.
        """
        stated: forms.OfColleague = load_or_refuse(forms.OfColleagueForm(), arguments)
        shown = self.shown(stated.case_id, stated.command_id)
        self.require_colleague(shown, stated.staff_id)
        command = AssignAccompaniment(staff_id=stated.staff_id, assigned_on=self.office.today())
        return self.on_case(stated, command, arguments)

    @staff_rpc(
        permission=Permission.CASE_COORDINATE,
        takes=forms.OfColleagueForm,
        refuses=(*standing_refusals(NameDeputy), ColleagueUnknown, ColleagueElsewhere),
    )
    def name_deputy(self, **arguments: Any) -> dict[str, Any]:
        """Lets a person stand in for who accompanies a case (代理); any number may.

        case_id: as `list_cases` gives it. staff_id: the member of staff, of the desk or of a department that has
        taken the case.

        Gives the event; none where that person stands in already.
        """
        stated: forms.OfColleague = load_or_refuse(forms.OfColleagueForm(), arguments)
        shown = self.shown(stated.case_id, stated.command_id)
        self.require_colleague(shown, stated.staff_id)
        command = NameDeputy(staff_id=stated.staff_id, named_on=self.office.today())
        return self.on_case(stated, command, arguments)

    @staff_rpc(
        permission=Permission.CASE_COORDINATE, takes=forms.OfColleagueForm, refuses=standing_refusals(ReleaseDeputy)
    )
    def release_deputy(self, **arguments: Any) -> dict[str, Any]:
        """Lets a person stand in no more.

        case_id: as `list_cases` gives it. staff_id: the member of staff.

        Gives the event; none where that person does not stand in.
        """
        stated: forms.OfColleague = self.stated(forms.OfColleagueForm(), arguments)
        command = ReleaseDeputy(staff_id=stated.staff_id, released_on=self.office.today())
        return self.on_case(stated, command, arguments)

    @staff_rpc(
        permission=Permission.CASE_WORK,
        conceals=True,
        takes=forms.NamingOfficerForm,
        refuses=(*standing_refusals(NameOfficer), OfferUnknown, NotInCharge, ColleagueUnknown, OfficerElsewhere),
    )
    def name_officer(self, **arguments: Any) -> dict[str, Any]:
        """Says who is in charge in a department that has the case (担当者の変更): by the department, or by the desk.

        case_id: as `list_cases` gives it. offer_id: the offer that the department took. officer_id: one of its people.
        The desk, which does it on the department's behalf, states a reason.

        Gives the event; none where that person is in charge already.
        """
        stated: forms.NamingOfficer = load_or_refuse(forms.NamingOfficerForm(), arguments)
        shown = self.shown(stated.case_id, stated.command_id)
        self.require_side(stated, shown, stated.offer_id)
        self.require_officer(shown, stated.offer_id, stated.officer_id)
        command = NameOfficer(offer_id=stated.offer_id, officer_id=stated.officer_id, named_on=self.office.today())
        return self.on_case(stated, command, arguments)

    @staff_rpc(
        permission=Permission.CASE_WORK,
        conceals=True,
        takes=forms.ContactedForm,
        refuses=(*standing_refusals(RecordContact), NotInCharge, BeforeItBegan),
        problems=("in_the_future",),
    )
    def record_contact(self, **arguments: Any) -> dict[str, Any]:
        """Records that the city was in touch with the proposer: the days since then are counted.

        By a department that has taken the case, or by the desk.

        case_id: as `list_cases` gives it. contacted_on: the day, today unless named, no day before the proposal was
        received. means: `counter`, `phone`, `mail`,
        `post` or `portal`. note: what was said.

        Gives the event.
        """
        stated: forms.Contacted = load_or_refuse(forms.ContactedForm(), arguments)
        shown = self.shown(stated.case_id, stated.command_id)
        self.require_in_charge(shown)
        day = self.day(stated.contacted_on, "contacted_on", WORDS)
        command = RecordContact(
            contacted_on=day, proposed_on=self.proposed_on(shown), means=stated.means, note=stated.note
        )
        return self.on_case(stated, command, arguments)

    @staff_rpc(
        permission=Permission.CASE_WORK, conceals=True, takes=forms.NotingForm, refuses=standing_refusals(AddNote)
    )
    def add_note(self, **arguments: Any) -> dict[str, Any]:
        """Adds an internal note (庁内メモ) to a case, whatever has become of it; disclosure may ask for it.

        case_id: as `list_cases` gives it. text: the note, which all who see the case read.

        Gives the event and `note_id`.
        """
        stated: forms.Noting = self.stated(forms.NotingForm(), arguments)
        note_id = uuid5(stated.command_id, "note")
        command = AddNote(note_id=note_id, noted_on=self.office.today(), text=stated.text)
        return {**self.on_case(stated, command, arguments), "note_id": str(note_id)}
