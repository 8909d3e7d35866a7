"""`renkei portal admit`: lets a portal hand in submissions."""

import click

from apps.cli.settings import as_json, city_option, home, installation, show, told
from apps.provisioning.city import admit_portal
from eventstore.city import City


@click.group()
def portal() -> None:
    """Portals."""


@portal.command()
@click.argument("name")
@city_option
@as_json
@told
def admit(name: str, city: str, *, as_json: bool) -> None:
    """Admits the portal NAME: broker user, rights, answer queue, and the event. The password is shown once."""
    password = admit_portal(installation(), City.read(home(), city), name)
    said = f"password: {password}" if password else "the broker user was there already and keeps its password"
    show({"portal": name, "password": password}, json=as_json, text=f"portal {name} is admitted; {said}")
