"""The deadlines' window of any service: what is due when, why on that day, and until when it is extended."""

from typing import Any, Final

from desk.deadlines import listing
from desk.deadlines.counting import BeyondHolidays
from desk.deadlines.forms import DeadlineListing, DeadlineListingSchema, Extension, ExtensionForm
from desk.deadlines.streams import DeadlineNotLater, DeadlineNotRunning, DeadlinePassed, deadline_rules
from desk.deadlines.streams_commands import ExtendDeadline
from desk.forms import load_or_refuse
from desk.permissions import Permission
from desk.windows.window import Window
from eventstore.errors import NotFound
from eventstore.following.freshness import NotYetFollowed, PositionParked
from eventstore.nameko import staff_rpc

EXTENSION_REFUSALS: Final = (NotFound, DeadlineNotRunning, DeadlinePassed, DeadlineNotLater, BeyondHolidays)
"""What `extend_deadline` refuses with."""


class DeadlineWindow(Window):
    """What the desk asks about deadlines; who extends them is a service's own: it adds `extend_deadline`."""

    @staff_rpc(
        permission=Permission.DEADLINE_READ,
        takes=DeadlineListingSchema,
        refuses=(NotFound, NotYetFollowed, PositionParked),
    )
    def list_deadlines(self, **arguments: Any) -> dict[str, Any]:
        """Lists deadlines, those that end first before the others; a page shows where each stands when it is asked for.

        status: `running`, `paused`, `overdue`, `met` or `dropped`; all unless named. subject_id: those about one
        record.

        Gives `items` (`deadline_id`, `version`, `subject_category`, `subject_id`, `code` with `name`, `nature` with
        `nature_name`, `status`, `starts_on`, `due_on`, `met_on`, `extensions`: how often it was extended, `days_left`:
        negative where it is overdue, null where nothing runs), `after` for the next page or null, and `as_of`
        (`position` of the log, and how many positions the list is `behind`).
        """
        wanted: DeadlineListing = load_or_refuse(DeadlineListingSchema(), arguments)
        return listing.listed(self.office, wanted)

    @staff_rpc(permission=Permission.DEADLINE_READ, conceals=True, refuses=(NotFound,))
    def get_deadline(self, deadline_id: str) -> dict[str, Any]:
        """Reads a deadline with its derivation (期限の算出根拠).

        deadline_id: as `list_deadlines` gives it.

        Gives what `list_deadlines` tells of it, and `derivation`: how the date came about, a sentence for each step,
        by the pack and the closed days that it was counted under.
        """
        return listing.deadline(self.office, deadline_id)

    def extended(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """The event of a deadline that is extended, none where this date was stated before."""
        stated: Extension = load_or_refuse(ExtensionForm(), arguments)
        command = ExtendDeadline(due_on=stated.due_on, stated_on=self.office.today())
        return self.carry_out(deadline_rules(self.office.service), stated.deadline_id, command, stated, arguments)
