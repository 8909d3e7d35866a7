"""Inquiries on real servers: answered, turned into a proposal once and with a link on both sides, closed, listed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import pytest

from eventstore.city import City
from services.intake.declaration import INTAKE
from services.intake.projections.inquiries import INQUIRIES
from tests.cities import Cities
from tests.later import InBetween
from tests.ledgers import numbered
from tests.portals import INQUIRY, MINIMAL, StaffTool
from tests.serving import serving
from tests.tokens import token_of

ANSWER: Final = {"means": "phone", "answer": "担当課をご案内しました。"}


@pytest.fixture(scope="module")
def tool(city: City, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StaffTool]:
    """A staff tool, with intake behind it."""
    with (
        serving("intake", city, folder=tmp_path_factory.mktemp("logs")),
        StaffTool(city.brokers["staff"]) as opened,
    ):
        yield opened


@pytest.fixture(scope="module")
def log(cities: Cities, city: City) -> InBetween:
    """What the log says."""
    return InBetween(cities.office(INTAKE, city))


@pytest.fixture(scope="module")
def officer(city: City) -> str:
    """A token of the desk."""
    return token_of(city)


@pytest.fixture
def inquiry_id(tool: StaffTool, officer: str) -> str:
    """An inquiry that came by phone."""
    entered = {"command_id": str(uuid4()), "submission": dict(INQUIRY), "channel": "phone"}
    return str(tool.result("intake.receive_inquiry", officer, **entered)["inquiry_id"])


def conversion(inquiry_id: str, **changed: Any) -> dict[str, Any]:
    """The arguments of a conversion at the counter."""
    return {
        "command_id": str(uuid4()),
        "inquiry_id": inquiry_id,
        "submission": dict(MINIMAL),
        "channel": "counter",
        **changed,
    }


def command(inquiry_id: str, **content: Any) -> dict[str, Any]:
    """The arguments of any other command."""
    return {"command_id": str(uuid4()), "inquiry_id": inquiry_id, **content}


@pytest.mark.row("S01")
@pytest.mark.row("S20")
def test_an_inquiry_becomes_a_proposal_and_each_names_the_other(
    tool: StaffTool, officer: str, log: InBetween, inquiry_id: str
) -> None:
    tool.result("intake.answer_inquiry", officer, **command(inquiry_id, **ANSWER))

    told = tool.result("intake.convert_inquiry", officer, **conversion(inquiry_id))

    received, derived = log.events("proposal", told["proposal_id"])
    assert (derived.event.origin, str(derived.event.origin_id)) == ("inquiry", inquiry_id)
    assert log.types("inquiry", inquiry_id) == ["InquiryReceived", "InquiryAnswered", "InquiryConverted"]
    assert str(log.events("inquiry", inquiry_id)[-1].event.proposal_id) == told["proposal_id"]
    assert received.event.received_on == log.office.today()
    assert [event["stream"].partition("-")[0] for event in told["events"]] == ["proposal", "proposal", "inquiry"]
    read = tool.result("intake.get_inquiry", officer, inquiry_id=inquiry_id)
    assert (read["status"], read["proposal_id"]) == ("converted", told["proposal_id"])
    assert [one["answer"] for one in read["answers"]] == [ANSWER["answer"]]


def test_a_repeated_conversion_is_one_proposal_with_the_same_receipt(
    tool: StaffTool, officer: str, log: InBetween, inquiry_id: str
) -> None:
    arguments = conversion(inquiry_id)

    first, second = (tool.result("intake.convert_inquiry", officer, **arguments) for _ in range(2))

    assert first == second
    assert log.types("proposal", first["proposal_id"]) == ["ProposalReceived", "ProposalDerived"]


def test_a_command_converts_no_second_inquiry(tool: StaffTool, officer: str, log: InBetween, inquiry_id: str) -> None:
    entered = {"command_id": str(uuid4()), "submission": dict(INQUIRY), "channel": "phone"}
    other = tool.result("intake.receive_inquiry", officer, **entered)["inquiry_id"]
    arguments = conversion(inquiry_id)
    tool.result("intake.convert_inquiry", officer, **arguments)

    refused = tool.error("intake.convert_inquiry", officer, **{**arguments, "inquiry_id": other})

    assert refused["exc_args"][0] == "command_id_reused"
    assert log.types("inquiry", other) == ["InquiryReceived"]


def test_of_a_conversion_that_is_refused_nothing_stays(
    tool: StaffTool, officer: str, log: InBetween, inquiry_id: str
) -> None:
    tool.result("intake.answer_inquiry", officer, **command(inquiry_id, **ANSWER))
    tool.result("intake.close_inquiry", officer, **command(inquiry_id))
    arguments = [conversion(inquiry_id), conversion(str(uuid4())), conversion(inquiry_id, expected_version=1)]

    codes = [tool.error("intake.convert_inquiry", officer, **one)["exc_args"][0] for one in arguments]

    assert codes == ["inquiry_closed", "not_found", "stream_conflict"]
    for one in arguments:
        assert log.proposals_of(UUID(one["command_id"])) == ()


def test_a_proposal_from_an_inquiry_is_read_as_strictly_as_any(
    tool: StaffTool, officer: str, log: InBetween, inquiry_id: str
) -> None:
    individual = {**MINIMAL, "title": "", "proposer": {"kind": "individual", "name": "成田 一郎"}}

    refused = tool.error("intake.convert_inquiry", officer, **conversion(inquiry_id, submission=individual))

    fields = [(error["field"], error["code"]) for error in refused["exc_args"][2]]
    assert fields == [("title", "required"), ("proposer.kind", "individual_not_accepted")]
    assert log.types("inquiry", inquiry_id) == ["InquiryReceived"]


def test_a_conversion_counts_on_the_day_that_is_stated(
    tool: StaffTool, officer: str, log: InBetween, inquiry_id: str
) -> None:
    came = datetime.now(UTC) - timedelta(days=3)
    stated = {"received_at": came.isoformat(), "reason": "窓口で預かっていたため"}

    told = tool.result("intake.convert_inquiry", officer, **conversion(inquiry_id, **stated))

    assert told["received_on"] == log.office.day_of(came).isoformat()


@pytest.mark.row("S20")
def test_an_inquiry_is_closed_after_its_answer_and_the_list_follows(
    tool: StaffTool, officer: str, city: City, log: InBetween, inquiry_id: str
) -> None:
    early = tool.error("intake.close_inquiry", officer, **command(inquiry_id))
    tool.result("intake.answer_inquiry", officer, **command(inquiry_id, **ANSWER))
    closed = tool.result("intake.close_inquiry", officer, **command(inquiry_id))
    again = tool.result("intake.close_inquiry", officer, **command(inquiry_id))

    assert early["exc_args"][0] == "inquiry_not_answered"
    assert again["events"] == []
    (event,) = closed["events"]
    followed(city, log)
    at_least = {"stream": event["stream"], "version": event["version"]}
    page = tool.result("intake.list_inquiries", officer, status="closed", at_least=at_least, limit=200)
    (row,) = [item for item in page["items"] if item["inquiry_id"] == inquiry_id]
    assert (row["version"], row["channel"], row["proposal_id"]) == (3, "phone", None)
    assert row["answered_on"] == row["ended_on"] == log.office.today().isoformat()


def test_an_answer_from_the_future_is_refused(tool: StaffTool, officer: str, inquiry_id: str) -> None:
    refused = tool.error("intake.answer_inquiry", officer, **command(inquiry_id, **ANSWER, answered_on="2999-01-01"))

    assert [(error["field"], error["code"]) for error in refused["exc_args"][2]] == [("answered_on", "in_the_future")]


def test_who_may_not_read_inquiries_gets_no_list_and_changes_none(
    tool: StaffTool, city: City, log: InBetween, inquiry_id: str
) -> None:
    other = token_of(city, "portal_status")

    refused = [
        tool.error(f"intake.{method}", other, **arguments)["exc_type"]
        for method, arguments in (
            ("answer_inquiry", command(inquiry_id, **ANSWER)),
            ("close_inquiry", command(inquiry_id)),
            ("convert_inquiry", conversion(inquiry_id)),
            ("list_inquiries", {}),
        )
    ]

    assert set(refused) <= {"Forbidden", "NotFound"}
    assert log.types("inquiry", inquiry_id) == ["InquiryReceived"]


def followed(city: City, log: InBetween) -> None:
    """Lets the list follow the log to its end."""
    numbered(city)
    (follower,) = (one for one in log.office.followers if one.subscription is INQUIRIES)
    while follower.step():
        continue
