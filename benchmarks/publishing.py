"""Times the publisher on a numbered backlog, against plain py-amqp with messages that are made beforehand."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from time import perf_counter
from typing import Final, TypeAlias

import amqp
import orjson

from apps.relay.composition import tells
from benchmarks.facts import SERVICE
from benchmarks.figures import Figure, compared
from benchmarks.ground import Ground
from benchmarks.racing import Tell, Turn, alternate
from benchmarks.scale import Scale
from eventstore.records import read
from eventstore.relay.publisher import CONTENT_TYPE, WINDOW, ConfirmedChannel, Publisher, cloud_event
from eventstore.relay.relay import connected

EXCHANGE: Final = f"{SERVICE.name}.events"
HEARD: Final = "heard"

Message: TypeAlias = tuple[str, bytes, str]
"""Routing key, body, id."""


class Plain:
    """A channel of py-amqp with confirms, and no more than it takes to wait for a window of them."""

    def __init__(self, connection: amqp.Connection) -> None:
        self._connection = connection
        self._channel = connection.channel()
        self._channel.confirm_select()
        self._channel.events["basic_ack"].add(self._on_ack)
        self._sent = 0
        self._open: set[int] = set()
        self._oldest = 1

    def publish(self, messages: Sequence[Message]) -> None:
        """Publishes persistent messages, and waits after each window until all of it is confirmed."""
        for start in range(0, len(messages), WINDOW):
            for routing_key, body, message_id in messages[start : start + WINDOW]:
                self._sent += 1
                self._open.add(self._sent)
                message = amqp.Message(body, content_type=CONTENT_TYPE, delivery_mode=2, message_id=message_id)
                self._channel.basic_publish(message, exchange=EXCHANGE, routing_key=routing_key)
            while self._open:
                self._connection.drain_events(timeout=30)

    def _on_ack(self, tag: int, multiple: bool) -> None:
        if multiple:
            self._open.difference_update(range(self._oldest, tag + 1))
            self._oldest = tag + 1
        else:
            self._open.discard(tag)


def publishing(at: Ground, scale: Scale, tell: Tell) -> Figure:
    """The beginning of the ledger, told to a queue that is emptied after each turn."""
    with ExitStack() as stack:
        administrator = stack.enter_context(connected(at.city.brokers["administrator"])).channel()
        administrator.queue_declare(HEARD, durable=True, auto_delete=False)
        administrator.queue_bind(HEARD, EXCHANGE, "#")
        publisher = Publisher.begin(stack.enter_context(at.connect("relay")), tells([SERVICE]))
        channel = ConfirmedChannel(stack.enter_context(connected(at.city.brokers["relay"])))
        plain = Plain(stack.enter_context(connected(at.city.brokers["relay"])))
        turns = {
            "publishing": partial(_published, publisher, channel, scale.told),
            "plain amqp": partial(_published_plainly, plain, _messages(at, scale.told)),
        }
        rates = alternate(
            {name: _emptying(administrator, turn) for name, turn in turns.items()}, scale.rounds_of_backlog, tell
        )
        administrator.queue_delete(HEARD)
    what = f"publishing the ledger, against plain amqp, windows of {WINDOW:,} confirms"
    return compared(what, rates["publishing"], rates["plain amqp"], 0.7)


def _messages(at: Ground, count: int) -> list[Message]:
    """What the publisher will tell of the first positions."""
    with at.connect("records") as connection:
        rows = connection.execute(
            "SELECT record FROM positions JOIN events USING (service, sequence) WHERE position <= %s ORDER BY position",
            (count,),
            binary=True,
        ).fetchall()
    events = [cloud_event(read(row[0])) for row in rows]
    return [(event["type"], orjson.dumps(event), event["id"]) for event in events]


def _emptying(administrator: amqp.Channel, turn: Turn) -> Turn:
    def emptied() -> float:
        rate = turn()
        administrator.queue_purge(HEARD)
        return rate

    return emptied


def _published(publisher: Publisher, channel: ConfirmedChannel, at_least: int) -> float:
    again = replace(publisher, published=0)
    began = perf_counter()
    while again.published < at_least:
        again.step(channel)
    return again.published / (perf_counter() - began)


def _published_plainly(plain: Plain, messages: Sequence[Message]) -> float:
    began = perf_counter()
    plain.publish(messages)
    return len(messages) / (perf_counter() - began)
