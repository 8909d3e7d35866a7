"""The portals' window: what companies say of minutes is taken or refused, and answered."""

from desk.windows.portals import TakingPortalMessages
from eventstore.nameko import portal_messages
from eventstore.parked import Delivery
from services.matching.declaration import MATCHING
from services.matching.service.window import CaseWindow


class PortalWindow(TakingPortalMessages, CaseWindow):
    """What portals publish to matching."""

    @portal_messages(queue=MATCHING.portal_queue)
    def on_portal_message(self, delivery: Delivery) -> None:
        """Takes or refuses a message and answers it, or parks it; `Unavailable` has it tried again."""
        self.take_portal_message(delivery)
