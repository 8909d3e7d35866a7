"""What the desk asks of the list of proposals."""

from dataclasses import dataclass

from desk.forms import ListForm, Listing, optional
from desk.forms.fields import Choice, YesNo
from services.intake.domain.proposal import Status
from services.intake.schemas.proposals.words import WORDS


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalListing(Listing):
    """Which proposals: those of a status, those flagged or not, or all."""

    status: Status | None
    flagged: bool | None


class ProposalListingSchema(ListForm):
    """`list_proposals`."""

    makes = ProposalListing
    words = WORDS
    status = optional(Choice(Status))
    flagged = optional(YesNo())
