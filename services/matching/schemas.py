"""What matching's lists state."""

from dataclasses import dataclass
from uuid import UUID

from desk.forms import LABELS, SENTENCES, ListForm, Listing, Words, optional
from desk.forms.fields import Choice, Id
from services.matching.domain.case import Status

WORDS = Words(labels={**LABELS, "status": "状態", "proposal_id": "提案ID"}, sentences=SENTENCES)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseListing(Listing):
    """Which cases: those of a status, that of one proposal, or all."""

    status: Status | None
    proposal_id: UUID | None


class CaseListingSchema(ListForm):
    """`list_cases`."""

    makes = CaseListing
    words = WORDS
    status = optional(Choice(Status))
    proposal_id = optional(Id())
