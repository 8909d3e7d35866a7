"""Telling again: publishes once more what the relay told, for subscribers whose queue was lost with what waited in it.

Everybody who is bound hears it: subscribers know a repetition by its id, and `streamversion` puts what is heard for the
first time, amid newer events, into its place. How far the relay got is only read.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import orjson
import psycopg
from amqp.exceptions import AMQPError

from apps.records.replay import replay
from apps.records.selection import Selection
from eventstore.city import City
from eventstore.database import Connection
from eventstore.errors import Refusal, Unavailable
from eventstore.relay.publisher import WINDOW, ConfirmedChannel, Message, Tells, cloud_event
from eventstore.relay.relay import connected


class NotToldYet(Refusal):
    """The relay has not told these positions yet: it tells them itself, and first."""

    code = "not_told_yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A part of the ledger: positions from `first` (1 or more) to `last`, both included, of these types.

    last: None for as far as the relay told. types: every type where it names none.
    """

    first: int
    last: int | None = None
    types: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Retold:
    """What was told again: how many events, of the positions from `first` to `last`."""

    first: int
    last: int
    events: int


def tell_again(city: City, passage: Passage, tells: Tells, progress: Callable[[int, int], None]) -> Retold:
    """Publishes a passage again, in the ledger's order, and gives what was confirmed.

    tells: which event types leave; what is not among them does not. progress: told the position confirmed and the last.
    Raises `NotToldYet`, `RecordNotWhole` at a record that is not what was numbered, once what is before it is
    confirmed, and `Unavailable`.
    """
    with _fails_as_unavailable(), _database(city) as connection:
        last, told = _last(connection, passage), 0
        with connected(city.brokers["relay"]) as broker:
            channel = ConfirmedChannel(broker)
            for first in range(passage.first, last + 1, WINDOW):
                window = Passage(first=first, last=min(first + WINDOW - 1, last), types=passage.types)
                told += _tell(connection, channel, window, tells)
                progress(window.last or last, last)
    return Retold(first=passage.first, last=last, events=told)


def _last(connection: Connection, passage: Passage) -> int:
    row = connection.execute("SELECT published FROM relay_progress").fetchone()
    published = int(row[0]) if row else 0
    if max(passage.first, passage.last or 0) > published:
        raise NotToldYet(f"the relay has told positions up to {published}: what comes later it tells by itself")
    return passage.last or published


def _tell(connection: Connection, channel: ConfirmedChannel, window: Passage, tells: Tells) -> int:
    """Tells a window; what comes before a record that is not whole is told all the same."""
    messages: list[Message] = []
    try:
        for envelope in _envelopes(connection, window):
            service, event_type = envelope["service"], envelope["type"]
            if tells.get((service, event_type)):
                body = orjson.dumps(cloud_event(envelope))
                messages.append((f"{service}.events", event_type, body, envelope["id"]))
    finally:
        channel.confirm(channel.send(messages))
    return len(messages)


def _envelopes(connection: Connection, window: Passage) -> Iterator[dict[str, Any]]:
    lines = replay(connection, Selection(types=window.types), window.last or 0, after=window.first - 1)
    return (orjson.loads(line)["record"] for line in lines)


def _database(city: City) -> Connection:
    """As the records office, which may write nothing."""
    return psycopg.connect(city.databases["records"], autocommit=True, connect_timeout=10)


@contextmanager
def _fails_as_unavailable() -> Iterator[None]:
    try:
        yield
    except (psycopg.OperationalError, AMQPError, OSError) as fault:
        raise Unavailable(f"database or broker does not answer ({type(fault).__name__}): tell it again") from fault
