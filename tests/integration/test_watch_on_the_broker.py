"""The watch's user on the broker, by trying: it asks who consumes a queue, and is refused everything else."""

from collections.abc import Callable
from typing import Any, Final

import amqp
import pytest
from amqp.exceptions import AccessRefused
from kombu import Connection

from apps.provisioning.broker import WATCH
from eventstore.city import City

QUEUE: Final = "intake.portal_events"


@pytest.mark.parametrize(
    "act",
    [
        lambda channel: channel.basic_get(QUEUE),
        lambda channel: channel.basic_consume(QUEUE),
        lambda channel: channel.queue_purge(QUEUE),
        lambda channel: channel.queue_delete(QUEUE),
        lambda channel: channel.queue_declare("watched"),
        lambda channel: channel.exchange_declare("watched", "topic"),
        lambda channel: channel.queue_bind(QUEUE, "portal.events", "#"),
        lambda channel: _published(channel, "portal.events"),
        lambda channel: _published(channel, ""),
    ],
    ids=["get", "consume", "purge", "delete", "declare", "exchange", "bind", "publish", "publish to a queue"],
)
def test_the_watch_asks_the_broker_and_may_do_nothing_else_there(city: City, act: Callable[[Any], object]) -> None:
    with Connection(city.brokers[WATCH]) as connection:
        asked = connection.channel().queue_declare(QUEUE, passive=True)
        assert asked.consumer_count == 0
        with pytest.raises(AccessRefused):
            act(connection.channel())


def _published(channel: Any, exchange: str) -> None:
    """Publishes, and asks something more: the broker refuses a message only then."""
    channel.basic_publish(amqp.Message("{}"), exchange=exchange, routing_key=QUEUE)
    channel.queue_declare(QUEUE, passive=True)
