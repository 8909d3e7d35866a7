"""The lists that intake keeps; they show nothing protected."""

from typing import Final

from desk.lists import ReadModel
from services.intake.projections.proposals import PROPOSALS

PROPOSAL_LIST: Final = ReadModel(
    subscription=PROPOSALS,
    key="proposal_id",
    columns=(
        "proposal_id", "version", "status", "kind", "call_id", "purposes", "proposer_kind", "channel",
        "pledges_pending", "edition", "flagged", "received_on", "returned_on", "answer_by", "review_on", "accepted_on",
        "decided_on", "destination", "merged_into", "recorded_at",
    ),
)  # fmt: skip
