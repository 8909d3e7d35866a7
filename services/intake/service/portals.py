"""The portals' window: what they publish is received or refused, and answered."""

import structlog

from eventstore.answers import ANSWERS
from eventstore.nameko import Answers, portal_messages
from eventstore.parked import Delivery
from services.intake.answering import answer_message
from services.intake.declaration import INTAKE
from services.intake.service.window import Window

log = structlog.get_logger(__name__)


class PortalWindow(Window):
    """What portals publish."""

    answers = Answers(ANSWERS)

    @portal_messages(queue=INTAKE.portal_queue)
    def on_portal_message(self, delivery: Delivery) -> None:
        """Receives or refuses a portal's message and answers it; parks what cannot be answered.

        Raises `Unavailable` where it has to be tried again; otherwise the message may be acknowledged.
        """
        code = answer_message(self.desk.reactions, delivery, self.answers)
        if code is not None:
            parked = self.desk.office.parked.park(delivery, code, self.desk.office.clock())
            log.warning("message parked", parked=str(parked), code=code)
