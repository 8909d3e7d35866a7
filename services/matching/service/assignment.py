"""Which department has a case: asked by the desk, taken or declined by the department, or by the desk on its behalf."""

from typing import Any
from uuid import uuid5

from desk.forms import Problem, load_or_refuse, refuse
from desk.permissions import Permission
from eventstore.nameko import staff_rpc
from services.matching.domain.case.assignment import (
    Asked,
    DeclineOffer,
    DepartmentAsked,
    LeadAsked,
    OfferCase,
    OfferNotOpen,
    OfferUnknown,
    SuggestionUnknown,
    TakeOffer,
    WithdrawOffer,
)
from services.matching.domain.case.days import BeforeItBegan
from services.matching.domain.case.decider import standing_refusals
from services.matching.domain.case.people import OfficerElsewhere
from services.matching.queries.colleagues import ColleagueUnknown
from services.matching.schemas import assignment as forms
from services.matching.schemas.assignment import WORDS
from services.matching.service.officers import OfficerWindow


class AssignmentWindow(OfficerWindow):
    """How a case comes to its departments (打診)."""

    @staff_rpc(
        permission=Permission.CASE_COORDINATE,
        takes=forms.OfferingForm,
        refuses=(*standing_refusals(OfferCase), DepartmentAsked, LeadAsked, SuggestionUnknown),
        problems=("unknown_department",),
    )
    def offer_case(self, **arguments: Any) -> dict[str, Any]:
        """Asks departments whether they take a case, all at once (打診); each has a date to answer by.

        case_id: as `list_cases` gives it. offers: each with `department`, a code of the pack in force, and `part`:
        `lead` for one that leads (主担当課), unless one does already, `supporting` for any other (関係課).
        suggestion_id: the suggestion that was before one, if there was any. message: what the departments are told.

        Gives an event for each department, in the order of `offers`, and `offer_ids`, likewise.
        """
        stated: forms.Offering = load_or_refuse(forms.OfferingForm(), arguments)
        shown = self.shown(stated.case_id, stated.command_id)
        pack = self.office.pack()
        if shown.is_new:
            refuse(
                Problem("unknown_department").at(f"offers.{n}.department", WORDS)
                for n, wanted in enumerate(stated.offers)
                if wanted.department not in pack.departments
            )
        asked = tuple(
            Asked(
                offer_id=uuid5(stated.command_id, f"offer/{n}"),
                department=wanted.department,
                part=wanted.part,
                known_as=pack.department_codes(wanted.department),
            )
            for n, wanted in enumerate(stated.offers)
        )
        command = OfferCase(
            asked=asked,
            offered_on=self.office.today(),
            suggestion_id=stated.suggestion_id,
            message=stated.message,
        )
        return {**self.on_case(stated, command, arguments), "offer_ids": [str(one.offer_id) for one in asked]}

    @staff_rpc(
        permission=Permission.CASE_WORK,
        conceals=True,
        takes=forms.TakingForm,
        refuses=(
            *standing_refusals(TakeOffer),
            OfferUnknown,
            OfferNotOpen,
            ColleagueUnknown,
            OfficerElsewhere,
            BeforeItBegan,
        ),
        problems=("in_the_future",),
    )
    def take_offer(self, **arguments: Any) -> dict[str, Any]:
        """Takes a case for a department (受諾): by one of its own people, or by the desk for it with a reason.

        case_id: as `list_cases` gives it. offer_id: as `offer_case` gave it. officer_id: who is in charge in the
        department (担当者), one of its people; whoever calls unless named, and always named by the desk. taken_on: the
        day, today unless named, no day before the offer.

        Gives the event; none where this person has taken it already.
        """
        stated: forms.Taking = load_or_refuse(forms.TakingForm(), arguments)
        shown = self.shown(stated.case_id, stated.command_id)
        is_own = self.require_side(stated, shown, stated.offer_id)
        if stated.officer_id is None and not is_own:
            refuse([Problem("required").at("officer_id", WORDS)])
        officer_id = stated.officer_id or self.actor.id
        self.require_officer(shown, stated.offer_id, officer_id)
        day = self.day(stated.taken_on, "taken_on", WORDS)
        return self.on_case(stated, TakeOffer(offer_id=stated.offer_id, officer_id=officer_id, taken_on=day), arguments)

    @staff_rpc(
        permission=Permission.CASE_WORK,
        conceals=True,
        takes=forms.DecliningForm,
        refuses=(*standing_refusals(DeclineOffer), OfferUnknown, OfferNotOpen, BeforeItBegan),
        problems=("in_the_future",),
    )
    def decline_offer(self, **arguments: Any) -> dict[str, Any]:
        """Declines a case for a department (辞退): by one of its own people, or by the desk for it with a reason.

        case_id: as `list_cases` gives it. offer_id: as `offer_case` gave it. grounds: why the department does not take
        it. declined_on: the day, today unless named, no day before the offer.

        Gives the event. The department sees the case no more.
        """
        stated: forms.Declining = load_or_refuse(forms.DecliningForm(), arguments)
        shown = self.shown(stated.case_id, stated.command_id)
        self.require_side(stated, shown, stated.offer_id)
        day = self.day(stated.declined_on, "declined_on", WORDS)
        command = DeclineOffer(offer_id=stated.offer_id, declined_on=day, grounds=stated.grounds)
        return self.on_case(stated, command, arguments)

    @staff_rpc(
        permission=Permission.CASE_COORDINATE,
        takes=forms.WithdrawingForm,
        refuses=(*standing_refusals(WithdrawOffer), OfferUnknown, OfferNotOpen),
    )
    def withdraw_offer(self, **arguments: Any) -> dict[str, Any]:
        """Asks a department no more, or takes the case from it (所管替え), whatever has become of the case.

        case_id: as `list_cases` gives it. offer_id: as `offer_case` gave it. reason: why; it has to be stated. The
        department sees the case no more.

        Gives the event; none where it is withdrawn already.
        """
        stated: forms.OfOffer = self.stated(forms.WithdrawingForm(), arguments)
        command = WithdrawOffer(offer_id=stated.offer_id, withdrawn_on=self.office.today())
        return self.on_case(stated, command, arguments)
