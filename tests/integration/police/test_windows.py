"""Inquiries to the police: who may not know that there are any is told nothing, by any way."""

import json
from typing import Any, Final
from uuid import UUID, uuid4

import pytest

from eventstore.city import City
from tests.cities import Cities
from tests.ledgers import connected
from tests.police import QUESTION, SECRETS, UNKNOWING, asked, inquiries, openings, received
from tests.portals import StaffTool, until
from tests.serving import Served
from tests.tokens import token_of

SHOWN: Final = {
    "list_proposals": {"limit": 200},
    "list_inquiries": {"limit": 200},
    "list_measures": {"limit": 200},
    "list_deadlines": {"limit": 200},
    "list_letters": {"limit": 200},
    "list_calls": {"limit": 200},
    "get_statistics": {},
}
"""Everything that a desk officer is shown of many matters at once."""


@pytest.mark.row("S25")
def test_who_may_ask_sees_what_was_asked_and_answered_and_that_is_on_record(
    tool: StaffTool, chief: str, proposals: tuple[str, str], city: City, cities: Cities
) -> None:
    untouched, asked_about = proposals
    before = openings(city)
    (told,) = tool.result("intake.get_police_inquiries", chief, proposal_id=asked_about, purpose="審査")["inquiries"]
    assert {name: told[name] for name in QUESTION} == QUESTION
    assert told["answer"] == {"answered_on": "2026-04-03", "result": "clear", "reference": "組対第88号"}
    assert openings(city) == before + 1
    assert tool.result("intake.get_police_inquiries", chief, proposal_id=untouched) == {"inquiries": []}


@pytest.mark.row("S25")
@pytest.mark.parametrize("role", UNKNOWING)
def test_who_may_not_know_is_told_the_same_for_what_is_there_and_what_is_not(
    tool: StaffTool, proposals: tuple[str, str], city: City, cities: Cities, role: str
) -> None:
    token = token_of(city, role)
    (inquiry,) = inquiries(city, cities, proposals[1])
    answers = set()
    for proposal_id in (*proposals, str(uuid4()), "none"):
        answers.add(json.dumps(tool.call("intake.get_police_inquiries", token, proposal_id=proposal_id)))
        given = {"command_id": str(uuid4()), "proposal_id": proposal_id, **QUESTION}
        answers.add(json.dumps(tool.call("intake.inquire_police", token, **given)))
    for inquiry_id in (str(inquiry.id), str(uuid4())):
        given = {"command_id": str(uuid4()), "inquiry_id": inquiry_id, "answered_on": "2026-04-03", "result": "hit"}
        answers.add(json.dumps(tool.call("intake.record_police_answer", token, **given)))
    (answer,) = answers
    assert json.loads(answer)["error"]["exc_type"] == "NotFound"
    absent = tool.call("intake.get_proposal", token_of(city, "desk_officer"), proposal_id=str(uuid4()))
    assert json.loads(answer)["error"] == absent["error"]


@pytest.mark.row("S25")
def test_a_proposal_asked_about_looks_like_any_other(
    tool: StaffTool, chief: str, proposals: tuple[str, str], city: City, cities: Cities
) -> None:
    shown = [tool.result("intake.get_proposal", chief, proposal_id=one) for one in proposals]
    assert set(shown[0]) == set(shown[1])
    assert shown[0]["version"] == shown[1]["version"] == 1
    listed = [
        one
        for one in tool.result("intake.list_proposals", chief, limit=200)["items"]
        if one["proposal_id"] in proposals
    ]
    for text in (json.dumps(shown, ensure_ascii=False), json.dumps(listed, ensure_ascii=False)):
        assert not [secret for secret in (*SECRETS, "police") if secret in text]


@pytest.mark.row("S25")
def test_nothing_of_it_leaves_on_the_broker_or_stands_in_a_log(
    tool: StaffTool, chief: str, proposals: tuple[str, str], heard: Any, intake: Served
) -> None:
    last = received(tool, chief)
    until(lambda: any(one["subject"] == f"proposal-{last}" for one in heard()))
    assert {one["type"] for one in heard()} >= {"ProposalReceived"}
    assert not [one for one in heard() if "olice" in json.dumps(one)]
    assert not [secret for secret in (*SECRETS, "PoliceInquired") if secret in intake.log_text()]


def test_an_inquiry_about_what_is_not_there_is_not_found(tool: StaffTool, chief: str) -> None:
    given = {"command_id": str(uuid4()), "proposal_id": str(UUID(int=1)), **QUESTION}
    assert tool.error("intake.inquire_police", chief, **given)["exc_type"] == "NotFound"


@pytest.mark.row("S25")
def test_lists_and_statistics_are_the_same_byte_for_byte_with_an_inquiry_and_without(
    tool: StaffTool, chief: str, city: City
) -> None:
    """But for how far the log has come, which tells of everything that anybody does, openings among it."""
    proposal_id, officer = received(tool, chief), token_of(city, "desk_officer")

    def shown() -> str:
        settled(tool, chief, city)
        pages = [tool.result(f"intake.{method}", officer, **given) for method, given in SHOWN.items()]
        opened = tool.result("intake.get_proposal", officer, proposal_id=proposal_id)
        return json.dumps([[{**page, "as_of": None} for page in pages], opened], ensure_ascii=False)

    without = shown()
    asked(tool, chief, proposal_id)
    assert shown() == without


def settled(tool: StaffTool, token: str, city: City) -> None:
    """Waits until everything recorded is numbered and stands in the lists."""

    def is_followed() -> bool:
        with connected(city.databases["records"]) as connection:
            ((left,),) = connection.execute(
                "SELECT (SELECT count(*) FROM events) - (SELECT count(*) FROM positions)"
            ).fetchall()
        pages = [tool.result(f"intake.{method}", token, **given) for method, given in SHOWN.items()]
        return left == 0 and all(page["as_of"]["behind"] == 0 for page in pages)

    until(is_followed)
