"""The registers as staff tools call them: what is stated, who may, and what is said where it may not be."""

from collections.abc import Iterator
from typing import Any, Final
from uuid import uuid4

import pytest

from eventstore.city import City
from eventstore.records import StreamId
from services.intake.declaration import INTAKE
from tests.cities import TOKOROZAWA, Cities
from tests.ledgers import numbered
from tests.portals import StaffTool, until
from tests.serving import serving
from tests.tokens import token_of

MEASURE: Final = {
    "kind": "suspended",
    "rule": "local_autonomy_order",
    "clause": "p2_1",
    "law": "地方自治法施行令第167条の4第2項第1号（令和8年4月1日現在）",
    "from_day": "2026-04-01",
    "until_day": "2029-03-31",
    "party_name": "株式会社ゆきみち",
    "corporate_number": "４０１１００１０９８９９３",
    "source": "契約課からの通知",
}


@pytest.fixture(scope="module")
def city(cities: Cities) -> City:
    return cities.new("calls", TOKOROZAWA)


@pytest.fixture(scope="module")
def elsewhere(cities: Cities) -> City:
    """A city whose rules shut nobody out."""
    return cities.new("aomori")


@pytest.fixture(scope="module")
def tools(city: City, elsewhere: City, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, StaffTool]]:
    with (
        serving("intake", city, elsewhere, folder=tmp_path_factory.mktemp("logs")),
        StaffTool(city.brokers["staff"]) as here,
        StaffTool(elsewhere.brokers["staff"]) as there,
    ):
        yield {city.name: here, elsewhere.name: there}


@pytest.fixture(scope="module")
def tool(tools: dict[str, StaffTool], city: City) -> StaffTool:
    return tools[city.name]


@pytest.fixture(scope="module")
def chief(city: City) -> str:
    return token_of(city, "desk_chief")


def entered(tool: StaffTool, token: str, **changed: Any) -> dict[str, Any]:
    """What a new entry tells."""
    given = {"command_id": str(uuid4()), **MEASURE, **changed}
    return dict(tool.result("intake.enter_measure", token, **given))


@pytest.mark.row("S23")
def test_a_measure_is_entered_found_opened_and_listed(tool: StaffTool, chief: str, city: City) -> None:
    told = entered(tool, chief)
    ((event,), entry_id) = told["events"], told["entry_id"]

    (found,) = tool.result("intake.find_measures", chief, corporate_number="4011-0010-98993")["items"]
    opened = tool.result("intake.get_measure", chief, entry_id=entry_id, purpose="確認")
    numbered(city)
    at_least = {"stream": event["stream"], "version": event["version"]}
    until(lambda: tool.call("intake.list_measures", chief, at_least=at_least)["error"] is None)
    listed = tool.result("intake.list_measures", chief, at_least=at_least, awaits_decision=False)["items"]

    assert (found["entry_id"], found["agrees"]) == (entry_id, "number")
    assert {name: opened[name] for name in MEASURE} == {**MEASURE, "corporate_number": "4011001098993"}
    (row,) = [item for item in listed if item["entry_id"] == entry_id]
    assert not set(row) & {"party_name", "corporate_number", "kind", "rule", "clause", "law", "source"}


def test_a_repeated_entry_is_one(tool: StaffTool, chief: str) -> None:
    given = {"command_id": str(uuid4()), **MEASURE}
    first = tool.result("intake.enter_measure", chief, **given)
    assert tool.result("intake.enter_measure", chief, **given) == first
    error = tool.error("intake.enter_measure", chief, **{**given, "source": "べつの通知"})
    assert error["exc_args"][0] == "command_id_reused"


def test_corrected_and_lifted_with_a_reason_and_against_the_version_that_was_seen(
    tool: StaffTool, chief: str, city: City, cities: Cities
) -> None:
    entry_id = entered(tool, chief)["entry_id"]
    correction = {"command_id": str(uuid4()), "entry_id": entry_id, **MEASURE, "until_day": "2027-03-31"}
    assert tool.error("intake.correct_measure", chief, **correction)["exc_type"] == "InvalidMessage"
    tool.result("intake.correct_measure", chief, **correction, reason="期間の誤り", expected_version=1)

    lifting = {"command_id": str(uuid4()), "entry_id": entry_id, "reason": "改善を確認した"}
    late = tool.error("intake.lift_measure", chief, **lifting, expected_version=1)
    tool.result("intake.lift_measure", chief, **lifting, expected_version=2)

    assert (late["exc_type"], late["exc_args"][2]) == ("StreamConflict", ["MeasureCorrected v2"])
    assert tool.result("intake.get_measure", chief, entry_id=entry_id)["until_day"] == "2027-03-31"
    _, _, lifted = cities.office(INTAKE, city).store.load(StreamId.parse(f"register_entry-{entry_id}")).events
    assert lifted.reason is not None
    assert lifted.reason.reveal() == "改善を確認した"


@pytest.mark.row("S23")
@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"until_day": "2029-04-01"}, "period_too_long"),
        ({"until_day": None}, "period_required"),
        ({"until_day": "2026-03-31"}, "period_reversed"),
        ({"rule": "none_such"}, "rule_unknown"),
        ({"clause": None}, "clause_required"),
        ({"rule": "bid_suspension", "clause": "deemed"}, "kind_contradicts_clause"),
        ({"rule": "unfit_by_mayor", "clause": None}, "discretion_unexplained"),
        ({"rule": "bid_suspension", "clause": "deemed", "kind": "deemed"}, "finding_unexplained"),
        ({"corporate_number": "4011001098994"}, "invalid_message"),
        ({"source": None}, "invalid_message"),
    ],
)
def test_what_the_rules_do_not_allow_is_refused_with_its_code(
    tool: StaffTool, chief: str, changed: dict[str, Any], code: str
) -> None:
    error = tool.error("intake.enter_measure", chief, command_id=str(uuid4()), **{**MEASURE, **changed})
    assert error["exc_args"][0] == code


def test_a_city_without_such_rules_says_so(tools: dict[str, StaffTool], elsewhere: City) -> None:
    token = token_of(elsewhere, "desk_chief")
    error = tools[elsewhere.name].error("intake.enter_measure", token, command_id=str(uuid4()), **MEASURE)
    assert error["exc_args"][0] == "no_exclusion_rules"


def test_only_who_may_enters_and_only_who_may_reads(tool: StaffTool, chief: str, city: City) -> None:
    entry_id = entered(tool, chief)["entry_id"]
    officer, outsider = token_of(city, "desk_officer"), token_of(city, "department_officer")
    given = {"command_id": str(uuid4()), "entry_id": entry_id, "reason": "解除"}
    assert tool.error("intake.lift_measure", officer, **given)["exc_type"] == "Forbidden"
    assert tool.result("intake.get_measure", officer, entry_id=entry_id)["entry_id"] == entry_id
    there, nowhere = (tool.call("intake.get_measure", outsider, entry_id=one) for one in (entry_id, str(uuid4())))
    assert there == nowhere
    assert there["error"]["exc_type"] == "NotFound"
    assert tool.error("intake.find_measures", outsider, party_name="ゆきみち")["exc_type"] == "Forbidden"


def test_a_candidate_that_is_none_is_not_decided_about(tool: StaffTool, chief: str) -> None:
    given = {"entry_id": entered(tool, chief)["entry_id"], "proposal_id": str(uuid4())}
    for method in ("confirm_candidate", "dismiss_candidate"):
        error = tool.error(f"intake.{method}", chief, command_id=str(uuid4()), reason="電話で確認", **given)
        assert error["exc_args"][0] == "candidate_unknown"
    unexplained = tool.error("intake.dismiss_candidate", chief, command_id=str(uuid4()), **given)
    assert unexplained["exc_type"] == "InvalidMessage"
