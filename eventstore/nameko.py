"""The edge to nameko: how a service gets its city, how staff tools call it, how a portal's message reaches it.

Errors cross as one of the six types of `eventstore.errors`, with code and sentence, never with a traceback.
A portal's message is acknowledged after commit and answer. `Unavailable` holds it, tried again with growing delay, and
after 15 minutes gives it back to the queue; a fault of our own parks it.
"""

from collections.abc import Callable
from types import TracebackType
from typing import Any, Final, Generic, Protocol, TypeAlias, TypeVar

import eventlet
import structlog
from amqp.exceptions import AMQPError
from eventlet.event import Event
from kombu import Connection, Queue
from kombu.exceptions import KombuError
from kombu.message import Message
from kombu.mixins import ConsumerMixin
from nameko.amqp.publish import Publisher, UndeliverableMessage
from nameko.constants import AUTH_TOKEN_CONTEXT_KEY, HEADER_PREFIX
from nameko.exceptions import ContainerBeingKilled, IncorrectSignature, MethodNotFound
from nameko.extensions import DependencyProvider, Entrypoint
from nameko.messaging import QueueConsumer
from nameko.rpc import Rpc, RpcConsumer

from eventstore.errors import (
    Forbidden,
    InvalidMessage,
    NotFound,
    Refusal,
    RenkeiError,
    StreamConflict,
    Unavailable,
)
from eventstore.frames import UncompressedMessage, consuming
from eventstore.parked import Delivery


class Closable(Protocol):
    """What holds connections and gives them back."""

    def close(self) -> None:
        """Gives them back."""


T = TypeVar("T", bound=Closable)
ExcInfo: TypeAlias = tuple[type[BaseException], BaseException, TracebackType | None]
CITY: Final = "city"
"""Key of a container's configuration: the `City` that it serves."""

PREFETCH: Final = 10
JSON: Final = "application/json"
HOLD_FIRST, HOLD_LONGEST, HOLD_IN_ALL = 0.2, 60.0, 900.0  # seconds
CONFIRM_WITHIN: Final = 5.0
"""Seconds: a broker that comes up takes messages for quorum queues that it never confirms; they are sent again."""
CROSSING: Final = (Refusal, StreamConflict, InvalidMessage, NotFound, Forbidden, Unavailable)

log = structlog.get_logger(__name__)


class Composed(DependencyProvider, Generic[T]):
    """What a service works with in its city: made once per container by `compose(city)`, closed with it."""

    def __init__(self, compose: Callable[[Any], T]) -> None:
        self._compose = compose

    def setup(self) -> None:
        self._made = self._compose(self.container.config[CITY])

    def stop(self) -> None:
        self._made.close()

    def kill(self) -> None:
        self._made.close()

    def get_dependency(self, worker_ctx: Any) -> T:  # noqa: ARG002 - nameko's signature
        return self._made

    def worker_setup(self, worker_ctx: Any) -> None:  # noqa: ARG002 - nameko's signature
        _bind_log(self.container)


def _bind_log(container: Any) -> None:
    """Lets every log line of this greenlet name service and city: it does not inherit them."""
    structlog.contextvars.bind_contextvars(service=container.service_name, city=container.config[CITY].name)


class ActorToken(DependencyProvider):
    """The actor token of the call, or None; it is checked by whoever needs to know who acts."""

    def get_dependency(self, worker_ctx: Any) -> str | None:
        token = worker_ctx.data.get(AUTH_TOKEN_CONTEXT_KEY)
        return token if isinstance(token, str) else None


class ForeignCalls(QueueConsumer):
    """nameko's queue consumer, safe against what strangers call properties, and against bodies that unpack to more."""

    @property
    def connection(self) -> Connection:
        """kombu's: the connection to consume from."""
        return consuming(self.amqp_uri)

    def get_consumers(self, consumer_cls: Any, channel: Any) -> Any:
        channel.auto_decode, channel.Message = False, UncompressedMessage
        return super().get_consumers(consumer_cls, channel)


class AnswerableRpcConsumer(RpcConsumer):
    """nameko's RPC consumer, which would end its container over a call that it cannot answer as it came."""

    queue_consumer = ForeignCalls()

    def handle_message(self, body: object, message: Message) -> None:
        """Hands a call on; one without `reply_to` is dropped, since nobody could hear a refusal."""
        if not message.properties.get("reply_to"):
            log.warning("call without reply_to dropped")
            self.queue_consumer.ack_message(message)
            return
        if message.content_type != JSON:
            body, message.properties["content_type"] = (
                None,
                JSON,
            )  # nobody answers in a serialiser of the caller's choice
        super().handle_message(body, message)

    def handle_result(self, message: Message, result: Any, exc_info: ExcInfo | None) -> Any:
        """Answers; an error crosses in our own words."""
        return super().handle_result(message, result, exc_info and _crossing(exc_info))


class StaffRpc(Rpc):
    """A method that staff tools call; of a call's headers only the actor token is read."""

    rpc_consumer = AnswerableRpcConsumer()

    def __init__(self, **options: Any) -> None:
        super().__init__(expected_exceptions=RenkeiError, **options)

    def check_signature(self, args: list[Any], kwargs: dict[str, Any]) -> None:
        """Raises `InvalidMessage` where the arguments are not the method's own."""
        try:
            super().check_signature(args, kwargs)
        except IncorrectSignature:
            raise InvalidMessage("引数の名前か数が、このメソッドのものと合いません。", code="arguments") from None

    def handle_message(self, body: object, message: Message) -> None:
        match body:
            case {"args": list(), "kwargs": dict()}:
                super().handle_message(body, message)
            case _:
                raise InvalidMessage("呼び出しの形式が正しくありません。")

    def unpack_message_headers(self, message: Message) -> dict[str, Any]:
        """What the worker is told of the call's headers."""
        token = message.headers.get(f"{HEADER_PREFIX}.{AUTH_TOKEN_CONTEXT_KEY}")
        return {AUTH_TOKEN_CONTEXT_KEY: token}


staff_rpc = StaffRpc.decorator


def _crossing(exc_info: ExcInfo) -> ExcInfo:
    """The same error as one of the six types that cross, or as a fault without any inside."""
    error = exc_info[1]
    for known in CROSSING:
        if isinstance(error, known):
            crossed = known(error.message, code=error.stable_code)
            crossed.args = (*crossed.args, *error.crossing)
            return (known, crossed, None)
    if isinstance(error, MethodNotFound):
        return (NotFound, NotFound("このメソッドはありません。", code="method_not_found"), None)
    log.error("a call ended in a fault", error=type(error).__name__)
    fault = Unavailable("内部の誤りで処理できませんでした。時間をおいて、もう一度お試しください。", code="fault")
    return (Unavailable, fault, None)


class Undeliverable(Exception):
    """An answer that no queue took."""


class Answers(DependencyProvider):
    """Publishes answers to portals, persistent and with confirm: when it returns, the broker has them."""

    def __init__(self, exchange: str) -> None:
        self._exchange = exchange

    def setup(self) -> None:
        self._publisher = Publisher(
            self.container.config["AMQP_URI"],
            exchange=self._exchange,
            serializer=None,
            mandatory=True,
            retry_policy={"max_retries": 1},
            confirm_timeout=CONFIRM_WITHIN,
        )

    def get_dependency(self, worker_ctx: Any) -> Callable[[str, bytes, str], None]:  # noqa: ARG002 - nameko's signature
        return self.publish

    def publish(self, portal: str, answer: bytes, correlation_id: str) -> None:
        """Publishes one CloudEvent. Raises `Undeliverable` for a portal without queue, `Unavailable` without broker."""
        try:
            self._publisher.publish(
                answer,
                routing_key=portal,
                correlation_id=correlation_id,
                content_type="application/cloudevents+json",
                content_encoding="utf-8",
            )
        except UndeliverableMessage:
            raise Undeliverable from None
        except (OSError, AMQPError, KombuError) as fault:
            raise Unavailable(f"the broker does not answer ({type(fault).__name__})") from fault


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
        _bind_log(self.container)
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
