"""Readiness: the questions that tell whether a city is served, for `/readyz` and `renkei health`.

A passive declaration says how many consumers a queue has (AMQP 0-9-1, §1.7.2.1), and needs no right in the vhost.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Final, TypeAlias

import structlog
from amqp.exceptions import NotFound as NoSuchQueue
from kombu import Connection

from apps.provisioning.broker import WATCH as BROKER_USER
from apps.provisioning.database import WATCH
from apps.watch.connections import AT_ONCE, PATIENCE, connected, of_version
from eventstore.city import City
from eventstore.declaration import Service
from eventstore.errors import Unavailable
from eventstore.relay.single import PUBLISHER, SEQUENCER, is_taken

Readiness: TypeAlias = dict[str, dict[str, str]]
"""City → part → `READY`, or the code of what is wrong."""

READY: Final = "ready"
DATABASE, RELAY = "database", "relay"

log = structlog.get_logger(__name__)


def readiness(cities: Sequence[City], services: Sequence[Service]) -> Readiness:
    """What of each city is ready."""
    asked = [(city.name, part, question) for city in cities for part, question in _questions(city, services)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        codes = pool.map(lambda one: _code(*one), asked)
        found: Readiness = {city.name: {} for city in cities}
        for (city, part, _), code in zip(asked, codes, strict=True):
            found[city][part] = code
    return found


def require_database(city: City, role: str) -> None:
    """Raises `Unavailable` where the role cannot ask the city's database."""
    with connected(city, role) as connection:
        connection.execute("SELECT 1")


def require_relay(city: City, role: str) -> None:
    """Raises `Unavailable` where no relay numbers the city's events, or none tells them."""
    with connected(city, role) as connection:
        if not all(is_taken(connection, work) for work in (SEQUENCER, PUBLISHER)):
            raise Unavailable(f"{city.name}: no relay numbers and tells", code="not_serving")


def require_consumers(city: City, service: Service) -> None:
    """Raises `Unavailable` where nobody consumes one of the service's queues."""
    uri = of_version(city, city.brokers, BROKER_USER)
    limits = {"connect_timeout": PATIENCE, "transport_options": {"read_timeout": PATIENCE}}
    with Connection(uri, **limits) as connection:
        try:
            channel = connection.channel()
            for queue in queues(service):
                if not _consumers(channel, queue):
                    raise Unavailable(f"{city.name}: nobody takes from {queue}", code="not_serving")
        except (*connection.connection_errors, *connection.channel_errors) as fault:
            raise Unavailable(
                f"{city.name}: the broker does not tell of {service.name}'s queues ({type(fault).__name__})",
                code="broker_unavailable",
            ) from fault


def _consumers(channel: Any, queue: str) -> int:
    """How many take from the queue; none where it is not there."""
    try:
        return int(channel.queue_declare(queue, passive=True).consumer_count)
    except NoSuchQueue:
        return 0


def queues(service: Service) -> list[str]:
    """The queues that a service that serves consumes: calls (nameko's name), portals' messages, wakes."""
    messages = [service.portal_queue] if service.takes else []
    return [f"rpc-{service.name}", *messages, *(one.queue(service.name) for one in service.subscriptions)]


def _questions(city: City, services: Sequence[Service]) -> Iterator[tuple[str, Callable[[], None]]]:
    yield DATABASE, partial(require_database, city, WATCH)
    yield RELAY, partial(require_relay, city, WATCH)
    for service in services:
        yield service.name, partial(require_consumers, city, service)


def _code(city: str, part: str, question: Callable[[], None]) -> str:
    try:
        question()
    except Unavailable as unavailable:
        log.warning("not ready", city=city, part=part, code=unavailable.stable_code)
        return unavailable.stable_code
    return READY
