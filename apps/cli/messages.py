"""`renkei messages parked`: what could not be read or answered."""

from contextlib import closing

import click

from apps.cli.settings import as_json, city_option, home, show, told
from apps.composition import SERVICES
from desk.office import Office
from eventstore.city import City


@click.group()
def messages() -> None:
    """Parked messages."""


@messages.command()
@city_option
@as_json
@told
def parked(city: str, *, as_json: bool) -> None:
    """Lists what is parked, without its content."""
    found = City.read(home(), city)
    rows = []
    for service in (service for service in SERVICES if service.takes):
        with closing(Office(service, found)) as office:
            rows += [
                {
                    "service": service.name,
                    "id": str(one.id),
                    "reason": one.reason,
                    "parked_at": one.parked_at.isoformat(),
                }
                for one in office.parked.all()
            ]
    text = "\n".join(f"{row['parked_at']}  {row['service']}  {row['reason']}  {row['id']}" for row in rows)
    show(rows, json=as_json, text=text or "nothing is parked")
