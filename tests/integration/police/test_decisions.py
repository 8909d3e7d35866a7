"""Decisions that rest on what the police said: made by who may know of it, and telling nobody else."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from eventstore.city import City
from tests.cities import AOMORI, Cities
from tests.police import QUESTION, inquiries, openings, received
from tests.portals import MINIMAL, StaffTool
from tests.serving import serving
from tests.tokens import token_of

OF_POLICE = {"about": "proposer", "rule": "organised_crime", "clause": "suspended"}
DECISION = {**OF_POLICE, "grounds": "要綱に当たるため", "decider": "部長", "approval_reference": "企連第7号"}


def does(tool: StaffTool, token: str, method: str, proposal_id: str, **stated: Any) -> dict[str, Any]:
    """What a command on a proposal is answered, whether it was done or not."""
    given = {"command_id": str(uuid4()), "proposal_id": proposal_id, **stated}
    told: dict[str, Any] = tool.call(f"intake.{method}", token, **given)
    return told


def code(told: dict[str, Any]) -> str:
    """The code of a refusal."""
    return str(told["error"]["exc_args"][0])


def inquired(tool: StaffTool, token: str, proposal_id: str) -> str:
    """The police are asked; the inquiry's id."""
    return str(does(tool, token, "inquire_police", proposal_id, **QUESTION)["result"]["inquiry_id"])


def answers(tool: StaffTool, token: str, inquiry_id: str, result: str) -> None:
    """The police answer."""
    given = {"inquiry_id": inquiry_id, "answered_on": "2026-04-03", "result": result}
    tool.result("intake.record_police_answer", token, command_id=str(uuid4()), **given)


def screened(tool: StaffTool, token: str) -> str:
    """A proposal of which everything was checked and found clear."""
    proposal_id = received(tool, token)
    does(tool, token, "begin_screening", proposal_id)
    asked = tool.result("intake.get_screening", token, proposal_id=proposal_id)["checks"]
    grounds = ({name: one[name] for name in ("about", "rule", "clause")} for one in asked)
    clear = [{**ground, "basis": "self_declared", "result": "clear"} for ground in grounds]
    does(tool, token, "record_checks", proposal_id, checks=clear)
    return proposal_id


@pytest.mark.row("S25")
def test_nothing_is_accepted_while_the_police_have_not_answered_or_say_that_it_applies(
    tool: StaffTool, chief: str, city: City
) -> None:
    proposal_id = screened(tool, chief)
    inquiry_id = inquired(tool, chief, proposal_id)
    before = openings(city)
    assert code(does(tool, chief, "accept_proposal", proposal_id)) == "police_inquiry_open"
    assert openings(city) == before + 1, "looking it up is on record"

    answers(tool, chief, inquiry_id, "hit")
    assert code(does(tool, chief, "accept_proposal", proposal_id)) == "police_inquiry_hit"

    answers(tool, chief, inquiry_id, "clear")
    assert does(tool, chief, "accept_proposal", proposal_id)["error"] is None


@pytest.mark.row("S25", "S26")
def test_ineligible_by_the_police_s_answer_leaves_no_copy_of_it_with_the_proposal(
    tool: StaffTool, chief: str, city: City, cities: Cities
) -> None:
    proposal_id = screened(tool, chief)
    inquiry_id = inquired(tool, chief, proposal_id)
    assert code(does(tool, chief, "find_ineligible", proposal_id, **DECISION)) == "no_such_hit"
    answers(tool, chief, inquiry_id, "hit")
    by_register = {**DECISION, "rule": "bid_suspension"}
    assert code(does(tool, chief, "find_ineligible", proposal_id, **by_register)) == "no_such_hit"

    assert does(tool, chief, "find_ineligible", proposal_id, **DECISION)["error"] is None

    checks = tool.result("intake.get_screening", chief, proposal_id=proposal_id)["checks"]
    assert {one["check"]["result"] for one in checks} == {"clear"}
    assert len(inquiries(city, cities, proposal_id)) == 1


@pytest.fixture(scope="module")
def unknowing(cities: Cities, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[StaffTool, City]]:
    """A city that has no rule for the police to say, where who accepts may not know what they are asked."""
    pack: Path = tmp_path_factory.mktemp("pack") / "aomori.toml"
    without = AOMORI.read_text().replace('"police.inquire", ', "")
    pack.write_text(without.replace("[roles.department_officer]", f"{ASKING}\n[roles.department_officer]"))
    city = cities.new("unknowing", pack)
    with (
        serving("intake", city, folder=tmp_path_factory.mktemp("logs")),
        StaffTool(city.brokers["staff"]) as opened,
    ):
        yield opened, city


ASKING = """[roles.asks_police]
name = "照会の担当"
permissions = ["proposal.read", "police.inquire"]
source = "試験"
status = "assumed"
"""


@pytest.mark.row("S25")
def test_who_may_not_know_is_told_the_same_with_an_inquiry_and_without(unknowing: tuple[StaffTool, City]) -> None:
    tool, city = unknowing
    chief, asks = token_of(city, "desk_chief"), token_of(city, "asks_police")

    def told(*, is_asked: bool, result: str | None = None) -> str:
        given = {"command_id": str(uuid4()), "submission": dict(MINIMAL), "channel": "counter"}
        proposal_id = str(tool.result("intake.receive_proposal", chief, **given)["proposal_id"])
        if is_asked:
            inquiry_id = inquired(tool, asks, proposal_id)
            if result is not None:
                answers(tool, asks, inquiry_id, result)
        early = does(tool, chief, "accept_proposal", proposal_id)
        does(tool, chief, "begin_screening", proposal_id)
        shut_out = does(tool, chief, "find_ineligible", proposal_id, **DECISION)
        accepted = does(tool, chief, "accept_proposal", proposal_id)
        for event in accepted["result"]["events"]:
            event["id"] = None
        return json.dumps([early, shut_out, accepted]).replace(proposal_id, "")

    assert told(is_asked=True) == told(is_asked=False)
    assert told(is_asked=True, result="hit") == told(is_asked=False)
