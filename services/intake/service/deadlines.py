"""The deadlines' window: what is due when, why on that day, and until when it is extended."""

from typing import Any

from desk.deadlines.counting import BeyondHolidays
from desk.deadlines.streams import DeadlineNotLater, DeadlineNotRunning, DeadlinePassed
from desk.deadlines.streams_commands import ExtendDeadline
from desk.forms import load_or_refuse
from desk.permissions import Permission
from eventstore.errors import NotFound
from eventstore.following.freshness import NotYetFollowed, PositionParked
from eventstore.nameko import staff_rpc
from eventstore.records import StreamId
from services.intake.queries import deadlines
from services.intake.schemas.deadlines import DeadlineListing, DeadlineListingSchema, Extension, ExtensionForm
from services.intake.service.window import Window


class DeadlineWindow(Window):
    """What the desk asks about deadlines, and their extension; all else happens to them by what happens."""

    @staff_rpc(
        permission=Permission.DEADLINE_READ,
        takes=DeadlineListingSchema,
        refuses=(NotFound, NotYetFollowed, PositionParked),
    )
    def list_deadlines(self, **arguments: Any) -> dict[str, Any]:
        """Lists deadlines, those that end first before the others; a page shows where each stands when it is asked for.

        status: `running`, `paused`, `overdue`, `met` or `dropped`; all unless named. subject_id: those of one proposal
        or inquiry.

        Gives `items` (`deadline_id`, `version`, `subject_category`, `subject_id`, `code` with `name`, `nature` with
        `nature_name`, `status`, `starts_on`, `due_on`, `met_on`, `extensions`: how often it was extended, `days_left`:
        negative where it is overdue, null where nothing runs), `after` for the next page or null, and `as_of`
        (`position` of the log, and how many positions the list is `behind`).
        """
        wanted: DeadlineListing = load_or_refuse(DeadlineListingSchema(), arguments)
        return deadlines.listed(self.office, wanted)

    @staff_rpc(permission=Permission.DEADLINE_READ, conceals=True, refuses=(NotFound,))
    def get_deadline(self, deadline_id: str) -> dict[str, Any]:
        """Reads a deadline with its derivation (期限の算出根拠).

        deadline_id: as `list_deadlines` gives it.

        Gives what `list_deadlines` tells of it, and `derivation`: how the date came about, a sentence for each step,
        by the pack and the closed days that it was counted under.
        """
        stream = StreamId.sought(deadlines.RULES.category, deadline_id)
        return deadlines.deadline(self.office, stream)

    @staff_rpc(
        permission=Permission.PROPOSAL_DECIDE,
        takes=ExtensionForm,
        refuses=(NotFound, DeadlineNotRunning, DeadlinePassed, DeadlineNotLater, BeyondHolidays),
    )
    def extend_deadline(self, **arguments: Any) -> dict[str, Any]:
        """States a later date for a deadline that runs (期限の延長), as often as the city has reason to.

        deadline_id: as `list_deadlines` gives it. due_on: until when. reason: why; required here.

        Gives the event; none where this date was stated before.
        """
        stated: Extension = load_or_refuse(ExtensionForm(), arguments)
        command = ExtendDeadline(due_on=stated.due_on, stated_on=self.office.today())
        return self.carry_out(deadlines.RULES, stated.deadline_id, command, stated, arguments)
