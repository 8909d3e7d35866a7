"""Proposals read: the list, one as it stands, two editions compared, and how far its screening has come."""

from typing import Any

from desk.forms import load_or_refuse
from desk.openings import PurposeForm
from desk.permissions import Permission
from eventstore.errors import NotFound
from eventstore.following.freshness import NotYetFollowed, PositionParked
from eventstore.nameko import staff_rpc
from eventstore.records import StreamId
from services.intake.domain.proposal import PROPOSAL
from services.intake.queries import lists, records, screening, versions
from services.intake.schemas.proposals.lists import ProposalListing, ProposalListingSchema
from services.intake.service.window import Window


class ProposalReading(Window):
    """What staff see of proposals."""

    @staff_rpc(
        permission=Permission.PROPOSAL_READ,
        takes=ProposalListingSchema,
        refuses=(NotFound, NotYetFollowed, PositionParked),
    )
    def list_proposals(self, **arguments: Any) -> dict[str, Any]:
        """Lists proposals in the order in which they were received; nothing protected is among what it tells.

        status: where they stand; all unless named. flagged: whether a measure concerns their proposer; both unless
        named.

        Gives `items` (`proposal_id`, `version`, `status`, `kind`, `call_id`, `purposes`, `proposer_kind`, `channel`,
        `pledges_pending`, `edition`, `flagged`, `received_on`, `returned_on` and `answer_by` while it is returned,
        `review_on` while it is on hold, `accepted_on`, `decided_on`, `destination`, `merged_into`, `recorded_at`),
        `after` for the next page or null, and `as_of` (`position` of the log, and how many positions the list is
        `behind`).
        """
        wanted: ProposalListing = load_or_refuse(ProposalListingSchema(), arguments)
        return lists.PROPOSAL_LIST.page(self.office, wanted, status=wanted.status, flagged=wanted.flagged)

    @staff_rpc(
        permission=Permission.PROPOSAL_READ,
        conceals=True,
        reads=(PurposeForm,),
        refuses=(NotFound,),
    )
    def get_proposal(self, proposal_id: str, purpose: str | None = None) -> dict[str, Any]:
        """Reads a proposal with its fields opened, once it is on record who opens it.

        proposal_id: as `receive_proposal` gave it. purpose: why it is opened, in a line of 400 characters at most.

        Gives `proposal_id`, `version`, `status`, `channel`, `recorded_at`, the fields of `ProposalReceived` in clear as
        the latest edition and later changes leave them, without the document and its digest; `edition`; `flags` (the
        measures that concern its proposer); `absorbed` (proposals that go on in it), `merged_into` (where it goes on),
        `parts` (what it was split into), `origin` and `origin_id` (what it was made from: `inquiry` or `split`); of
        each of its `claims` also `claimed_on`, whether it came `later` than the proposal, and the city's provisional
        `answer` or null; and `closed`: the names of those that cannot be opened any more.
        """
        stream = StreamId.sought(PROPOSAL.category, proposal_id)
        return records.opened_record(self.office, stream, self.actor, purpose)

    @staff_rpc(
        permission=Permission.PROPOSAL_READ,
        conceals=True,
        reads=(PurposeForm,),
        refuses=(NotFound,),
    )
    def compare_proposal(
        self, proposal_id: str, edition_from: int, edition_to: int, purpose: str | None = None
    ) -> dict[str, Any]:
        """Compares two editions of a proposal as they were handed in, once it is on record who opens them.

        proposal_id: as `receive_proposal` gave it. edition_from, edition_to: 1 as received, one more for each
        correction. purpose: why they are opened, in a line of 400 characters at most.

        Gives `proposal_id`, `version`, `edition_from`, `edition_to`, `changes` (`field`, `old`, `new`, and for a text
        the sentences that were `removed` and `added`), and `closed`: the names of the fields that cannot be opened any
        more.
        """
        stream = StreamId.sought(PROPOSAL.category, proposal_id)
        if not all(type(edition) is int for edition in (edition_from, edition_to)):
            raise NotFound
        return versions.compared(self.office, stream, self.actor, (edition_from, edition_to), purpose)

    @staff_rpc(
        permission=Permission.PROPOSAL_SCREEN,
        conceals=True,
        reads=(PurposeForm,),
        refuses=(NotFound,),
    )
    def get_screening(self, proposal_id: str, purpose: str | None = None) -> dict[str, Any]:
        """Reads how far a proposal's screening has come, once it is on record who opens it.

        proposal_id: as `receive_proposal` gave it. purpose: why it is opened, in a line of 400 characters at most.

        Gives `proposal_id`, `version`, `status`, `edition`, `pledges_pending`; `checks`: all that the pack in force
        asks to have checked (`about`, `rule`, `clause`, `text`, `clause_text`, `discretionary`, `at_most_years`,
        `asked_of_police`), each with the latest `check` that counts for this edition and proposer, or null; and
        `steps`: every event of the screening opened, with who and why.
        """
        self.office.reading(self.token, Permission.PROPOSAL_READ)
        stream = StreamId.sought(PROPOSAL.category, proposal_id)
        return screening.screening(self.office, stream, self.actor, purpose)
