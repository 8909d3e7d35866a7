"""The inquiries' window (相談)."""

from typing import Any

from desk.openings import PurposeForm
from desk.permissions import Permission
from eventstore.errors import NotFound
from eventstore.nameko import staff_rpc
from eventstore.records import StreamId
from services.intake.domain.inquiry import INQUIRY
from services.intake.queries import records
from services.intake.service.window import Window


class InquiryWindow(Window):
    """What the desk does with inquiries."""

    @staff_rpc(
        permission=Permission.INQUIRY_READ,
        conceals=True,
        reads=(PurposeForm,),
        refuses=(NotFound,),
    )
    def get_inquiry(self, inquiry_id: str, purpose: str | None = None) -> dict[str, Any]:
        """Reads an inquiry with its fields opened, once it is on record who opens it.

        inquiry_id: as `receive_inquiry` gave it. purpose: why it is opened, in a line of 400 characters at most.

        Gives `inquiry_id`, `version`, `status`, `channel`, `recorded_at`, the fields of `InquiryReceived` in clear
        without the document and its digest, and `closed`: the names of those that cannot be opened any more.
        """
        stream = StreamId.sought(INQUIRY.category, inquiry_id)
        return records.opened_record(self.office, stream, self.actor, purpose)
