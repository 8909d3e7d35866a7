"""A member of staff: a random id, a sealed name, and the roles that tokens may carry."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Final, TypeAlias, assert_never
from uuid import UUID

from eventstore.decider import Decider
from eventstore.errors import Refusal
from eventstore.protection import Public, Sealed, personal
from services.administration.domain.event_types import EVENTS


@EVENTS.event(category="staff", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class StaffRegistered:
    """A member of staff may act in these roles; records name the id, never the name."""

    staff_id: UUID
    name: Annotated[Sealed[str], personal(of="staff_id")]
    department: Public[str]
    roles: tuple[Public[str], ...]


@EVENTS.event(category="staff", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class StaffRolesChanged:
    """The roles and the department from now on; no role means that the person acts no more."""

    department: Public[str]
    roles: tuple[Public[str], ...]


StaffEvent: TypeAlias = StaffRegistered | StaffRolesChanged


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterStaff:
    """Register a person under an id drawn by whoever commands; department and roles are codes of the pack."""

    staff_id: UUID
    name: str = field(repr=False)
    department: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeStaffRoles:
    """Change department and roles (人事異動)."""

    department: str
    roles: tuple[str, ...]


StaffCommand: TypeAlias = RegisterStaff | ChangeStaffRoles


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """The person's department and roles; None and no roles before the registration."""

    department: str | None = None
    roles: tuple[str, ...] = ()


class StaffUnknown(Refusal):
    """Nobody is registered under this id."""

    code = "staff_unknown"
    sentence = "この職員は登録されていません。"


class StaffAlreadyRegistered(Refusal):
    """Somebody is registered under this id."""

    code = "staff_already_registered"
    sentence = "この職員はすでに登録されています。"


def decide(command: StaffCommand, staff: Staff) -> Sequence[StaffEvent]:
    """The events that follow from a command; none where it was already so."""
    match command:
        case RegisterStaff():
            return _register(command, staff)
        case ChangeStaffRoles():
            return _change(command, staff)
        case _:
            assert_never(command)


def _register(command: RegisterStaff, staff: Staff) -> Sequence[StaffEvent]:
    if staff.department is not None:
        raise StaffAlreadyRegistered
    return [
        StaffRegistered(
            staff_id=command.staff_id, name=Sealed(command.name), department=command.department, roles=command.roles
        )
    ]


def _change(command: ChangeStaffRoles, staff: Staff) -> Sequence[StaffEvent]:
    if staff.department is None:
        raise StaffUnknown
    if (command.department, command.roles) == (staff.department, staff.roles):
        return []
    return [StaffRolesChanged(department=command.department, roles=command.roles)]


def evolve(staff: Staff, event: StaffEvent) -> Staff:  # noqa: ARG001 - each event replaces the whole state
    """The person after an event."""
    match event:
        case StaffRegistered() | StaffRolesChanged():
            return Staff(department=event.department, roles=event.roles)
        case _:
            assert_never(event)


STAFF: Final = Decider(category="staff", initial=Staff(), decide=decide, evolve=evolve)
