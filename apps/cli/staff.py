"""`renkei staff register`, `renkei token`: the first members of staff, and tokens to work with."""

from uuid import UUID

import click

from apps.cli.settings import as_json, city_option, home, show, told
from apps.provisioning.staff import issue_token, register_staff
from eventstore.city import City


@click.group()
def staff() -> None:
    """Staff."""


@staff.command()
@click.argument("name")
@click.option("--department", required=True, help="Code of a department of the pack.")
@click.option("--role", "roles", required=True, multiple=True, help="Code of a role of the pack; may be repeated.")
@city_option
@as_json
@told
def register(name: str, department: str, roles: tuple[str, ...], city: str, *, as_json: bool) -> None:
    """Registers the person NAME under a random id."""
    staff_id = register_staff(City.read(home(), city), name, department, roles)
    show({"staff_id": str(staff_id)}, json=as_json, text=str(staff_id))


@click.command()
@click.argument("staff_id", type=UUID)
@city_option
@as_json
@told
def token(staff_id: UUID, city: str, *, as_json: bool) -> None:
    """Issues a token for a registered member of staff, good for nine hours."""
    issued = issue_token(City.read(home(), city), staff_id)
    show({"token": issued}, json=as_json, text=issued)
