"""`renkei staff register`, `renkei token`: the first members of staff, and tokens to work with."""

from contextlib import closing
from uuid import UUID, uuid4

import click

from apps.cli.settings import as_json, city_option, home, show, told
from apps.provisioning.city import COMMAND_LINE, OPERATOR
from desk.office import Office
from eventstore.city import City
from eventstore.clock import now
from eventstore.execution import execute
from eventstore.records import Actor, Context, StreamId
from eventstore.tokens import Identity, Tokens
from services.administration.declaration import ADMINISTRATION
from services.administration.domain.staff import STAFF, RegisterStaff, StaffUnknown
from services.administration.schemas import require_codes


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
    found = City.read(home(), city)
    staff_id = command_id = uuid4()
    with closing(Office(ADMINISTRATION, found)) as office:
        require_codes(office.pack(), department, list(roles))
        execute(
            office.store,
            STAFF,
            StreamId(STAFF.category, staff_id),
            RegisterStaff(staff_id=staff_id, name=name, department=department, roles=roles),
            Context(
                command_id=command_id,
                correlation_id=command_id,
                actor=Actor(id=found.operator, role=OPERATOR, app=COMMAND_LINE),
                policy=office.pack().digest,
            ),
        )
    show({"staff_id": str(staff_id)}, json=as_json, text=str(staff_id))


@click.command()
@click.argument("staff_id", type=UUID)
@city_option
@as_json
@told
def token(staff_id: UUID, city: str, *, as_json: bool) -> None:
    """Issues a token for a registered member of staff, good for nine hours."""
    found = City.read(home(), city)
    with closing(Office(ADMINISTRATION, found)) as office:
        person = STAFF.fold(office.store.load(StreamId(STAFF.category, staff_id)).events)
    if person.department is None:
        raise StaffUnknown("この職員は登録されていません。")
    issued = Tokens(found.folder / "keys", found.municipality).issue(Identity(id=staff_id, roles=person.roles), now())
    show({"token": issued}, json=as_json, text=issued)
