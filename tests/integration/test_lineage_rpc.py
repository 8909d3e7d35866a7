"""Merge, split and possible duplicates as staff tools call them: who may, what is told, and what the timeline says."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest

from apps.records.timeline import RecordsOffice
from desk.office import Office
from eventstore.city import City
from services.intake.declaration import INTAKE
from tests.cities import Cities
from tests.ledgers import numbered
from tests.parking import followed
from tests.portals import FULL, MINIMAL, StaffTool
from tests.serving import serving
from tests.tokens import token_of


@dataclass(slots=True)
class Desk:
    """Staff at work. chief, officer, other: tokens of who decides, who screens, and who only asks for a status."""

    tool: StaffTool
    chief: str
    officer: str
    other: str

    def received(self, form: Any = FULL) -> str:
        """The id of a proposal that was just entered at the counter."""
        entry = {"command_id": str(uuid4()), "submission": dict(form), "channel": "counter"}
        return str(self.tool.result("intake.receive_proposal", self.chief, **entry)["proposal_id"])

    def does(self, method: str, proposal_id: str, **stated: Any) -> dict[str, Any]:
        given = {"command_id": str(uuid4()), "proposal_id": proposal_id, "reason": "整理のため", **stated}
        return self.tool.result(f"intake.{method}", self.chief, **given)

    def refused(self, method: str, token: str, **stated: Any) -> tuple[str, str]:
        error = self.tool.error(f"intake.{method}", token, **stated)
        return error["exc_type"], error["exc_args"][0]


@pytest.fixture(scope="module")
def desk(city: City, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    roles = ("desk_chief", "desk_officer", "portal_status")
    with (
        serving("intake", city, folder=tmp_path_factory.mktemp("logs")),
        StaffTool(city.brokers["staff"]) as tool,
    ):
        yield Desk(tool, *(token_of(city, role) for role in roles))


@pytest.fixture(scope="module")
def office(cities: Cities, city: City) -> Office:
    return cities.office(INTAKE, city)


def sentences(city: City, proposal_id: str) -> list[str]:
    with closing(RecordsOffice(city)) as office:
        return [entry.sentence for entry in office.timeline(f"proposal-{proposal_id}")]


@pytest.mark.row("B24")
def test_list_and_timeline_of_each_side_show_the_link(desk: Desk, city: City, office: Office) -> None:
    one, other = desk.received(), desk.received()
    merged = desk.does("merge_proposal", one, into=other)
    divided = desk.does("split_proposal", other, parts=[dict(FULL), dict(MINIMAL)])

    part = divided["parts"][1]["proposal_id"]
    numbered(city)
    followed(office, "proposals")
    at_least = {name: merged["events"][0][name] for name in ("stream", "version")}
    listed = desk.tool.result("intake.list_proposals", desk.chief, status="merged", at_least=at_least)["items"]
    assert {item["proposal_id"]: item["merged_into"] for item in listed}[one] == other
    assert sentences(city, one)[-1] == f"ほかの提案（{other}）にまとめました。"
    assert f"ほかの提案（{one}）を、この提案にまとめました。" in sentences(city, other)
    assert part in sentences(city, other)[-1]
    assert sentences(city, part)[-1] == f"ほかの提案（{other}）を分けてできた提案です。"


def test_a_part_is_found_by_its_own_number_and_code(desk: Desk) -> None:
    divided = desk.does("split_proposal", desk.received(), parts=[dict(FULL), dict(MINIMAL)])

    for part in divided["parts"]:
        receipt = {name: part[name] for name in ("receipt_number", "access_code")}
        assert desk.tool.result("intake.submission_status", desk.other, **receipt)["status"] == "received"


def test_who_only_screens_merges_and_splits_nothing(desk: Desk) -> None:
    one, other = desk.received(), desk.received()
    stated = {"command_id": str(uuid4()), "proposal_id": one, "reason": "整理のため"}

    assert desk.refused("merge_proposal", desk.officer, **stated, into=other) == ("Forbidden", "not_permitted")
    assert desk.refused("split_proposal", desk.officer, **stated, parts=[]) == ("Forbidden", "not_permitted")
    assert desk.refused("merge_proposal", desk.chief, **stated, into=one) == ("Refusal", "merge_target_unfit")
    assert desk.refused("split_proposal", desk.chief, **stated, parts=[dict(FULL)]) == ("Refusal", "too_few_parts")


def test_a_merge_and_a_split_are_not_done_without_a_reason(desk: Desk) -> None:
    stated = {"command_id": str(uuid4()), "proposal_id": desk.received()}

    for method, given in (("merge_proposal", {"into": str(uuid4())}), ("split_proposal", {"parts": [7]})):
        error = desk.tool.error(f"intake.{method}", desk.chief, **stated, **given)
        assert error["exc_type"] == "InvalidMessage"
        assert ("reason", "required") in [(one["field"], one["code"]) for one in error["exc_args"][2]]


def test_duplicates_are_told_to_who_screens_and_to_nobody_else(desk: Desk) -> None:
    this, other = desk.received(), desk.received()

    told = desk.tool.result("intake.find_possible_duplicates", desk.officer, proposal_id=this, purpose="重複の確認")
    assert UUID(other) in {UUID(item["proposal_id"]) for item in told["items"]}
    assert set(told["as_of"]) == {"position", "behind"}
    hidden = desk.refused("find_possible_duplicates", desk.other, proposal_id=this)
    absent = desk.refused("find_possible_duplicates", desk.officer, proposal_id=str(uuid4()))
    assert hidden == absent == ("NotFound", "not_found")
