"""The deadlines' window of matching: whoever coordinates cases may extend them."""

from typing import Any

from desk.deadlines.forms import ExtensionForm
from desk.permissions import Permission
from desk.windows import deadlines
from eventstore.nameko import staff_rpc
from services.matching.service.window import CaseWindow


class DeadlineWindow(deadlines.DeadlineWindow, CaseWindow):
    """What the desk asks about deadlines, and their extension; all else happens to them by what happens."""

    @staff_rpc(permission=Permission.CASE_COORDINATE, takes=ExtensionForm, refuses=deadlines.EXTENSION_REFUSALS)
    def extend_deadline(self, **arguments: Any) -> dict[str, Any]:
        """States a later date for a deadline that runs (期限の延長), as often as the city has reason to.

        deadline_id: as `list_deadlines` gives it. due_on: until when. reason: why; required here.

        Gives the event; none where this date was stated before.
        """
        return self.extended(arguments)
