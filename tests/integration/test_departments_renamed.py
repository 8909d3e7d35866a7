"""A new pack renames, joins and closes departments: no case is without somebody who sees it and acts."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from apps.provisioning.city import adopt_pack
from desk.packs import load_pack
from eventstore.city import City
from eventstore.errors import NotFound
from eventstore.records import StreamId
from services.matching.domain.case import CASE, Case, Status
from services.matching.domain.case.assignment import DepartmentAsked
from tests.cities import AOMORI, Cities
from tests.work import Work

RENAMED = ('name = "経済部 観光課"', 'name = "経済部 観光交流課"')
"""The same code, another name."""
JOINED = {"parks": "都市整備部 公園河川課", "roads": "都市整備部 道路維持課"}
"""Two that come together in a new one."""
NEW = """[departments.land]
name = "都市整備部 みどりと道の課"
duties = "都市公園と道路の管理"
formerly = ["parks", "roads"]
source = "組織改正"
status = "assumed"

"""
GONE = "waterworks"


def reorganised() -> bytes:
    """Aomori's pack after a reorganisation: effective today."""
    text = AOMORI.read_text(encoding="utf-8").replace(*RENAMED)
    text = text.replace(
        'version = "2026-04"\neffective_from = 2026-04-01', 'version = "2026-11"\neffective_from = 2026-11-22'
    )
    for code in (*JOINED, GONE):
        before, _, rest = text.partition(f"[departments.{code}]\n")
        text = before + rest[rest.index("\n\n") + 2 :]
    return text.replace("[departments.planning]", f"{NEW}[departments.planning]").encode()


@pytest.fixture(scope="module")
def before(cities: Cities, city: City) -> tuple[Work, dict[str, tuple[UUID, UUID, UUID]]]:
    """The city after the reorganisation, and by department: case, offer, officer from before."""
    work = Work.of(cities, city)
    was = {}
    for department in ("tourism", *JOINED, GONE):
        case, officer = work.opened(), work.member(department)
        offer = work.offered(case, department)
        called(work, officer).take_offer(command_id=str(uuid4()), case_id=str(case), offer_id=str(offer))
        was[department] = (case, offer, officer)
    content = reorganised()
    adopt_pack(city, content, load_pack(content, origin="new"), approver="市長", reference="企連第2号")
    work.settle()
    return work, was


def called(work: Work, staff: UUID) -> Any:
    return work.called(staff, "department_officer")


def state(work: Work, case: UUID) -> Case:
    folded: Case = CASE.fold(work.office.store.load(StreamId(CASE.category, case)).events)
    return folded


Before = tuple[Work, dict[str, tuple[UUID, UUID, UUID]]]


def note(case: UUID) -> dict[str, str]:
    return {"command_id": str(uuid4()), "case_id": str(case), "text": "引継ぎ済み"}


@pytest.mark.row("S37")
def test_a_renamed_department_is_told_by_its_new_name(before: Before) -> None:
    work, was = before
    case, _, officer = was["tourism"]
    (offer,) = called(work, officer).get_case(str(case))["offers"]
    assert (offer["department"], offer["department_name"]) == ("tourism", "経済部 観光交流課")


@pytest.mark.row("S37")
@pytest.mark.parametrize("former", JOINED)
def test_the_people_of_a_successor_see_and_act_whoever_was_in_charge(before: Before, former: str) -> None:
    work, was = before
    case, offer_id, officer = was[former]
    for staff in (officer, work.member("land")):
        (offer,) = called(work, staff).get_case(str(case))["offers"]
        assert (offer["department"], offer["department_now"]) == (former, "land")
        assert offer["department_name"] == "都市整備部 みどりと道の課"
        called(work, staff).add_note(**note(case))
    successor = work.member("land")
    naming = {"offer_id": str(offer_id), "officer_id": str(successor)}
    called(work, successor).name_officer(command_id=str(uuid4()), case_id=str(case), **naming)
    assert state(work, case).people == {successor}


@pytest.mark.row("S37")
def test_the_successor_s_list_has_the_cases_of_both(before: Before) -> None:
    work, was = before
    listed = called(work, work.member("land")).list_cases()["items"]
    assert {UUID(one["case_id"]) for one in listed} == {was[former][0] for former in JOINED}


@pytest.mark.row("S37")
def test_a_successor_is_not_asked_about_what_it_has_already(before: Before) -> None:
    work, was = before
    offers = [{"department": "land", "part": "supporting"}]
    with pytest.raises(DepartmentAsked):
        work.called().offer_case(command_id=str(uuid4()), case_id=str(was["parks"][0]), offers=offers)


@pytest.mark.row("S37")
def test_what_a_department_without_successor_had_is_the_desk_s_to_offer_again(before: Before) -> None:
    work, was = before
    case, offer_id, _ = was[GONE]
    (offer,) = work.called().get_case(str(case))["offers"]
    assert (offer["standing"], offer["department_now"], offer["department_name"]) == ("taken", None, None)
    successor = work.member("land")
    with pytest.raises(NotFound):
        called(work, successor).get_case(str(case))
    of_case = {"case_id": str(case)}
    withdrawal = {**of_case, "offer_id": str(offer_id), "reason": "組織改正で廃止"}
    work.called().withdraw_offer(command_id=str(uuid4()), **withdrawal)
    offers = [{"department": "land", "part": "lead"}]
    work.called().offer_case(command_id=str(uuid4()), **of_case, offers=offers)
    called(work, successor).get_case(str(case))
    assert state(work, case).status is Status.OFFERED
