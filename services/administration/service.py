"""Administration's edge: packs adopted, staff registered; loads with the schema, executes, answers."""

from functools import partial
from typing import Any
from uuid import UUID, uuid5

from desk.commands import carry_out
from desk.deadlines.calendar import CalendarInvalid, read_calendar
from desk.forms import load_or_refuse
from desk.office import Office
from desk.packs import PackInvalid, load_pack
from desk.permissions import Permission
from eventstore.nameko import ActorToken, Composed, staff_rpc
from eventstore.records import Actor, StreamId
from services.administration.declaration import ADMINISTRATION
from services.administration.domain.city import (
    CITY,
    AdoptClosedDays,
    AdoptPack,
    CalendarOfAnotherMunicipality,
    CalendarVersionReused,
    PackOfAnotherMunicipality,
    PackVersionReused,
)
from services.administration.domain.staff import (
    STAFF,
    ChangeStaffRoles,
    RegisterStaff,
    StaffAlreadyRegistered,
    StaffUnknown,
)
from services.administration.schemas import (
    Adoption,
    AdoptionSchema,
    ChangeStaffRolesSchema,
    Placed,
    RegisterStaffSchema,
    Registration,
    Transfer,
    require_codes,
)


class AdministrationService:
    """The nameko service."""

    name = ADMINISTRATION.name
    office = Composed(partial(Office, ADMINISTRATION))
    token = ActorToken()
    actor: Actor

    @staff_rpc(
        permission=Permission.PACK_ADOPT,
        takes=AdoptionSchema,
        refuses=(PackInvalid, PackOfAnotherMunicipality, PackVersionReused),
    )
    def adopt_pack(self, **arguments: Any) -> dict[str, Any]:
        """Adopts a policy pack or a new version of it; from its effective date on, decisions name it.

        content: the pack's TOML text, whole. approver: who decided (決裁者). approval_reference: number of the decision
        (決裁番号).

        Gives the event; none where this pack was adopted before.
        """
        stated: Adoption = load_or_refuse(AdoptionSchema(), arguments)
        pack = load_pack(stated.content.encode(), origin="content")
        command = AdoptPack(
            municipality=pack.municipality_code,
            digest=pack.digest,
            pack_version=pack.version,
            effective_from=pack.edition.effective_from,
            content=stated.content,
            approver=stated.approver,
            approval_reference=stated.approval_reference,
        )
        stream = StreamId(CITY.category, self.office.city.stream)
        return carry_out(self.office, self.actor, CITY, stream, command, stated, arguments)

    @staff_rpc(
        permission=Permission.CALENDAR_ADOPT,
        takes=AdoptionSchema,
        refuses=(CalendarInvalid, CalendarOfAnotherMunicipality, CalendarVersionReused),
    )
    def adopt_closed_days(self, **arguments: Any) -> dict[str, Any]:
        """Adopts a calendar of days on which the office is closed or open by way of exception (閉庁日).

        content: the calendar's TOML text, whole; it takes the place of the calendars before it for every day from its
        `effective_from` on. approver: who decided (決裁者). approval_reference: number of the decision (決裁番号).

        Gives the event; none where this calendar was adopted before.
        """
        stated: Adoption = load_or_refuse(AdoptionSchema(), arguments)
        calendar = read_calendar(stated.content.encode(), origin="content")
        command = AdoptClosedDays(
            municipality=calendar.municipality,
            digest=calendar.digest,
            calendar_version=calendar.version,
            effective_from=calendar.effective_from,
            content=stated.content,
            approver=stated.approver,
            approval_reference=stated.approval_reference,
        )
        stream = StreamId(CITY.category, self.office.city.stream)
        return carry_out(self.office, self.actor, CITY, stream, command, stated, arguments)

    @staff_rpc(
        permission=Permission.STAFF_REGISTER,
        takes=RegisterStaffSchema,
        refuses=(StaffAlreadyRegistered,),
        problems=("unknown_department", "unknown_role"),
    )
    def register_staff(self, **arguments: Any) -> dict[str, Any]:
        """Registers a person.

        name: the person's name, kept sealed. department, roles: codes of the pack in force.

        Gives the event, and `staff_id`, under which tokens are issued and records name the person.
        """
        stated: Registration = load_or_refuse(RegisterStaffSchema(), arguments)
        staff_id = uuid5(stated.command_id, "staff")
        self._require_codes(staff_id, stated)
        command = RegisterStaff(staff_id=staff_id, name=stated.name, department=stated.department, roles=stated.roles)
        stream = StreamId(STAFF.category, staff_id)
        told = carry_out(self.office, self.actor, STAFF, stream, command, stated, arguments)
        return {**told, "staff_id": str(staff_id)}

    @staff_rpc(
        permission=Permission.STAFF_REGISTER,
        takes=ChangeStaffRolesSchema,
        refuses=(StaffUnknown,),
        problems=("unknown_department", "unknown_role"),
    )
    def change_staff_roles(self, **arguments: Any) -> dict[str, Any]:
        """Changes a person's department and roles (人事異動).

        staff_id: as `register_staff` gave it. department, roles: codes of the pack in force; no role means that the
        person acts no more.

        Gives the event; none where nothing changes.
        """
        stated: Transfer = load_or_refuse(ChangeStaffRolesSchema(), arguments)
        self._require_codes(stated.staff_id, stated)
        command = ChangeStaffRoles(department=stated.department, roles=stated.roles)
        stream = StreamId(STAFF.category, stated.staff_id)
        return carry_out(self.office, self.actor, STAFF, stream, command, stated, arguments)

    def _require_codes(self, staff_id: UUID, stated: Placed) -> None:
        """Raises `InvalidMessage` for codes that the pack does not have, unless this very command was here before."""
        recorded = self.office.store.load(StreamId(STAFF.category, staff_id)).events
        if not any(event.command_id == stated.command_id for event in recorded):
            require_codes(self.office.pack(), stated.department, stated.roles)
