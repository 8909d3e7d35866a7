"""How a portal's message reaches a service, and how the answer leaves it.

A message is acknowledged after commit and answer. `Unavailable` holds it, tried again with growing delay, and after 15
minutes gives it back to the queue.
"""

from collections.abc import Callable
from typing import Any, Final

import eventlet
import structlog
from amqp.exceptions import AMQPError
from eventlet.event import Event
from kombu import Connection, Queue
from kombu.message import Message
from kombu.mixins import ConsumerMixin
from nameko.amqp.publish import get_producer
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import DependencyProvider, Entrypoint

from eventstore.answers import publish_answer
from eventstore.errors import Unavailable
from eventstore.nameko.calls import ExcInfo
from eventstore.nameko.composition import bind_log
from eventstore.nameko.frames import UncompressedMessage, consuming
from eventstore.parked import Delivery

PREFETCH: Final = 10
HOLD_FIRST, HOLD_LONGEST, HOLD_IN_ALL = 0.2, 60.0, 900.0  # seconds

log = structlog.get_logger(__name__)


class Answers(DependencyProvider):
    """Publishes answers to portals, persistent and with confirm: when it returns, the broker has them."""

    def __init__(self, exchange: str) -> None:
        self._exchange = exchange

    def setup(self) -> None:
        self._uri = self.container.config["AMQP_URI"]

    def get_dependency(self, worker_ctx: Any) -> Callable[[str, bytes, str], None]:  # noqa: ARG002 - nameko's signature
        return self.publish

    def publish(self, portal: str, answer: bytes, correlation_id: str) -> None:
        """Publishes one CloudEvent. Raises `Undeliverable` for a portal without queue, `Unavailable` without broker."""
        publish_answer(get_producer(self._uri, confirms=True), self._exchange, portal, answer, correlation_id)


class PortalMessages(Entrypoint, ConsumerMixin):
    """Portal messages from one queue, handed to the method as `Delivery`, bytes undecoded."""

    def __init__(self, queue: str, **options: Any) -> None:
        """queue: the name of a queue that exists; `renkei city create` declares it."""
        self._queue = queue
        self._thread: Any = None
        super().__init__(**options)

    @property
    def connection(self) -> Connection:
        """kombu's: the connection to consume from."""
        return consuming(self.container.config["AMQP_URI"])

    def start(self) -> None:
        self._thread = self.container.spawn_managed_thread(self.run)

    def stop(self) -> None:
        self.should_stop = True
        if self._thread is not None:
            self._thread.wait()

    def kill(self) -> None:
        self.should_stop = True

    def get_consumers(self, consumer: Any, channel: Any) -> list[Any]:
        channel.auto_decode, channel.Message = False, UncompressedMessage
        queue = Queue(self._queue, no_declare=True)
        return [consumer(queues=[queue], on_message=self._on_message, prefetch_count=PREFETCH)]

    def _on_message(self, message: Message) -> None:
        self.container.spawn_managed_thread(lambda: self._hold(message), identifier="portal message")

    def _hold(self, message: Message) -> None:
        """Tries until it is done, the time is up or the container ends; acknowledges, or gives back to the queue."""
        bind_log(self.container)
        delay, held = HOLD_FIRST, 0.0
        while (unavailable := self._work(_delivery(message))) and held < HOLD_IN_ALL:
            log.warning("message held", code=unavailable.stable_code, delay=delay)
            eventlet.sleep(delay)
            held, delay = held + delay, min(delay * 2, HOLD_LONGEST)
        if message.channel.connection is None:
            return  # the broker has taken it back already
        try:
            message.requeue() if unavailable else message.ack()
        except (OSError, AMQPError) as fault:
            log.warning("message not acknowledged", error=type(fault).__name__)

    def _work(self, delivery: Delivery) -> Unavailable | None:
        """Runs the method once: None where it is done with the message."""
        done = Event()

        def handle_result(worker_ctx: Any, result: Any, exc_info: ExcInfo | None) -> Any:  # noqa: ARG001 - nameko's
            done.send(exc_info and exc_info[1])
            return result, exc_info

        try:
            self.container.spawn_worker(self, (delivery,), {}, handle_result=handle_result)
        except ContainerBeingKilled:
            return Unavailable("the service is ending")
        error = done.wait()
        if error is None or isinstance(error, Unavailable):
            return error
        log.error("a portal message ended in a fault", error=type(error).__name__)
        return Unavailable("fault", code="fault")


portal_messages = PortalMessages.decorator


def _delivery(message: Message) -> Delivery:
    return Delivery(
        body=bytes(message.body or b""),
        content_type=message.content_type,
        routing_key=message.delivery_info["routing_key"],
        user_id=message.properties.get("user_id"),
    )
