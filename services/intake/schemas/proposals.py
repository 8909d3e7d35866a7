"""What the desk's commands and lists state."""

from dataclasses import dataclass
from uuid import UUID

from desk.forms import CommandForm, ListForm, Listing, Stated, optional
from desk.forms.fields import Choice, Id
from services.intake.domain.proposal import Status
from services.intake.schemas.problems import WORDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance(Stated):
    """Which proposal is accepted."""

    proposal_id: UUID


class AcceptanceSchema(CommandForm):
    """`accept_proposal`."""

    makes = Acceptance
    words = WORDS
    proposal_id = Id(required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalListing(Listing):
    """Which proposals: those of a status, or all."""

    status: Status | None


class ProposalListingSchema(ListForm):
    """`list_proposals`."""

    makes = ProposalListing
    words = WORDS
    status = optional(Choice(Status))
