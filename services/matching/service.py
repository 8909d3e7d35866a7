"""Matching's edge: what staff tools call; its cases open by themselves when a proposal is accepted."""

from functools import partial
from typing import Any

from desk.forms import load_or_refuse
from desk.office import Office
from desk.permissions import Permission
from eventstore.errors import NotFound
from eventstore.following.freshness import NotYetFollowed, PositionParked
from eventstore.nameko import ActorToken, Composed, staff_rpc
from eventstore.records import Actor, StreamId
from services.matching import queries
from services.matching.declaration import MATCHING
from services.matching.domain.case import CASE
from services.matching.schemas import CaseListing, CaseListingSchema


class MatchingService:
    """The nameko service."""

    name = MATCHING.name
    office = Composed(partial(Office, MATCHING))
    token = ActorToken()
    actor: Actor

    @staff_rpc(permission=Permission.CASE_READ, conceals=True, refuses=(NotFound,))
    def get_case(self, case_id: str) -> dict[str, Any]:
        """Reads a case (案件) as it stands.

        case_id: as `list_cases` gives it.

        Gives `case_id`, `version`, `status`, `proposal_id`, `opened_on`, `withdrawn_on` (null unless its proposer
        withdrew the proposal) and `flagged`: whether a measure in the registers concerns the proposer.
        """
        return queries.case(self.office.store, StreamId.sought(CASE.category, case_id))

    @staff_rpc(
        permission=Permission.CASE_READ,
        takes=CaseListingSchema,
        refuses=(NotFound, NotYetFollowed, PositionParked),
    )
    def list_cases(self, **arguments: Any) -> dict[str, Any]:
        """Lists cases in the order in which they were opened; nothing protected is among what it tells.

        status: `unassigned` or `withdrawn`. proposal_id: the case of one proposal.

        Gives `items` (`case_id`, `proposal_id`, `version`, `status`, `opened_on`, `flagged`, `recorded_at`), `after`
        for the next page or null, and `as_of` (`position` of the log, and how many positions the list is `behind`).
        """
        wanted: CaseListing = load_or_refuse(CaseListingSchema(), arguments)
        equal = {"status": wanted.status, "proposal_id": wanted.proposal_id}
        return queries.CASE_LIST.page(self.office, wanted, **equal)
