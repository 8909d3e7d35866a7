"""Answers a portal's message: in a service as it comes, and again where a person retries one that was parked."""

from collections.abc import Callable
from typing import Final, TypeAlias

import structlog

from desk.office import Office
from desk.parking import AnswerAgain
from desk.portal.messages import Unanswerable, submission_command_id
from desk.portal.reactions import PortalReactions
from eventstore.answers import ANSWERS, Undeliverable, confirming, publish_answer
from eventstore.errors import StreamConflict, Unavailable
from eventstore.parked import Delivery

Publish: TypeAlias = Callable[[str, bytes, str], None]
"""Gives an answer to a portal: its name, the answer, the submission's id. Raises `Undeliverable`, `Unavailable`."""
FAULT: Final = "fault"

log = structlog.get_logger(__name__)


def answer_message(reactions: PortalReactions, delivery: Delivery, publish: Publish) -> str | None:
    """Receives or refuses a message and publishes the answer; gives the code to park it with where it has none.

    The same message again is answered the same. Raises `Unavailable` where it has to be tried again.
    """
    try:
        answer = reactions.answer(delivery)
        publish(answer.portal, answer.written(), answer.correlation_id)
        command_id = submission_command_id(answer.portal, answer.correlation_id)
        log.info("submission answered", type=answer.event["type"], correlation_id=str(command_id))
        return None
    except Unanswerable as unanswerable:
        return unanswerable.stable_code
    except Undeliverable:
        return "undeliverable"
    except StreamConflict as conflict:
        raise Unavailable("another submission under this id came first; it is looked at afresh") from conflict
    except Unavailable:
        raise
    except Exception as fault:  # noqa: BLE001 - a fault of our own must not lose the message: it is parked
        log.error("a portal message ended in a fault", error=type(fault).__name__)
        return FAULT


def answering_again(office: Office, reactions: PortalReactions) -> AnswerAgain:
    """Answers the messages that a service has parked, each on a connection of its own."""

    def publish(portal: str, answer: bytes, correlation_id: str) -> None:
        publish_answer(confirming(office.city.brokers[office.service]), ANSWERS, portal, answer, correlation_id)

    return lambda delivery: answer_message(reactions, delivery, publish)
