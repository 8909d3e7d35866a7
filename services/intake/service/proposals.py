"""The proposals' window: screening, decisions, and the list."""

from typing import Any

from desk.commands import carry_out
from desk.forms import load_or_refuse
from desk.openings import PurposeForm
from desk.permissions import Permission
from eventstore.errors import NotFound
from eventstore.following.freshness import NotYetFollowed, PositionParked
from eventstore.nameko import staff_rpc
from eventstore.records import StreamId
from services.intake.domain.proposal import PROPOSAL, AcceptProposal, ProposalPledgePending
from services.intake.queries import lists, records
from services.intake.schemas.proposals import Acceptance, AcceptanceSchema, ProposalListing, ProposalListingSchema
from services.intake.service.window import Window


class ProposalWindow(Window):
    """What the desk does with proposals."""

    @staff_rpc(
        permission=Permission.PROPOSAL_ACCEPT,
        takes=AcceptanceSchema,
        refuses=(NotFound, ProposalPledgePending),
    )
    def accept_proposal(self, **arguments: Any) -> dict[str, Any]:
        """Accepts a proposal (受理): matching opens its case by itself.

        proposal_id: as `receive_proposal` gave it. reason: why, if something is to be said.

        Gives the event; none where the proposal was accepted before.
        """
        stated: Acceptance = load_or_refuse(AcceptanceSchema(), arguments)
        stream = StreamId(PROPOSAL.category, stated.proposal_id)
        command = AcceptProposal(accepted_on=self.office.today())
        return carry_out(self.office, self.actor, PROPOSAL, stream, command, stated, arguments)

    @staff_rpc(
        permission=Permission.PROPOSAL_READ,
        takes=ProposalListingSchema,
        refuses=(NotFound, NotYetFollowed, PositionParked),
    )
    def list_proposals(self, **arguments: Any) -> dict[str, Any]:
        """Lists proposals in the order in which they were received; nothing protected is among what it tells.

        status: `received` or `accepted`; all unless named.

        Gives `items` (`proposal_id`, `version`, `status`, `kind`, `call_id`, `purposes`, `proposer_kind`, `channel`,
        `pledges_pending`, `received_on`, `accepted_on`, `recorded_at`), `after` for the next page or null, and `as_of`
        (`position` of the log, and how many positions the list is `behind`).
        """
        wanted: ProposalListing = load_or_refuse(ProposalListingSchema(), arguments)
        return lists.PROPOSAL_LIST.page(self.office, wanted, status=wanted.status)

    @staff_rpc(
        permission=Permission.PROPOSAL_READ,
        conceals=True,
        reads=(PurposeForm,),
        refuses=(NotFound,),
    )
    def get_proposal(self, proposal_id: str, purpose: str | None = None) -> dict[str, Any]:
        """Reads a proposal with its fields opened, once it is on record who opens it.

        proposal_id: as `receive_proposal` gave it. purpose: why it is opened, in a line of 400 characters at most.

        Gives `proposal_id`, `version`, `status`, `channel`, `recorded_at`, the fields of `ProposalReceived` in clear
        without the document and its digest, and `closed`: the names of those that cannot be opened any more.
        """
        stream = StreamId.sought(PROPOSAL.category, proposal_id)
        return records.opened_record(self.office, stream, self.actor, purpose)
