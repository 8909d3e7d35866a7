"""Administration's edge: packs adopted, staff registered; loads with the schema, executes, answers."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

import orjson

from desk.office import Office
from desk.packs import load_pack
from desk.permissions import Permission
from eventstore.city import City
from eventstore.decider import Decider
from eventstore.execution import Outcome, execute
from eventstore.nameko import ActorToken, Composed, staff_rpc
from eventstore.records import Actor, Context, StreamId
from services.administration.declaration import ADMINISTRATION
from services.administration.domain.city import CITY, AdoptPack
from services.administration.domain.staff import STAFF, ChangeStaffRoles, RegisterStaff
from services.administration.schemas import (
    AdoptPackSchema,
    ChangeStaffRolesSchema,
    RegisterStaffSchema,
    load,
    require_codes,
)


def _office(city: City) -> Office:
    return Office(ADMINISTRATION, city)


class AdministrationService:
    """The nameko service."""

    name = ADMINISTRATION.name
    office = Composed(_office)
    token = ActorToken()

    @staff_rpc
    def adopt_pack(self, **arguments: Any) -> dict[str, Any]:
        """Adopts a policy pack (`pack.adopt`): command_id, content (TOML), approver, approval_reference,
        and optionally expected_version.

        Refused with `pack_invalid` and every problem of the text, `pack_of_another_municipality`,
        `pack_version_reused`.
        """
        actor = self.office.acting(self.token, Permission.PACK_ADOPT)
        values = load(AdoptPackSchema(), arguments)
        content: str = values["content"]
        pack = load_pack(content.encode(), origin="content")
        command = AdoptPack(
            municipality=pack.municipality_code,
            digest=pack.digest,
            pack_version=pack.version,
            effective_from=pack.edition.effective_from,
            content=content,
            approver=values["approver"],
            approval_reference=values["approval_reference"],
        )
        stream = StreamId(CITY.category, self.office.city.stream)
        return self._execute(CITY, stream, command, actor, arguments, values["expected_version"])

    @staff_rpc
    def register_staff(self, **arguments: Any) -> dict[str, Any]:
        """Registers a person (`staff.register`): command_id, name, department, roles. Gives the random `staff_id`."""
        actor = self.office.acting(self.token, Permission.STAFF_REGISTER)
        values = load(RegisterStaffSchema(), arguments)
        staff_id = uuid5(values["command_id"], "staff")
        self._require_codes(staff_id, values)
        command = RegisterStaff(
            staff_id=staff_id, name=values["name"], department=values["department"], roles=tuple(values["roles"])
        )
        stream = StreamId(STAFF.category, staff_id)
        told = self._execute(STAFF, stream, command, actor, arguments, values["expected_version"])
        return {**told, "staff_id": str(staff_id)}

    @staff_rpc
    def change_staff_roles(self, **arguments: Any) -> dict[str, Any]:
        """Changes a person's department and roles (`staff.register`): command_id, staff_id, department, roles.

        Optionally expected_version; where the person was changed since, `stream_conflict` with what changed.
        """
        actor = self.office.acting(self.token, Permission.STAFF_REGISTER)
        values = load(ChangeStaffRolesSchema(), arguments)
        self._require_codes(values["staff_id"], values)
        command = ChangeStaffRoles(department=values["department"], roles=tuple(values["roles"]))
        stream = StreamId(STAFF.category, values["staff_id"])
        return self._execute(STAFF, stream, command, actor, arguments, values["expected_version"])

    def _require_codes(self, staff_id: UUID, values: Mapping[str, Any]) -> None:
        """Raises `InvalidMessage` for codes that the pack does not have, unless this very command was here before."""
        recorded = self.office.store.load(StreamId(STAFF.category, staff_id)).events
        if not any(event.command_id == values["command_id"] for event in recorded):
            require_codes(self.office.pack(), values["department"], values["roles"])

    def _execute(
        self,
        decider: Decider[Any, Any],
        stream: StreamId,
        command: Any,
        actor: Actor,
        arguments: Mapping[str, Any],
        expected_version: int | None,
    ) -> dict[str, Any]:
        command_id = UUID(arguments["command_id"])
        context = Context(
            command_id=command_id,
            correlation_id=command_id,
            actor=actor,
            policy=self.office.pack().digest,
            digest=self.office.digest(orjson.dumps(arguments, option=orjson.OPT_SORT_KEYS)),
        )
        return _told(execute(self.office.store, decider, stream, command, context, expected_version=expected_version))


def _told(outcome: Outcome) -> dict[str, Any]:
    return {
        "events": [
            {"id": str(recorded.id), "stream": str(recorded.stream), "version": recorded.version}
            for recorded in outcome.recorded
        ]
    }
