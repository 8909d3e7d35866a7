"""The first members of staff, registered by the operator before anybody is there to call `register_staff`."""

from contextlib import closing
from uuid import UUID, uuid4

from apps.provisioning.city import COMMAND_LINE, OPERATOR
from desk.office import Office
from eventstore.city import City
from eventstore.clock import now
from eventstore.execution import execute
from eventstore.records import Actor, StreamId
from eventstore.tokens import Identity, Tokens
from services.administration.declaration import ADMINISTRATION
from services.administration.domain.staff import STAFF, RegisterStaff, StaffUnknown
from services.administration.schemas import require_codes


def register_staff(city: City, name: str, department: str, roles: tuple[str, ...]) -> UUID:
    """Registers a person under a random id. Raises `InvalidMessage` for codes that the pack in force does not have."""
    staff_id = uuid4()
    with closing(Office(ADMINISTRATION, city)) as office:
        require_codes(office.pack(), department, list(roles))
        execute(
            office.store,
            STAFF,
            StreamId(STAFF.category, staff_id),
            RegisterStaff(staff_id=staff_id, name=name, department=department, roles=roles),
            office.context(Actor(id=city.operator, role=OPERATOR, app=COMMAND_LINE)),
        )
    return staff_id


def issue_token(city: City, staff_id: UUID) -> str:
    """A token for a registered member of staff, good for nine hours. Raises `StaffUnknown`."""
    with closing(Office(ADMINISTRATION, city)) as office:
        person = STAFF.fold(office.store.load(StreamId(STAFF.category, staff_id)).events)
    if person.department is None:
        raise StaffUnknown("この職員は登録されていません。")
    return Tokens(city.folder / "keys", city.municipality).issue(Identity(id=staff_id, roles=person.roles), now())
