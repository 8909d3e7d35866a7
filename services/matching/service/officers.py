"""Who may act for a department that is asked about a case or has it, and who may be in charge there."""

from uuid import UUID

from desk.forms import Problem, refuse
from eventstore.errors import NotFound
from services.matching.domain.case.people import OfficerElsewhere
from services.matching.domain.case.state import Offer
from services.matching.queries.colleagues import departments_of, require_colleague
from services.matching.schemas.cases import OfCase
from services.matching.schemas.words import WORDS
from services.matching.service.window import CaseWindow


class OfficerWindow(CaseWindow):
    """A window at which departments act, each for itself, and the desk for any."""

    def require_side(self, stated: OfCase, offer_id: UUID) -> bool:
        """Whether the caller is of the department that was asked; otherwise it is the desk, and says why.

        Raises `NotFound` for another department, whatever was offered to whom, and `InvalidMessage` where the desk
        states no reason.
        """
        offer = self._offer(stated, offer_id)
        if offer is not None and offer.department in self.own_departments:
            return True
        if not self.sees_all:
            raise NotFound
        if stated.reason is None:
            refuse([Problem("required").at("reason", WORDS)])
        return False

    def require_officer(self, stated: OfCase, offer_id: UUID, staff_id: UUID) -> None:
        """Raises `ColleagueUnknown`, `OfficerElsewhere` for whoever cannot be in charge in the asked department.

        Nothing is asked of a command that was carried out before, nor of an offer that there is not.
        """
        offer = self._offer(stated, offer_id)
        if offer is None or not self.is_new(stated):
            return
        require_colleague(self.office.store, staff_id)
        if offer.department not in departments_of(self.office.store, staff_id, self.office.pack()):
            raise OfficerElsewhere

    def require_colleagues(self, stated: OfCase, staff_id: UUID) -> None:
        """Raises `ColleagueUnknown` for whoever cannot be given anything to do, unless it was given before."""
        if self.is_new(stated):
            require_colleague(self.office.store, staff_id)

    def _offer(self, stated: OfCase, offer_id: UUID) -> Offer | None:
        return self.visible(stated.case_id, stated.command_id).offers.get(offer_id)
