"""The relay of one city: numbers what was committed, seals it into the ledger, tells it, and closes each day.

Two threads, each with connections of its own and begun anew after a growing delay when they are lost. Of each there is
one at work in a city: a second relay stands by until the first one's lock is free.
"""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Final
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

import amqp
import psycopg
import structlog
from amqp.exceptions import AMQPError

from eventstore.database import Connection
from eventstore.errors import RenkeiError
from eventstore.ledger.checkpoints import Outside, Signer
from eventstore.ledger.closing import close_days
from eventstore.ledger.stored import Ledger
from eventstore.relay.publisher import ConfirmedChannel, Publisher, Tells
from eventstore.relay.sequencer import Sequencer
from eventstore.relay.single import AnotherRelay

PAUSE: Final = 0.02
"""Seconds of pause after a step that found less than `MUCH`: the next one finds more, for the same commit and flush."""
MUCH: Final = 1_000
AGAIN_FIRST, AGAIN_LONGEST, STEADY = 0.2, 10.0, 60.0  # seconds before a lost thread begins anew
STAND_BY: Final = 1.0  # seconds between looks of a relay that stands by
NOW_AND_THEN: Final = 10.0  # seconds between heartbeats, and between looks at the calendar
EXPECTED: Final = (RenkeiError, psycopg.Error, AMQPError, OSError)
"""What a thread survives; anything else is a fault of our own, and ends the process for its supervisor to see."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class RelaySettings:
    """What a relay needs: libpq and AMQP URIs, the city's code and zone, its signer, checkpoints outside, a clock.

    tells: which event types leave (`publisher`).
    """

    database: str
    broker: str
    municipality: str
    zone: ZoneInfo
    signer: Signer
    outside: Outside
    tells: Tells
    clock: Callable[[], datetime]


@dataclass(slots=True)
class Relay:
    """Runs from `start` to `stop`."""

    settings: RelaySettings
    _stopping: threading.Event = field(default_factory=threading.Event)
    _numbered: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        """Starts both threads."""
        for work in (self._sequence, self._publish):
            thread = threading.Thread(target=self._keep, args=(work,), name=f"relay {work.__name__}", daemon=True)
            self._threads.append(thread)
            thread.start()

    @property
    def is_running(self) -> bool:
        """Whether both threads are at work; one ends by itself only by a fault of our own."""
        return all(thread.is_alive() for thread in self._threads)

    def stop(self) -> None:
        """Ends both threads after what they are at."""
        self._stopping.set()
        self._numbered.set()
        for thread in self._threads:
            thread.join()

    def _keep(self, work: Callable[[], None]) -> None:
        """Does the work again and again, with a growing delay after each loss."""
        delay = AGAIN_FIRST
        while not self._stopping.is_set():
            began = time.monotonic()
            try:
                work()
            except AnotherRelay:
                self._stopping.wait(STAND_BY)
            except EXPECTED as fault:
                delay = AGAIN_FIRST if time.monotonic() - began > STEADY else min(delay * 2, AGAIN_LONGEST)
                log.warning(
                    "relay begins anew",
                    error=type(fault).__name__,
                    code=getattr(fault, "stable_code", None),
                    delay=delay,
                )
                self._stopping.wait(delay)

    def _connected(self) -> Connection:
        return psycopg.connect(
            self.settings.database, autocommit=True, connect_timeout=10, application_name="renkei relay"
        )

    def _sequence(self) -> None:
        """Numbers until the connection is lost; refuses to begin on a database that is behind its checkpoint."""
        with self._connected() as connection:
            ledger = Ledger(connection)
            ledger.require_continuing(self.settings.outside.newest())
            sequencer = Sequencer.begin(connection)
            log.info("sequencing", count=sequencer.tree.size)
            self._until_stopped(lambda: self._number(sequencer), self._stopping, lambda: self._close_days(ledger))

    def _number(self, sequencer: Sequencer) -> int:
        if count := sequencer.step():
            self._numbered.set()
        return count

    def _close_days(self, ledger: Ledger) -> None:
        at = self.settings
        if days := close_days(ledger, at.municipality, at.zone, at.signer, at.outside, at.clock()):
            log.info("days closed", count=len(days))

    def _publish(self) -> None:
        """Tells until a connection is lost."""
        with self._connected() as connection:
            publisher = Publisher.begin(connection, self.settings.tells)
            with connected(self.settings.broker) as broker:
                channel = ConfirmedChannel(broker)
                log.info("publishing", count=publisher.published)
                self._until_stopped(lambda: self._tell(publisher, channel), self._numbered, lambda: _beat(broker))

    def _tell(self, publisher: Publisher, channel: ConfirmedChannel) -> int:
        self._numbered.clear()
        return publisher.step(channel)

    def _until_stopped(
        self, step: Callable[[], int], more: threading.Event, now_and_then: Callable[[], object]
    ) -> None:
        """Step after step; after one that did not find much, a pause that `more` cuts short."""
        due = time.monotonic()
        while not self._stopping.is_set():
            count = step()
            if time.monotonic() >= due:
                now_and_then()
                due = time.monotonic() + NOW_AND_THEN
            if count < MUCH:
                more.wait(PAUSE)


class PublishingConnection(amqp.Connection):  # type: ignore[misc]  # py-amqp has no types
    """One that is not told of a blocked broker: py-amqp would look for such word, in vain, before each message."""

    negotiate_capabilities: ClassVar = {**amqp.Connection.negotiate_capabilities, "connection.blocked": False}


def connected(uri: str) -> amqp.Connection:
    """A connection to the broker, opened by `with`."""
    at = urlsplit(uri)
    return PublishingConnection(
        host=f"{at.hostname}:{at.port or 5672}",
        userid=unquote(at.username or ""),
        password=unquote(at.password or ""),
        virtual_host=unquote(at.path[1:]),
        heartbeat=30,
        connect_timeout=10,
    )


def _beat(broker: amqp.Connection) -> None:
    """Hears what the broker says to a connection at rest, its end above all, and lets it hear us."""
    with suppress(TimeoutError):
        broker.drain_events(timeout=0.001)
    broker.send_heartbeat()
