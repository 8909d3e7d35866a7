"""The window to which portals write: what they publish is taken or refused, and answered."""

from typing import Any, Protocol

import structlog

from desk.office import Office
from desk.portal.answering import answer_message
from desk.portal.reactions import PortalReactions
from eventstore.answers import ANSWERS
from eventstore.nameko import Answers
from eventstore.parked import Delivery

log = structlog.get_logger(__name__)


class PortalDesk(Protocol):
    """A service's composition in one city, as this window sees it."""

    @property
    def office(self) -> Office:
        """Where what cannot be answered is parked."""

    @property
    def reactions(self) -> PortalReactions:
        """What the service makes of portals' messages."""


class TakingPortalMessages:
    """A part of a nameko service that has the entrypoint of its own queue. desk: the service's composition."""

    desk: Any
    answers = Answers(ANSWERS)

    def take_portal_message(self, delivery: Delivery) -> None:
        """Takes or refuses a portal's message and answers it; parks what cannot be answered.

        Raises `Unavailable` where it has to be tried again; otherwise the message may be acknowledged.
        """
        desk: PortalDesk = self.desk
        code = answer_message(desk.reactions, delivery, self.answers)
        if code is not None:
            parked = desk.office.parked.park(delivery, code, desk.office.clock())
            log.warning("message parked", parked=str(parked), code=code)
