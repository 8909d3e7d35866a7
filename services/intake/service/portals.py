"""The portals' window: what they publish is received or refused, and answered."""

from desk.windows.portals import TakingPortalMessages
from eventstore.nameko import portal_messages
from eventstore.parked import Delivery
from services.intake.declaration import INTAKE
from services.intake.service.window import Window


class PortalWindow(TakingPortalMessages, Window):
    """What portals publish."""

    @portal_messages(queue=INTAKE.portal_queue)
    def on_portal_message(self, delivery: Delivery) -> None:
        """Receives or refuses a message and answers it, or parks it; `Unavailable` has it tried again."""
        self.take_portal_message(delivery)
