"""What staff see of cases: the list, and one of them."""

from typing import Any

from desk.forms import load_or_refuse
from desk.openings import PurposeForm
from desk.permissions import Permission
from eventstore.errors import NotFound
from eventstore.following.freshness import NotYetFollowed, PositionParked
from eventstore.nameko import staff_rpc
from eventstore.records import StreamId
from services.matching.domain.case import CASE
from services.matching.queries.case_file import case_file
from services.matching.queries.cases import listed
from services.matching.schemas.cases import CaseListing, CaseListingSchema
from services.matching.service.window import CaseWindow


class ReadingWindow(CaseWindow):
    """The list of cases, and one of them."""

    @staff_rpc(permission=Permission.CASE_WORK, conceals=True, reads=(PurposeForm,), refuses=(NotFound,))
    def get_case(self, case_id: str, purpose: str | None = None) -> dict[str, Any]:
        """Reads a case (案件) with everything that staff wrote of it, once it is on record who opens it.

        case_id: as `list_cases` gives it. purpose: why it is opened, in a line of 400 characters at most.

        Gives `case_id`, `version`, `status`, `phase` (the city's own name for where it stands, or null),
        `proposal_id`, `opened_on`, `withdrawn_on` (null unless its proposer withdrew the proposal), `flagged`:
        whether a measure in the registers concerns the proposer; `accompanied_by`, `deputies`, `last_contact_on`,
        `days_since_contact`, `silent_since`; `proposal`: what intake tells of it today, null where it was not told or
        cannot be opened, and of its contact and address (`contact_…`, `proposer_address`) for a department that has yet
        to take the case; that it is opened is on record as well; `offers`, each with `standing`, `officer_id`,
        `department_now` and `department_name` (by the pack in force; null where the department has gone without
        successor) and its `answers`; `sessions`, each with `edition`, `by_city`, `by_proposer`, `is_settled` and the
        steps of its `minutes`; `suggestions`, `contacts`, `notes`, `goals` (every edition, with roles and merits,
        and `changes`: `field`, `old` and `new` of what is not as in the one before, `roles.city` and the like for what
        falls to one side), `opinions`, `decisions`, `answers`; and `obligations`: `items`, the ids, and `as_of` as
        `list_cases` does. Each entry has `type`, `version`, `recorded_at`, `actor_id`, `role`, `app` (by which it was
        done), `reason`, the event's fields in clear, and `closed`: the names of those that cannot be opened any more.
        """
        stream = StreamId.sought(CASE.category, case_id)
        shown = self.shown(stream.id)
        return case_file(self.office, stream, self.actor, purpose, with_contact=shown.sight.has_taken(shown.case))

    @staff_rpc(
        permission=Permission.CASE_WORK,
        takes=CaseListingSchema,
        refuses=(NotFound, NotYetFollowed, PositionParked),
    )
    def list_cases(self, **arguments: Any) -> dict[str, Any]:
        """Lists the cases that one may see in the order in which they were opened; nothing protected is told.

        status: where they stand; all unless named. proposal_id: the case of one proposal.

        Gives `items` (`case_id`, `proposal_id`, `version`, `status`, `opened_on`, `flagged`, `recorded_at`), `after`
        for the next page or null, and `as_of` (`position` of the log, and how many positions the list is `behind`).
        """
        wanted: CaseListing = load_or_refuse(CaseListingSchema(), arguments)
        self.require_shown(wanted)
        return listed(self.office, wanted, self.sight)
