"""The counter's printer: receipt slips (受付票) to hand out."""

from base64 import b64encode
from typing import Any

from desk.openings import PurposeForm
from desk.paper import render
from desk.permissions import Permission
from eventstore.errors import NotFound
from eventstore.nameko import off_hub, staff_rpc
from eventstore.records import StreamId
from services.intake.domain.inquiry import INQUIRY
from services.intake.domain.proposal import PROPOSAL
from services.intake.queries.slips import ReceiptErased, slip_of
from services.intake.service.window import Window


class SlipWindow(Window):
    """What the desk prints for who came to the counter."""

    @staff_rpc(
        permission=Permission.PROPOSAL_RECEIVE,
        conceals=True,
        reads=(PurposeForm,),
        refuses=(NotFound, ReceiptErased),
    )
    def get_receipt_slip(self, proposal_id: str, purpose: str | None = None) -> dict[str, Any]:
        """Prints a proposal's receipt slip (受付票), once it is on record who opens the proposal for it.

        proposal_id: as `receive_proposal` gave it. purpose: why it is opened, in a line of 400 characters at most.

        Gives `file_name`, `media_type` (`application/pdf`) and `content`, the file in base64. The slip shows receipt
        number and access code: whoever holds it can ask for the status.
        """
        return self._printed(StreamId.sought(PROPOSAL.category, proposal_id), purpose)

    @staff_rpc(
        permission=Permission.INQUIRY_RECEIVE,
        conceals=True,
        reads=(PurposeForm,),
        refuses=(NotFound, ReceiptErased),
    )
    def get_inquiry_slip(self, inquiry_id: str, purpose: str | None = None) -> dict[str, Any]:
        """Prints an inquiry's receipt slip (受付票), as `get_receipt_slip` does.

        inquiry_id: as `receive_inquiry` gave it. purpose: why it is opened, in a line of 400 characters at most.

        Gives `file_name`, `media_type` (`application/pdf`) and `content`, the file in base64.
        """
        return self._printed(StreamId.sought(INQUIRY.category, inquiry_id), purpose)

    def _printed(self, stream: StreamId, purpose: object) -> dict[str, Any]:
        slip = slip_of(self.office, self.desk.reception.keys, stream, self.actor, purpose)
        return {
            "file_name": f"受付票_{slip['receipt_number']}.pdf",
            "media_type": "application/pdf",
            "content": b64encode(off_hub(render, "receipt_slip", slip)).decode(),
        }
