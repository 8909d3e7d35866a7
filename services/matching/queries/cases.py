"""The list of cases, in the order in which they were opened."""

from typing import Any, Final

from desk.lists import ReadModel
from desk.office import Office
from services.matching.projections import CASES
from services.matching.queries.sight import Sight
from services.matching.schemas.cases import CaseListing

CASE_LIST: Final = ReadModel(
    subscription=CASES,
    key="case_id",
    columns=("case_id", "proposal_id", "version", "status", "opened_on", "flagged", "recorded_at"),
)


def listed(office: Office, wanted: CaseListing, sight: Sight) -> dict[str, Any]:
    """A page of the list. sight: what whoever asks may see. Raises as `ReadModel.page` does."""
    equal = {"status": wanted.status, "proposal_id": wanted.proposal_id}
    return sight.page(CASE_LIST, office, wanted, *sight.conditions, equal=equal)
