"""The proposals' window for what has to do with others: possible duplicates, merge and split."""

from typing import Any, Final

from desk.openings import PurposeForm
from desk.permissions import Permission
from desk.portal.submissions import SubmissionErased
from eventstore.errors import NotFound
from eventstore.nameko import staff_rpc
from eventstore.records import StreamId
from services.intake.domain.proposal import PROPOSAL
from services.intake.domain.proposal.decider import standing_refusals
from services.intake.domain.proposal.lineage import (
    MergeAcrossCalls,
    MergeOfOthers,
    MergeProposal,
    MergeTargetUnfit,
    SplitProposal,
    TooFewParts,
)
from services.intake.queries import lineage
from services.intake.schemas import ProposalSchema
from services.intake.schemas.lineage import Division, DivisionForm, Merger, MergerForm
from services.intake.service.proposals.counter import ProposalCounter

AGAINST_A_PART: Final = ("other_municipality", "call_unknown", "call_closed", "attachment_unknown", "terms_version")
"""What may be wrong with a part beside its form."""


class LineageWindow(ProposalCounter):
    """What the desk does where several proposals are one matter, or one proposal is several."""

    @staff_rpc(
        permission=Permission.PROPOSAL_SCREEN,
        conceals=True,
        reads=(PurposeForm,),
        refuses=(NotFound,),
    )
    def find_possible_duplicates(self, proposal_id: str, purpose: str | None = None) -> dict[str, Any]:
        """Finds proposals, open or past, that may be about the same thing; a person decides what follows.

        proposal_id: as `receive_proposal` gave it. purpose: why they are opened, in a line of 400 characters at most.

        Compared are the proposals that ever named the same party or contact, and those received within 180 days of this
        one, 200 at most; those that it is known to be linked with are not told. Nothing of their content is told, but
        each one told counts as opened, and is on record as such.

        Gives `proposal_id`, `version`, `items`, the most alike first (`proposal_id`, `version`, `status`, `kind`,
        `call_id`, `received_on`; `agrees`: what both name, of `corporate_number`, `party_name`, `phone` and `email`;
        `title_similarity` and `summary_similarity` as whole percentages, null where one cannot be opened any more),
        how many were `compared`, how many more were `left_out`, and `as_of` as the lists do.
        """
        self.office.reading(self.token, Permission.PROPOSAL_READ)
        stream = StreamId.sought(PROPOSAL.category, proposal_id)
        return lineage.possible_duplicates(self.office, stream, self.actor, purpose)

    @staff_rpc(
        permission=Permission.PROPOSAL_DECIDE,
        takes=MergerForm,
        refuses=(*standing_refusals(MergeProposal), MergeTargetUnfit, MergeAcrossCalls, MergeOfOthers),
    )
    def merge_proposal(self, **arguments: Any) -> dict[str, Any]:
        """Merges a proposal into another that is open and undecided: it goes on there, and both say so.

        proposal_id: as `receive_proposal` gave it. into: the other one's, which is of the same kind and call and comes
        from the same party. same_party_confirmed: that somebody made sure of that, where the corporate numbers do not
        say so but the names do. reason: why; required here. expected_version: of the proposal that is merged.

        Gives the events of both.
        """
        stated: Merger = self.stated(MergerForm(), arguments)
        told: dict[str, Any] = self.desk.lineage.merge(stated, self.actor, arguments)
        return told

    @staff_rpc(
        permission=Permission.PROPOSAL_DECIDE,
        takes=DivisionForm,
        reads=(ProposalSchema,),
        refuses=(*standing_refusals(SplitProposal), TooFewParts, SubmissionErased),
        problems=AGAINST_A_PART,
    )
    def split_proposal(self, **arguments: Any) -> dict[str, Any]:
        """Splits a proposal into several, each of which names it as its origin; all is recorded together or not at all.

        proposal_id: as `receive_proposal` gave it. parts: two at least, each as `submission` of `receive_proposal`;
        they count as received when the proposal was, under the rules of that day. reason: why; required here.

        What is wrong with a part is told at `parts.<n>`, counted from 0. At `proposer.kind` the city's pack may refuse
        with a code and a sentence of its own.

        Gives the events of all, and `parts`: for each its `proposal_id` and the receipt as `receive_proposal` does.
        """
        stated: Division = self.stated(DivisionForm(), arguments)
        told: dict[str, Any] = self.desk.lineage.split(stated, self.actor, arguments)
        return told
