"""Obligations on a real database: both sides' promises kept alike, and seen by whoever may see their case."""

import csv
import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner

from apps.cli.__main__ import main
from apps.provisioning.city import adopt_pack
from desk.packs import load_pack
from eventstore.city import City
from eventstore.errors import InvalidMessage, NotFound
from eventstore.execution import CommandIdReused, VersionExpected
from eventstore.records import StreamId
from services.matching.domain.case import CASE, Case
from services.matching.domain.case.people import NotInCharge
from services.matching.domain.case.status import AlreadyWithdrawn
from services.matching.domain.obligation.refusals import ObligationSettled, SideUnfit
from tests.cities import Cities, FrozenClock
from tests.integration.test_departments_renamed import reorganised
from tests.promises import CHANGES, DAY, OF_CITY, OF_PROPOSER, TEXT, Matching, happened, matching_of, undertaken


@pytest.fixture
def matching(cities: Cities, clock: FrozenClock) -> Matching:
    return matching_of(cities, cities.new("promises"), clock)


@pytest.fixture(scope="module")
def shared(cities: Cities, city: City) -> Matching:
    """One for the tests that neither move the clock nor count everything."""
    return matching_of(cities, city, FrozenClock())


def listed(matching: Matching, **wanted: Any) -> list[dict[str, Any]]:
    matching.settle()
    rows: list[dict[str, Any]] = matching.call("list_obligations", **wanted)["items"]
    return rows


def standing(matching: Matching, obligation_id: str) -> str:
    """Where the list has it."""
    (status,) = {one["status"] for one in listed(matching, limit=200) if one["obligation_id"] == obligation_id}
    return str(status)


def sides(matching: Matching, **wanted: Any) -> dict[str, dict[str, int]]:
    """The ledger, without what there is none of."""
    matching.settle()
    told = matching.call("get_obligation_ledger", **wanted)["sides"]
    return {one["side"]: {name: n for name, n in one.items() if name != "side" and n} for one in told}


@pytest.mark.row("S06", "N7")
def test_both_sides_promise_in_the_same_way_and_what_they_promised_is_opened_on_record(shared: Matching) -> None:
    case = shared.case("roads")
    ours = undertaken(shared, case)
    theirs = undertaken(shared, case, **OF_PROPOSER, due_on=DAY)

    told = listed(shared, case_id=str(case.id))

    assert [(one["obligation_id"], one["side"], one["due_on"], one["status"]) for one in told] == [
        (theirs, "proposer", "2026-11-22", "owed"),
        (ours, "city", "2026-12-02", "owed"),
    ]
    assert TEXT not in str(told)
    opened = shared.call("get_obligation", obligation_id=ours, purpose="進み具合を確かめるため")
    assert (opened["text"], opened["department"], opened["closed"], opened["version"]) == (TEXT, "roads", [], 1)
    assert opened["case_id"] == str(case.id)
    with shared.office.database.connection() as connection:
        (openings,) = connection.execute(
            "SELECT count(*) FROM events_matching WHERE category = 'matching_access'"
        ).fetchone() or (0,)
    assert openings == 1


def test_a_promise_repeated_is_one_and_its_id_serves_for_no_other(shared: Matching) -> None:
    case, command = shared.case("roads"), str(uuid4())
    first = undertaken(shared, case, command_id=command)
    shared.happen(case, "CaseWithdrawn", withdrawn_on=DAY)

    assert undertaken(shared, case, command_id=command) == first
    assert happened(shared, first) == ["ObligationUndertaken"]
    with pytest.raises(CommandIdReused):
        undertaken(shared, case, command_id=command, kind="data")
    with pytest.raises(AlreadyWithdrawn):
        undertaken(shared, case)


def test_the_city_promises_by_a_department_that_has_taken_the_case(shared: Matching) -> None:
    case = shared.case("roads")
    shared.offered(case, "planning")

    for department in ("planning", "nowhere"):
        with pytest.raises(NotInCharge):
            undertaken(shared, case, department=department)


def test_a_day_to_come_is_no_day_on_which_something_was_promised_or_done(shared: Matching) -> None:
    case = shared.case("roads")
    obligation_id = undertaken(shared, case)
    for wrong in (
        lambda: undertaken(shared, case, undertaken_on=DAY + timedelta(days=1)),
        lambda: shared.call(
            "fulfil_obligation", obligation_id=obligation_id, fulfilled_on="2026-11-23", **CHANGES["fulfil_obligation"]
        ),
    ):
        with pytest.raises(InvalidMessage) as refused:
            wrong()
        assert [error.code for error in refused.value.errors] == ["in_the_future"]


@pytest.mark.parametrize("method", ["change_obligation_due", "release_obligation"])
def test_whoever_changes_or_releases_a_promise_says_why(shared: Matching, method: str) -> None:
    stated = {**CHANGES[method], "reason": None}
    with pytest.raises(InvalidMessage) as refused:
        shared.call(method, obligation_id=str(uuid4()), **stated)
    assert [(error.field, error.code) for error in refused.value.errors] == [("reason", "required")]


def test_somebody_who_saw_an_older_version_is_told_so(shared: Matching) -> None:
    obligation_id = undertaken(shared, shared.case("roads"))
    shared.call("change_obligation_due", obligation_id=obligation_id, **CHANGES["change_obligation_due"])

    with pytest.raises(VersionExpected):
        shared.call(
            "fulfil_obligation", obligation_id=obligation_id, expected_version=1, **CHANGES["fulfil_obligation"]
        )


@pytest.mark.row("N7", "S06")
def test_the_citys_promise_is_counted_when_late_like_the_companys(matching: Matching) -> None:
    case = matching.case("roads")
    stated: tuple[dict[str, Any], ...] = (OF_CITY, OF_PROPOSER)
    for side in stated:
        kept, late, overdue, moved, dropped = (undertaken(matching, case, **side) for _ in range(5))
        matching.call("fulfil_obligation", obligation_id=kept, note="渡しました。", **CHANGES["fulfil_obligation"])
        matching.call("change_obligation_due", obligation_id=moved, **CHANGES["change_obligation_due"])
        matching.call("release_obligation", obligation_id=dropped, **CHANGES["release_obligation"])
        matching.settle()
        matching.clock.advance(timedelta(days=10))
        matching.settle()
        assert {standing(matching, one) for one in (late, overdue, moved)} == {"owed"}, "its last day is not over"
        matching.clock.advance(timedelta(hours=13))
        matching.settle()
        assert standing(matching, overdue) == "overdue"
        matching.call("fulfil_obligation", obligation_id=late, **CHANGES["fulfil_obligation"])
        matching.clock.instant -= timedelta(days=10, hours=13)

    expected = {"owed": 1, "overdue": 1, "fulfilled_in_time": 1, "fulfilled_late": 1, "released": 1, "due_changed": 1}
    assert sides(matching) == {"city": expected, "proposer": expected}
    before = listed(matching, limit=200)
    matching.rebuild("obligations")
    assert listed(matching, limit=200) == before


def test_an_obligation_that_was_done_or_moved_is_not_overdue_on_its_first_day(matching: Matching) -> None:
    case = matching.case("roads")
    done, moved = undertaken(matching, case), undertaken(matching, case)
    matching.settle()
    matching.call("fulfil_obligation", obligation_id=done, **CHANGES["fulfil_obligation"])
    matching.call("change_obligation_due", obligation_id=moved, **CHANGES["change_obligation_due"])
    matching.settle()

    matching.clock.advance(timedelta(days=15))
    matching.settle()

    assert happened(matching, done)[-1] == "ObligationFulfilled"
    assert happened(matching, moved)[-1] == "ObligationDueChanged"
    matching.clock.advance(timedelta(days=20))
    matching.settle()
    assert happened(matching, moved)[-1] == "ObligationOverdue"


def test_a_ledger_of_a_department_counts_what_it_owes_and_what_is_owed_to_it(matching: Matching) -> None:
    both, other = matching.case("roads", "planning"), matching.case("planning")
    undertaken(matching, both)
    undertaken(matching, both, department="planning")
    for case in (both, other):
        undertaken(matching, case, **OF_PROPOSER)

    assert sides(matching, department="roads") == {"city": {"owed": 1}, "proposer": {"owed": 1}}
    assert sides(matching, department="planning") == {"city": {"owed": 1}, "proposer": {"owed": 2}}
    assert [one["department"] for one in listed(matching, department="roads")] == ["roads"]


def test_the_cli_lists_promises_by_their_day_and_writes_them_for_excel(
    matching: Matching, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    case = matching.case("roads")
    undertaken(matching, case)
    undertaken(matching, case, **OF_PROPOSER, due_on=DAY)
    matching.settle()
    monkeypatch.setenv("RENKEI_HOME", str(matching.city.folder.parent))

    def renkei(*arguments: str) -> str:
        result = CliRunner().invoke(main, ["obligations", "--city", matching.city.name, *arguments])
        assert result.exit_code == 0, result.output
        return result.output

    name = {str(code): one.name for code, one in matching.office.pack().departments.items()}["roads"]
    first, second, *_ = renkei().splitlines()
    assert (first, second) == (
        "令和8年11月22日（日）  提案者  その他の約束  期日前",
        f"令和8年12月2日（水）  市（{name}）  実証フィールドの提供  期日前",
    )
    assert "市: 期日前 1件、期日超過 0件" in renkei("--status", "overdue")
    assert [one["side"] for one in json.loads(renkei("--json", "--department", "roads"))["items"]] == ["city"]
    file = tmp_path / "promises.csv"
    renkei("--output", str(file))
    rows = list(csv.reader(StringIO(file.read_bytes().decode("utf-8-sig"), newline="")))
    assert [row[:3] for row in rows] == [
        ["期日", "約束をした側", "部署"], ["2026-11-22", "提案者", ""], ["2026-12-02", "市", name],
    ]  # fmt: skip


REASSIGNED = {"department": "planning", "reason": "担当課が替わったため。"}


def lost_by_roads(matching: Matching, case: StreamId) -> None:
    """The department that promised has the case no more; planning has it."""
    state: Case = CASE.fold(matching.office.store.load_closed(case))
    (offer,) = (one for one in state.offers.values() if one.department == "roads")
    matching.happen(case, "OfferWithdrawn", offer_id=offer.id, department="roads", withdrawn_on=DAY)


@pytest.mark.row("N7", "S06")
def test_what_a_department_promised_that_lost_the_case_is_another_s(matching: Matching) -> None:
    case = matching.case("roads", "planning")
    ours, theirs, done = (
        undertaken(matching, case),
        undertaken(matching, case, **OF_PROPOSER),
        undertaken(matching, case),
    )
    matching.call("fulfil_obligation", obligation_id=done, **CHANGES["fulfil_obligation"])
    assert listed(matching, orphaned=True) == []
    lost_by_roads(matching, case)
    (orphan,) = listed(matching, orphaned=True)
    assert (orphan["obligation_id"], orphan["orphaned"]) == (ours, True)
    assert {one["obligation_id"] for one in listed(matching, orphaned=False)} == {theirs, done}

    matching.call("reassign_obligation", obligation_id=ours, **REASSIGNED)

    assert listed(matching, orphaned=True) == []
    assert [one["obligation_id"] for one in listed(matching, department="planning")] == [ours]
    assert sides(matching, department="planning")["city"] == {"owed": 1}
    assert sides(matching, department="roads")["city"] == {"fulfilled_in_time": 1}
    assert matching.call("get_obligation", obligation_id=ours)["department"] == "planning"
    before = listed(matching, limit=200)
    matching.rebuild("obligations")
    assert listed(matching, limit=200) == before


def test_a_promise_is_reassigned_by_the_desk_with_a_reason_to_a_department_that_has_the_case(shared: Matching) -> None:
    case = shared.case("roads", "planning")
    ours, theirs = undertaken(shared, case), undertaken(shared, case, **OF_PROPOSER)
    for stated, refusal in (
        ({"obligation_id": ours, **REASSIGNED, "department": "tourism"}, NotInCharge),
        ({"obligation_id": theirs, **REASSIGNED}, SideUnfit),
        ({"obligation_id": ours, **REASSIGNED, "reason": None}, InvalidMessage),
    ):
        with pytest.raises(refusal):
            shared.call("reassign_obligation", **stated)
    with pytest.raises(NotFound):
        shared.call(
            "reassign_obligation", "department_officer", shared.colleague("roads"), obligation_id=ours, **REASSIGNED
        )
    assert (
        shared.call("reassign_obligation", obligation_id=ours, **{**REASSIGNED, "department": "roads"})["events"] == []
    )
    shared.call("release_obligation", obligation_id=ours, **CHANGES["release_obligation"])
    with pytest.raises(ObligationSettled):
        shared.call("reassign_obligation", obligation_id=ours, **REASSIGNED)


def test_the_cli_names_departments_as_they_are_called_now_and_says_which_has_the_case_no_more(
    matching: Matching, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = matching.case("roads", "planning")
    undertaken(matching, case)
    content = reorganised()
    adopt_pack(matching.city, content, load_pack(content, origin="new"), approver="市長", reference="企連第2号")
    matching.settle()
    monkeypatch.setenv("RENKEI_HOME", str(matching.city.folder.parent))

    def first(*arguments: str) -> str:
        return (
            CliRunner().invoke(main, ["obligations", "--city", matching.city.name, *arguments]).output.splitlines()[0]
        )

    assert "市（都市整備部 みどりと道の課）" in first()
    assert "市（" not in first("--orphaned")
    lost_by_roads(matching, case)
    matching.settle()
    assert "市（都市整備部 みどりと道の課、担当を外れています）" in first("--orphaned")


def test_a_promise_of_a_department_that_came_together_in_another_is_the_successor_s(matching: Matching) -> None:
    case = matching.case("roads")
    before = undertaken(matching, case)
    content = reorganised()
    adopt_pack(matching.city, content, load_pack(content, origin="new"), approver="市長", reference="企連第2号")

    after = undertaken(matching, case, department="land")

    assert listed(matching, orphaned=True) == []
    rows = listed(matching, department="land")
    assert {one["obligation_id"]: one["department"] for one in rows} == {before: "roads", after: "land"}
    assert sides(matching, department="roads") == {"city": {"owed": 2}, "proposer": {}}
    offers = matching.call("get_statistics", by=["offers_by_department"])["figures"][0]["rows"]
    assert [(one["code"], one["label"]) for one in offers if one["count"]] == [("land", "都市整備部 みどりと道の課")]
