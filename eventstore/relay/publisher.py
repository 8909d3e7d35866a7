"""The publisher: tells RabbitMQ what the ledger holds, in its order, persistent, and confirmed a window at a time.

A full window is confirmed while the next one is on its way. After any doubt it tells again from the last window that
was confirmed: at least once, first deliveries in order. What
is gone or changed since it was numbered cannot be told any more: the publisher says so, loudly, and goes on with the
next, since nobody is helped by waiting for it. Subscribers see the hole in `streamversion`, `ledger verify` the reason.
"""

import socket
import time
from collections.abc import Iterable, Iterator, Mapping, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, TypeAlias

import amqp
import orjson
import psycopg
import structlog
from amqp.exceptions import AMQPError

from eventstore.database import Connection
from eventstore.errors import Unavailable
from eventstore.ledger.findings import Fault
from eventstore.ledger.stored import Ledger
from eventstore.merkle import leaf_hash
from eventstore.records import is_sealed_part, read
from eventstore.relay.single import PUBLISHER, take
from eventstore.tracing import traceparent_of

Tells: TypeAlias = Mapping[tuple[str, str], bool]
"""(service, event type) → whether it may leave: not where its existence is protected."""
Message: TypeAlias = tuple[str, str, bytes, str]
"""Exchange, routing key, body, message id."""

log = structlog.get_logger(__name__)

WINDOW: Final = 1_000
CONFIRM_SECONDS: Final = 30.0
CONTENT_TYPE: Final = "application/cloudevents+json"
FORM_UNKNOWN: Final = "form_unknown"

_NEXT: Final = (
    "SELECT p.position, p.leaf, e.record FROM positions p"
    " LEFT JOIN events e ON e.service = p.service AND e.sequence = p.sequence"
    " WHERE p.position BETWEEN %b AND %b ORDER BY p.position"
)


class Unconfirmed(Unavailable):
    """The broker did not confirm a window, or refused a message of it."""

    code = "unconfirmed"


def cloud_event(envelope: dict[str, Any]) -> dict[str, Any]:
    """An event as subscribers hear it: CloudEvents 1.0 with the open fields; what is sealed does not travel."""
    told = {
        "specversion": "1.0",
        "id": envelope["id"],
        "source": f"/services/{envelope['service']}",
        "type": envelope["type"],
        "subject": envelope["stream"],
        "time": envelope["recorded_at"],
        "datacontenttype": "application/json",
        "streamversion": envelope["version"],
        "correlationid": envelope["correlation"],
        "traceparent": traceparent_of(envelope),
        "data": {name: value for name, value in envelope["data"].items() if not is_sealed_part(value)},
    }
    if envelope["causation"] is not None:
        told["causationid"] = envelope["causation"]
    return told


class ConfirmedChannel:
    """A channel that sends without waiting, and waits for what was sent to be confirmed."""

    def __init__(self, connection: amqp.Connection) -> None:
        self._connection = connection
        self._channel = connection.channel()
        self._channel.confirm_select()
        self._channel.events["basic_ack"].add(self._on_ack)
        self._channel.events["basic_nack"].add(self._on_nack)
        self._socket: socket.socket = connection.transport.sock
        self._sent = self._confirmed = 0
        self._confirmed_early: set[int] = set()
        self._is_refused = False

    def send(self, messages: Iterable[Message]) -> int:
        """Sends persistent messages; gives the tag of the last one that was ever sent, by which to wait for it."""
        with self._corked():
            for exchange, routing_key, body, message_id in messages:
                self._sent += 1
                message = amqp.Message(body, content_type=CONTENT_TYPE, delivery_mode=2, message_id=message_id)
                self._channel.basic_publish(message, exchange=exchange, routing_key=routing_key)
        return self._sent

    def confirm(self, tag: int) -> None:
        """Waits until the broker has everything up to a tag. Raises `Unconfirmed`."""
        deadline = time.monotonic() + CONFIRM_SECONDS
        while self._confirmed < tag and not self._is_refused:
            self._connection.drain_events(timeout=max(deadline - time.monotonic(), 0.001))
        if self._is_refused:
            raise Unconfirmed("the broker refused a message")

    @contextmanager
    def _corked(self) -> Iterator[None]:
        """Lets the system join what is written into full packets: else the broker is woken for every message."""
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
        try:
            yield
        finally:
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 0)

    def _on_ack(self, tag: int, multiple: bool) -> None:
        """A broker may confirm a message before those that were sent earlier."""
        self._confirmed_early.add(tag)
        if multiple:
            self._confirmed = max(self._confirmed, tag)
            self._confirmed_early = {early for early in self._confirmed_early if early > tag}
        while self._confirmed + 1 in self._confirmed_early:
            self._confirmed += 1
            self._confirmed_early.remove(self._confirmed)

    def _on_nack(self, *_: object) -> None:
        self._is_refused = True


class Sent(NamedTuple):
    """How far was sent: the last position, and the tag of the last message."""

    position: int
    tag: int


@dataclass(slots=True)
class Publisher:
    """Publishes one city's ledger over a connection of its own, which holds the lock that makes it single.

    A type that it does not know stays here: it may be a newer one whose existence is protected.
    """

    connection: Connection
    tells: Tells
    published: int
    _sent: Sent = field(init=False)

    def __post_init__(self) -> None:
        self._sent = Sent(self.published, 0)

    @classmethod
    def begin(cls, connection: Connection, tells: Tells) -> "Publisher":
        """Takes the lock and finds where to go on. Raises `AnotherRelay`."""
        take(connection, PUBLISHER)
        # Progress that a crash of the database loses is told again; waiting for its disk would slow the writers.
        connection.execute("SET synchronous_commit = off")
        row = connection.execute("SELECT published FROM relay_progress").fetchone()
        return cls(connection, tells, row[0] if row else 0)

    def step(self, channel: ConfirmedChannel) -> int:
        """Sends the next window, and notes how far everything is confirmed; gives how many positions were sent.

        After a full window only those before it are waited for, since more is likely to follow; else all are, so that
        nothing is open after 0. channel: the same one from the first step on.
        """
        with _fails_as_unavailable():
            before = self._sent
            count = self._send(channel)
            self._confirm(channel, before if count == WINDOW else self._sent)
        return count

    def _send(self, channel: ConfirmedChannel) -> int:
        # The size first: what is numbered between two statements must be next, not gone.
        first, last = self._sent.position + 1, min(Ledger(self.connection).size(), self._sent.position + WINDOW)
        if last < first:
            return 0
        rows = self.connection.execute(_NEXT, (first, last), binary=True, prepare=True).fetchall()
        _report_gaps(first, last, {row[0] for row in rows})
        told = (self._told(*row) for row in rows)
        self._sent = Sent(last, channel.send(message for message in told if message))
        return last - first + 1

    def _confirm(self, channel: ConfirmedChannel, sent: Sent) -> None:
        if sent.position > self.published:
            channel.confirm(sent.tag)
            self.connection.execute("UPDATE relay_progress SET published = %s", (sent.position,))
            self.published = sent.position

    def _told(self, position: int, leaf: bytes, record: bytes | None) -> Message | None:
        """What is told of a position: nothing where it may not leave, or, having said so, where it cannot be told."""
        if record is None or leaf_hash(record) != leaf:
            fault = Fault.RECORD_MISSING if record is None else Fault.RECORD_CHANGED
            log.error("an event is not what was numbered, and is not told", position=position, code=fault)
            return None
        try:
            envelope = read(record)
            service, event_type = envelope["service"], envelope["type"]
            if not self._may_leave(service, event_type):
                return None
            return f"{service}.events", event_type, orjson.dumps(cloud_event(envelope)), envelope["id"]
        except (ValueError, KeyError, TypeError, AttributeError):
            log.error("a record of a form that is not known here is not told", position=position, code=FORM_UNKNOWN)
            return None

    def _may_leave(self, service: str, event_type: str) -> bool:
        tells = self.tells.get((service, event_type))
        if tells is None:
            log.warning("a type that is not known here is not told", service=service, type=event_type)
        return bool(tells)


def _report_gaps(first: int, last: int, seen: Set[int]) -> None:
    gone = [position for position in range(first, last + 1) if position not in seen]
    if gone:
        log.error(
            "positions are gone, and are not told", position=gone[0], count=len(gone), code=Fault.POSITION_MISSING
        )


@contextmanager
def _fails_as_unavailable() -> Iterator[None]:
    try:
        yield
    except (psycopg.OperationalError, AMQPError, OSError) as fault:
        raise Unavailable(f"the relay lost a connection ({type(fault).__name__})") from fault
