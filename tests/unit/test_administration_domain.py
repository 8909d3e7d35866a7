"""The city's own stream and its staff: packs, portals, people; what is already so changes nothing."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given as generated
from hypothesis import strategies as st

from eventstore.protection import Sealed
from eventstore.testing import given
from services.administration.domain.city import (
    CITY,
    AdmitPortal,
    AdoptClosedDays,
    AdoptPack,
    CalendarOfAnotherMunicipality,
    CalendarVersionReused,
    CityCommand,
    ClosedDaysAdopted,
    PackAdopted,
    PackOfAnotherMunicipality,
    PackVersionReused,
    PortalAdmitted,
)
from services.administration.domain.staff import (
    STAFF,
    ChangeStaffRoles,
    RegisterStaff,
    StaffAlreadyRegistered,
    StaffRegistered,
    StaffRolesChanged,
    StaffUnknown,
)
from tests.strategies import EVENT_TYPES, events_of

ADOPT = AdoptPack(
    municipality="022012",
    digest="ab" * 32,
    pack_version="2026-04",
    effective_from=date(2026, 4, 1),
    content="…",
    approver="市長",
    approval_reference="企連第1号",
)
ADOPTED = PackAdopted(
    municipality="022012",
    digest="ab" * 32,
    pack_version="2026-04",
    effective_from=date(2026, 4, 1),
    content="…",
    approver=Sealed("市長"),
    approval_reference=Sealed("企連第1号"),
)
CLOSE = AdoptClosedDays(
    municipality="022012",
    digest="ef" * 32,
    calendar_version="2026-12",
    effective_from=date(2026, 12, 1),
    content="…",
    approver="市長",
    approval_reference="総第1号",
)
CLOSED = ClosedDaysAdopted(
    municipality="022012",
    digest="ef" * 32,
    calendar_version="2026-12",
    effective_from=date(2026, 12, 1),
    content="…",
    approver=Sealed("市長"),
    approval_reference=Sealed("総第1号"),
)
PORTAL = AdmitPortal(portal_id=UUID(int=1), name="city-portal")
ADMITTED = PortalAdmitted(portal_id=UUID(int=1), name="city-portal")

REGISTER = RegisterStaff(staff_id=UUID(int=2), name="青森一郎", department="partnership", roles=("desk_officer",))
REGISTERED = StaffRegistered(
    staff_id=UUID(int=2), name=Sealed("青森一郎"), department="partnership", roles=("desk_officer",)
)
MOVED = StaffRolesChanged(department="planning", roles=())


def of_category(category: str) -> Any:
    return st.lists(st.one_of([events_of(declared) for declared in EVENT_TYPES if declared.category == category]))


class TestPacks:
    @pytest.mark.row("S73")
    def test_a_pack_is_adopted_with_its_full_text(self) -> None:
        given(CITY).when(ADOPT).then(ADOPTED)

    def test_the_same_pack_again_changes_nothing(self) -> None:
        given(CITY, ADOPTED).when(ADOPT).nothing()
        given(CITY, ADOPTED).when(replace(ADOPT, approver="副市長")).nothing()

    def test_a_pack_of_another_municipality_is_refused(self) -> None:
        given(CITY, ADOPTED).when(replace(ADOPT, municipality="112089", digest="cd" * 32)).refused(
            PackOfAnotherMunicipality
        )

    def test_another_content_under_the_same_version_is_refused(self) -> None:
        given(CITY, ADOPTED).when(replace(ADOPT, digest="cd" * 32)).refused(PackVersionReused)

    def test_a_new_version_is_adopted_and_the_old_one_is_known_still(self) -> None:
        newer = replace(ADOPT, digest="cd" * 32, pack_version="2027-04", effective_from=date(2027, 4, 1))
        event = given(CITY, ADOPTED).when(newer).event()

        given(CITY, ADOPTED, event).when(ADOPT).nothing()
        given(CITY, ADOPTED, event).when(newer).nothing()

    @pytest.mark.row("N11")
    def test_nothing_of_one_city_s_pack_is_known_to_another(self) -> None:
        given(CITY).when(replace(ADOPT, municipality="112089")).then(replace(ADOPTED, municipality="112089"))


class TestClosedDays:
    @pytest.mark.row("B15")
    def test_a_calendar_is_adopted_with_its_full_text(self) -> None:
        given(CITY, ADOPTED).when(CLOSE).then(CLOSED)

    def test_the_same_calendar_again_changes_nothing(self) -> None:
        given(CITY, ADOPTED, CLOSED).when(replace(CLOSE, approver="副市長")).nothing()

    @pytest.mark.row("N11")
    def test_a_calendar_of_another_municipality_is_refused(self) -> None:
        given(CITY, ADOPTED).when(replace(CLOSE, municipality="112089")).refused(CalendarOfAnotherMunicipality)

    def test_another_content_under_the_same_version_is_refused(self) -> None:
        given(CITY, ADOPTED, CLOSED).when(replace(CLOSE, digest="cd" * 32)).refused(CalendarVersionReused)

    @pytest.mark.row("B15")
    def test_a_new_version_is_adopted_beside_the_old_one(self) -> None:
        newer = replace(CLOSE, digest="cd" * 32, calendar_version="2026-12.2")
        event = given(CITY, ADOPTED, CLOSED).when(newer).event()

        given(CITY, ADOPTED, CLOSED, event).when(CLOSE).nothing()
        given(CITY, ADOPTED, CLOSED, event).when(newer).nothing()

    def test_a_calendar_and_a_pack_of_one_version_do_not_meet(self) -> None:
        assert given(CITY, ADOPTED, CLOSED).when(replace(CLOSE, calendar_version="2026-04")).event()


class TestPortals:
    def test_a_portal_is_admitted_once(self) -> None:
        given(CITY).when(PORTAL).then(ADMITTED)
        given(CITY, ADMITTED).when(PORTAL).nothing()

    def test_a_portal_keeps_the_id_that_it_was_admitted_with(self) -> None:
        given(CITY, ADMITTED).when(replace(PORTAL, portal_id=UUID(int=9))).nothing()

    def test_another_portal_is_admitted_beside_it(self) -> None:
        event = given(CITY, ADOPTED, ADMITTED).when(AdmitPortal(portal_id=UUID(int=9), name="kyoso")).event()

        assert event == PortalAdmitted(portal_id=UUID(int=9), name="kyoso")


class TestStaff:
    def test_a_person_is_registered_once(self) -> None:
        given(STAFF).when(REGISTER).then(REGISTERED)
        given(STAFF, REGISTERED).when(REGISTER).refused(StaffAlreadyRegistered)

    def test_who_is_not_registered_cannot_change_roles(self) -> None:
        given(STAFF).when(ChangeStaffRoles(department="planning", roles=())).refused(StaffUnknown)

    def test_department_and_roles_change_together(self) -> None:
        given(STAFF, REGISTERED).when(ChangeStaffRoles(department="planning", roles=())).then(MOVED)

    def test_what_is_already_so_changes_nothing(self) -> None:
        given(STAFF, REGISTERED).when(ChangeStaffRoles(department="partnership", roles=("desk_officer",))).nothing()
        given(STAFF, REGISTERED, MOVED).when(ChangeStaffRoles(department="planning", roles=())).nothing()

    def test_the_last_roles_are_the_ones_that_count(self) -> None:
        assert given(STAFF, REGISTERED, MOVED).state.roles == ()
        assert given(STAFF, MOVED, REGISTERED).state.roles == ("desk_officer",)


@generated(of_category("city"))
def test_any_events_make_a_city(events: list[Any]) -> None:
    city = given(CITY, *events).state

    assert city.portals == {event.name for event in events if isinstance(event, PortalAdmitted)}
    assert (city.municipality is None) == (not any(isinstance(event, PackAdopted) for event in events))


@generated(of_category("staff"))
def test_any_events_make_a_person(events: list[Any]) -> None:
    person = given(STAFF, *events).state

    assert (person.department, person.roles) == ((events[-1].department, events[-1].roles) if events else (None, ()))


@generated(of_category("city"), st.sampled_from([ADOPT, CLOSE, PORTAL]))
def test_repeating_a_city_s_command_changes_nothing(events: list[Any], command: CityCommand) -> None:
    before = given(CITY, *events)
    decided = before.when(command)

    again = given(CITY, *events, *decided.events).when(command)
    assert again.events == ()
    assert (again.refusal is None) == (decided.refusal is None)
