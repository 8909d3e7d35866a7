"""The publisher: tells RabbitMQ what the ledger holds, in its order, persistent, and confirmed a window at a time.

After any doubt it tells again from the last window that was confirmed: at least once, first deliveries in order.
"""

import time
from collections.abc import Iterator, Mapping
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
from eventstore.records import is_sealed_part, read
from eventstore.single import PUBLISHER, take

Tells: TypeAlias = Mapping[tuple[str, str], bool]
"""(service, event type) → whether it may leave: not where its existence is protected."""

log = structlog.get_logger(__name__)

WINDOW: Final = 1_000
CONFIRM_SECONDS: Final = 30.0
CONTENT_TYPE: Final = "application/cloudevents+json"

_NEXT: Final = (
    "SELECT p.position, e.record FROM positions p JOIN events e ON e.service = p.service AND e.sequence = p.sequence"
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
        "traceparent": envelope["trace"] or traceparent(envelope),
        "data": {name: value for name, value in envelope["data"].items() if not is_sealed_part(value)},
    }
    if envelope["causation"] is not None:
        told["causationid"] = envelope["causation"]
    return told


def traceparent(envelope: dict[str, Any]) -> str:
    """A trace for what came without one: everything of one correlation is one trace."""
    return f"00-{envelope['correlation'].replace('-', '')}-{envelope['id'].replace('-', '')[:16]}-01"


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
            first = self.published + 1
            rows = self.connection.execute(_NEXT, (first, first + WINDOW - 1), binary=True, prepare=True).fetchall()
            if not rows:
                return 0
            for _, record in rows:
                self._publish(channel, record)
            channel.confirm()
            self.connection.execute("UPDATE relay_progress SET published = %s", (rows[-1][0],))
            self.published = rows[-1][0]
        return len(rows)

    def _publish(self, channel: ConfirmedChannel, record: bytes) -> None:
        envelope = read(record)
        tells = self.tells.get((envelope["service"], envelope["type"]))
        if tells is None:
            log.warning("a type that is not known here is not told", service=envelope["service"], type=envelope["type"])
        if not tells:
            return
        body = orjson.dumps(cloud_event(envelope))
        channel.publish(f"{envelope['service']}.events", envelope["type"], body, envelope["id"])


@contextmanager
def _fails_as_unavailable() -> Iterator[None]:
    try:
        yield
    except (psycopg.OperationalError, AMQPError, OSError) as fault:
        raise Unavailable(f"the relay lost a connection ({type(fault).__name__})") from fault
