"""The list of cases, in the order in which they were opened."""

from typing import Final

from desk.lists import ReadModel
from services.matching.projections import CASES

CASE_LIST: Final = ReadModel(
    subscription=CASES,
    key="case_id",
    columns=("case_id", "proposal_id", "version", "status", "opened_on", "flagged", "recorded_at"),
)
