"""How an answer leaves for a portal: persistent, with confirm, and only to a queue that exists."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Final

from amqp import spec
from amqp.exceptions import AMQPError, ChannelError
from kombu import Connection
from kombu.exceptions import KombuError

from eventstore.errors import Unavailable

ANSWERS: Final = "portal.answers"
"""The exchange; the routing key is the portal's name."""
CONFIRM_WITHIN: Final = 5.0
"""Seconds: a broker that comes up takes messages for quorum queues that it never confirms; they are sent again."""
PERSISTENT: Final = 2  # AMQP 0-9-1, basic.delivery-mode


class Undeliverable(Exception):
    """An answer that no queue took."""


@contextmanager
def confirming(uri: str) -> Iterator[Any]:
    """A producer on a connection of its own, for a program that answers once in a while."""
    options = {"confirm_publish": True}
    with Connection(uri, transport_options=options, connect_timeout=CONFIRM_WITHIN) as connection:
        yield connection.Producer()


def publish_answer(
    producers: AbstractContextManager[Any], exchange: str, portal: str, answer: bytes, correlation_id: str
) -> None:
    """Publishes one CloudEvent; when it returns, the broker has it.

    producers: gives a producer whose channel confirms. Raises `Undeliverable` for a portal without queue,
    `Unavailable` without broker.
    """
    try:
        with producers as producer:
            _publish(producer, exchange, portal, answer, correlation_id)
    except (OSError, AMQPError, KombuError) as fault:
        raise Unavailable(f"the broker does not answer ({type(fault).__name__})") from fault


def _publish(producer: Any, exchange: str, portal: str, answer: bytes, correlation_id: str) -> None:
    try:
        producer.publish(
            answer,
            exchange=exchange,
            routing_key=portal,
            correlation_id=correlation_id,
            content_type="application/cloudevents+json",
            content_encoding="utf-8",
            delivery_mode=PERSISTENT,
            mandatory=True,
            retry=True,
            retry_policy={"max_retries": 1},
            confirm_timeout=CONFIRM_WITHIN,
        )
    except ChannelError as returned:
        if "NO_ROUTE" not in str(returned):
            raise
        # A message that is returned is confirmed too: read it now, or the next answer would count as confirmed.
        producer.channel.wait([spec.Basic.Ack, spec.Basic.Nack], timeout=CONFIRM_WITHIN)
        raise Undeliverable from None
