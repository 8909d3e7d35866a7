"""Times how soon a committed event is numbered, and how soon a subscriber of another service hears of it."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from statistics import quantiles
from time import perf_counter, sleep
from typing import Final

import amqp

from benchmarks.facts import SERVICE, clear_fact, contexts
from benchmarks.figures import Figure
from benchmarks.filling import new_streams
from benchmarks.ground import Ground
from benchmarks.racing import Tell
from benchmarks.scale import Scale
from eventstore.database import Connection
from eventstore.ledger.stored import Ledger
from eventstore.relay.relay import connected

PER_SECOND: Final = 50


class Subscriber:
    """Hears everything that the service tells, and notes when it heard of each event."""

    def __init__(self, connection: amqp.Connection) -> None:
        self.heard: dict[str, float] = {}
        self._connection = connection
        channel = connection.channel()
        queue, _, _ = channel.queue_declare(exclusive=True, durable=False)
        channel.queue_bind(queue, f"{SERVICE.name}.events", "#")
        channel.basic_consume(queue, callback=self._note, no_ack=True)

    def listen(self, ending: threading.Event) -> None:
        """Until it is told to end."""
        while not ending.is_set():
            with suppress(TimeoutError):
                self._connection.drain_events(timeout=0.2)

    def _note(self, message: amqp.Message) -> None:
        self.heard[message.properties["message_id"]] = perf_counter()


def hearing(at: Ground, scale: Scale, tell: Tell) -> Iterator[Figure]:
    """One event after another at a steady pace, while the relay is at work: p50 and p99 in milliseconds."""
    tell(f"commit → numbered → heard: {scale.messages} events, {PER_SECOND} a second")
    with connected(at.city.brokers["administrator"]) as connection:
        subscriber, ending = Subscriber(connection), threading.Event()
        listening = threading.Thread(target=subscriber.listen, args=(ending,))
        listening.start()
        committed, numbered = _written(at, scale.messages)
        while committed.keys() - subscriber.heard.keys():
            sleep(0.01)
        ending.set()
        listening.join()
    heard = [subscriber.heard[event] - instant for event, instant in committed.items()]
    yield _figure("numbered", numbered)
    yield _figure("heard by a subscriber", heard)


def _written(at: Ground, count: int) -> tuple[dict[str, float], list[float]]:
    """Event → when its commit was known; and how long it then took until each was numbered."""
    committed: dict[str, float] = {}
    numbered = []
    with at.store() as store, at.connect("records") as connection:
        (stream,) = [store.new_stream(one) for one in new_streams(1)]
        size, began = Ledger(connection).size(), perf_counter()
        for n, context in zip(range(count), contexts(), strict=False):
            sleep(max(0.0, began + n / PER_SECOND - perf_counter()))
            (recorded,) = store.append(stream, [clear_fact()], context, from_version=n)
            instant = committed[str(recorded.id)] = perf_counter()
            _await(connection, size + n + 1)
            numbered.append(perf_counter() - instant)
    return committed, numbered


def _await(connection: Connection, position: int) -> None:
    """Looks until there is such a position."""
    while not connection.execute("SELECT FROM positions WHERE position = %s", (position,)).rowcount:
        sleep(0.0005)


def _figure(what: str, seconds: list[float]) -> Figure:
    percent = quantiles(seconds, n=100, method="inclusive")
    return Figure(
        what=f"commit → {what} at {PER_SECOND} events/s: p50, p99",
        ours=f"{percent[49] * 1e3:.1f} ms, {percent[98] * 1e3:.1f} ms",
    )
