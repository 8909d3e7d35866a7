"""`renkei health`: whether a service, the relay or the watch serves its cities; a container's health check."""

import click
import httpx

from apps.cli.settings import as_json, home, show, told
from apps.composition import SERVICES
from apps.provisioning.database import RELAY, WATCH
from apps.watch.readiness import require_consumers, require_database, require_relay
from apps.watch.settings import own_url
from eventstore.city import City, served
from eventstore.errors import Unavailable

PATIENCE = 5  # seconds
BY_NAME = {service.name: service for service in SERVICES}


@click.command()
@click.argument("service", type=click.Choice(sorted([*BY_NAME, RELAY, WATCH])))
@click.option("--city", "names", multiple=True, help="Only this city; those of RENKEI_CITIES, or all, unless given.")
@as_json
@told
def health(service: str, names: tuple[str, ...], *, as_json: bool) -> None:
    """Whether SERVICE takes calls, messages and wakes in each of its cities, and its role reaches the database there.

    Of the relay: whether one numbers and one tells each city's events; it need not be the one of this container. Of
    the watch: whether it answers, and its role reaches the databases.
    """
    asked = served(home(), names)
    for city in asked:
        _require(city, service)
    if service == WATCH:
        _require_answer()
    names = tuple(city.name for city in asked)
    show({"service": service, "cities": names}, json=as_json, text=f"{service} serves {', '.join(names)}")


def _require(city: City, service: str) -> None:
    """Raises `Unavailable` where the service's role cannot ask the database, or nobody does its work there."""
    if service == RELAY:
        require_relay(city, RELAY)
        return
    require_database(city, service)
    if service in BY_NAME:
        require_consumers(city, BY_NAME[service])


def _require_answer() -> None:
    """Raises `Unavailable` where no watch answers at the address that this process's environment gives it."""
    try:
        answer = httpx.get(f"{own_url()}/healthz", timeout=PATIENCE, trust_env=False)
    except httpx.TransportError as fault:
        raise Unavailable(f"the watch does not answer ({type(fault).__name__})", code="not_serving") from fault
    if answer.status_code != httpx.codes.OK:
        raise Unavailable(f"the watch answers {answer.status_code}", code="not_serving")
