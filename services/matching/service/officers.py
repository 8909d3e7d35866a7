"""Who may act for a department that is asked about a case or has it, and who may be in charge there."""

from datetime import date
from uuid import UUID

from desk.forms import Problem, refuse
from desk.permissions import Permission
from eventstore.errors import NotFound
from services.matching.domain.case.people import NotInCharge, OfficerElsewhere
from services.matching.queries.colleagues import ColleagueElsewhere, departments_of, require_colleague
from services.matching.queries.proposals import proposal_as_told
from services.matching.queries.sight import Sight
from services.matching.schemas.cases import OfCase
from services.matching.schemas.words import WORDS
from services.matching.service.window import CaseWindow, Shown


class OfficerWindow(CaseWindow):
    """A window at which departments act, each for itself, and the desk for any."""

    def require_in_charge(self, shown: Shown) -> None:
        """Raises `NotInCharge` for a department that has not taken the case: it does not speak for the city.

        The desk does. Nothing is asked of a command that was carried out before.
        """
        if shown.is_new and not shown.sight.has_taken(shown.case):
            raise NotInCharge

    def require_side(self, stated: OfCase, shown: Shown, offer_id: UUID) -> bool:
        """Whether the caller is of the department that was asked; otherwise it is the desk, and says why.

        Raises `NotFound` for another department, whatever was offered to whom, and `InvalidMessage` where the desk
        states no reason.
        """
        offer, departments = shown.case.offers.get(offer_id), shown.sight.departments
        own_departments = self.own_departments if departments is None else departments
        if offer is not None and offer.department in own_departments:
            return True
        if departments is not None:
            raise NotFound
        if stated.reason is None:
            refuse([Problem("required").at("reason", WORDS)])
        return False

    def proposed_on(self, shown: Shown) -> date | None:
        """The day on which the proposal of a case was received; None where intake does not tell."""
        proposal_id = shown.case.proposal_id
        return None if proposal_id is None else proposal_as_told(self.office.store, proposal_id).received_on

    def require_officer(self, shown: Shown, offer_id: UUID, staff_id: UUID) -> None:
        """Raises `ColleagueUnknown`, `OfficerElsewhere` for whoever cannot be in charge in the asked department.

        Nothing is asked of a command that was carried out before, nor of an offer that there is not.
        """
        offer = shown.case.offers.get(offer_id)
        if offer is None or not shown.is_new:
            return
        require_colleague(self.office.store, staff_id)
        if offer.department not in departments_of(self.office.store, staff_id, self.office.pack()):
            raise OfficerElsewhere

    def require_colleague(self, shown: Shown, staff_id: UUID) -> None:
        """Raises `ColleagueUnknown`, `ColleagueElsewhere` for whoever cannot look after a case.

        Nothing is asked of a command that was carried out before.
        """
        if not shown.is_new:
            return
        placed, pack = require_colleague(self.office.store, staff_id), self.office.pack()
        sees_all = Permission.CASE_READ in pack.permissions_of(placed.roles)
        departments = None if sees_all else pack.department_codes(placed.department)
        if not Sight(store=self.office.store, departments=departments).has_taken(shown.case):
            raise ColleagueElsewhere
