"""The work queue's window: what is due, and how many cases wait for what (S03 within the city hall, B08, N12)."""

from typing import Any

from desk.forms import load_or_refuse
from desk.permissions import Permission
from eventstore.errors import NotFound
from eventstore.following.freshness import NotYetFollowed, PositionParked
from eventstore.nameko import staff_rpc
from services.matching.queries import queue
from services.matching.schemas.queue import WorkListing, WorkListingForm
from services.matching.service.window import CaseWindow


class QueueWindow(CaseWindow):
    """What there is to do, for whoever may see it."""

    @staff_rpc(
        permission=Permission.CASE_WORK,
        conceals=True,
        takes=WorkListingForm,
        refuses=(NotFound, NotYetFollowed, PositionParked),
    )
    def list_work(self, **arguments: Any) -> dict[str, Any]:
        """Lists the cases that the caller may see by what is due first, once it is on record who is shown them.

        department: those that a department is asked about or has, by any code that it has or had. status: where they
        stand. due_before: with an open date before that day. person: those that a member of staff has to do with.
        silent: whether nobody has been in touch for too long. flagged: whether a measure concerns the proposer.
        orphaned: whether a department has it that there is no more. minutes_waiting: whether the city stands by minutes
        that the proposer has not answered. minutes_objected: whether the proposer objected to their newest edition.
        search: words of two characters or more with blanks between them, all of which stand in title, summary, problem,
        proposer's name or receipt number. Any unless named. derivation: whether each date is explained.

        Gives `items` (`case_id`, `proposal_id`, `version`, `status`, `phase`: the city's own name for where it stands,
        or null, `departments`: codes of those asked or in charge, `lead`, `accompanied_by`, `people`, `opened_on`,
        `last_contact_on`, `days_since_contact`, `silent`, `flagged`, `minutes_waiting`, `minutes_objected`, `outcome`,
        `due_on`; opened: `title`, `proposer_name`, `receipt_number`, null where they are erased; `dates`: each that is
        open with `kind`, `name`, `department` and `department_name`: the one that is to answer or has promised, null
        where it is none, `due_on`, `days_left`: negative where it has passed, `source`: the stream that tells it, and
        if asked for `derivation`, a sentence for each step), `after` for the next page or null, and `as_of` as
        `list_cases` does. A case that moves in the order meanwhile may be told twice, or be missed.
        """
        wanted: WorkListing = load_or_refuse(WorkListingForm(), arguments)
        self.require_shown(wanted)
        return queue.listed(self.office, wanted, self.actor, self.sight)

    @staff_rpc(permission=Permission.CASE_WORK, conceals=True)
    def count_work(self) -> dict[str, Any]:
        """Counts the cases that the caller may see.

        Gives `cases`, `by_status`, `overdue`: with an open date that has passed, `due_this_week`: due from today to
        Sunday, `silent`, `flagged`, `orphaned`, `minutes_waiting`, `minutes_objected`, `without_department`: none has
        it or is asked, `by_department` (`department`, `cases`: neither answered nor withdrawn) and `as_of` as
        `list_cases` does.
        """
        return queue.counted(self.office, *self.seen)
