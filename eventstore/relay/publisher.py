"""The publisher: tells RabbitMQ what the ledger holds, in its order, persistent, and confirmed a window at a time.

After any doubt it tells again from the last window that was confirmed: at least once, first deliveries in order. What
is gone or changed since it was numbered cannot be told any more: the publisher says so, loudly, and goes on with the
next, since nobody is helped by waiting for it. Subscribers see the hole in `streamversion`, `ledger verify` the reason.
"""

import time
from collections.abc import Iterator, Mapping, Set
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import amqp
import orjson
import psycopg
import structlog
from amqp.exceptions import AMQPError

from eventstore.database import Connection
from eventstore.errors import Unavailable
from eventstore.ledger.merkle import leaf_hash
from eventstore.ledger.stored import Ledger
from eventstore.records import is_sealed_part, read
from eventstore.relay.single import PUBLISHER, take
from eventstore.tracing import traceparent_of
from eventstore.verification.findings import Fault

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
    """A channel that publishes without waiting and then waits for everything to be confirmed."""

    def __init__(self, connection: amqp.Connection) -> None:
        self._connection = connection
        self._channel = connection.channel()
        self._channel.confirm_select()
        self._channel.events["basic_ack"].add(self._on_ack)
        self._channel.events["basic_nack"].add(self._on_nack)
        self._sent = 0
        self._open: set[int] = set()
        self._is_refused = False

    def publish(self, exchange: str, routing_key: str, body: bytes, message_id: str) -> None:
        """Sends one persistent message."""
        self._sent += 1
        self._open.add(self._sent)
        message = amqp.Message(body, content_type=CONTENT_TYPE, delivery_mode=2, message_id=message_id)
        self._channel.basic_publish(message, exchange=exchange, routing_key=routing_key)

    def confirm(self) -> None:
        """Waits until the broker has everything. Raises `Unconfirmed`."""
        deadline = time.monotonic() + CONFIRM_SECONDS
        while self._open and not self._is_refused:
            self._connection.drain_events(timeout=max(deadline - time.monotonic(), 0.001))
        if self._is_refused:
            raise Unconfirmed("the broker refused a message")

    def _on_ack(self, tag: int, multiple: bool) -> None:
        if multiple:
            self._open = {sent for sent in self._open if sent > tag}
        else:
            self._open.discard(tag)

    def _on_nack(self, *_: object) -> None:
        self._is_refused = True


@dataclass(slots=True)
class Publisher:
    """Publishes one city's ledger over a connection of its own, which holds the lock that makes it single.

    A type that it does not know stays here: it may be a newer one whose existence is protected.
    """

    connection: Connection
    tells: Tells
    published: int

    @classmethod
    def begin(cls, connection: Connection, tells: Tells) -> "Publisher":
        """Takes the lock and finds where to go on. Raises `AnotherRelay`."""
        take(connection, PUBLISHER)
        row = connection.execute("SELECT published FROM relay_progress").fetchone()
        return cls(connection, tells, row[0] if row else 0)

    def step(self, channel: ConfirmedChannel) -> int:
        """Publishes the next window and notes how far it got; gives how many positions that were, 0 for none."""
        with _fails_as_unavailable():
            # The size first: what is numbered between two statements must be next, not gone.
            first, last = self.published + 1, min(Ledger(self.connection).size(), self.published + WINDOW)
            if last < first:
                return 0
            rows = self.connection.execute(_NEXT, (first, last), binary=True, prepare=True).fetchall()
            _report_gaps(first, last, {row[0] for row in rows})
            for position, leaf, record in rows:
                if told := self._told(position, leaf, record):
                    channel.publish(*told)
            channel.confirm()
            self.connection.execute("UPDATE relay_progress SET published = %s", (last,))
            self.published = last
        return last - first + 1

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
