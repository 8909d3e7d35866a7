"""`renkei health`: whether a service or the relay serves its cities; a container's health check."""

import click
import psycopg
from environs import Env
from kombu import Connection

from apps.cli.settings import as_json, home, show, told
from apps.composition import SERVICES
from eventstore.city import City, cities
from eventstore.declaration import Service
from eventstore.errors import NotFound, Unavailable
from eventstore.single import PUBLISHER, SEQUENCER, is_taken

PATIENCE = 5  # seconds to connect
BY_NAME = {service.name: service for service in SERVICES}
RELAY = "relay"


@click.command()
@click.argument("service", type=click.Choice(sorted([*BY_NAME, RELAY])))
@click.option("--city", "names", multiple=True, help="Only this city; those of RENKEI_CITIES, or all, unless given.")
@as_json
@told
def health(service: str, names: tuple[str, ...], *, as_json: bool) -> None:
    """Whether SERVICE takes calls and messages in each of its cities, and its role reaches the database there.

    Of the relay: whether one numbers and one tells each city's events; it need not be the one of this container.
    """
    served = [City.read(home(), name) for name in names or Env().list("RENKEI_CITIES", []) or cities(home())]
    if not served:
        raise NotFound("no city is set up here: run `renkei city create`", code="city_not_found")
    for city in served:
        _require_database(city, service)
        for queue in _queues(BY_NAME[service]) if service in BY_NAME else ():
            _require_consumer(city, service, queue)
    names = tuple(city.name for city in served)
    show({"service": service, "cities": names}, json=as_json, text=f"{service} serves {', '.join(names)}")


def _queues(service: Service) -> list[str]:
    """The queues that a service that serves consumes: calls (nameko's name) and portals' messages."""
    return [f"rpc-{service.name}", *([service.portal_queue] if service.takes else [])]


def _require_database(city: City, service: str) -> None:
    """Raises `Unavailable` where the service's role cannot ask the city's database, or no relay is at work in it."""
    try:
        with psycopg.connect(city.databases[service], connect_timeout=PATIENCE) as connection:
            if service == RELAY and not all(is_taken(connection, work) for work in (SEQUENCER, PUBLISHER)):
                raise Unavailable(f"{city.name}: no relay numbers and tells", code="not_serving")
            connection.execute("SELECT 1")
    except psycopg.OperationalError as fault:
        raise Unavailable(
            f"{city.name}: the database does not answer ({type(fault).__name__})", code="database_unavailable"
        ) from fault


def _require_consumer(city: City, service: str, queue: str) -> None:
    """Raises `Unavailable` where nobody consumes the queue.

    It is asked as the service itself: a passive declaration says how many consumers a queue has (AMQP 0-9-1, §1.7.2.2).
    """
    with Connection(city.brokers[service], connect_timeout=PATIENCE) as connection:
        try:
            consumers = connection.channel().queue_declare(queue, passive=True).consumer_count
        except (*connection.connection_errors, *connection.channel_errors) as fault:
            raise Unavailable(
                f"{city.name}: the broker does not tell of {queue} ({type(fault).__name__})", code="broker_unavailable"
            ) from fault
    if not consumers:
        raise Unavailable(f"{city.name}: nobody takes from {queue}", code="not_serving")
