"""Matching's statistics on a real database: from open fields, the same when built again, told by query and CLI."""

import csv
import json
from collections.abc import Callable
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner, Result

from apps.cli.__main__ import main
from desk.deadlines.streams import deadline_stream
from desk.deadlines.streams_events import DeadlineSet
from desk.forms import load
from desk.office import NotPermitted
from desk.packs.codes import DeadlineCode
from eventstore.city import City
from eventstore.records import StreamId
from services.matching.domain.case.assignment import Part
from services.matching.domain.case.dialogue import Side
from services.matching.domain.case.feasibility import Outcome
from services.matching.domain.obligation import OBLIGATION
from services.matching.schemas.statistics import StatisticsForm
from tests.cities import Cities, FrozenClock
from tests.promises import DAY, Matching, matching_of

ONE_DAY: Final = timedelta(days=1)
READ_MODELS: Final = ("cases", "obligations", "statistics")
Rows = dict[str, dict[str, tuple[int, float | None, int | None, int | None]]]


@pytest.fixture(scope="module")
def matching(cities: Cities, city: City) -> Matching:
    """Matching, its log filled with what became of four cases and two promises."""
    made = matching_of(cities, city, FrozenClock())
    fill(made)
    made.settle(READ_MODELS)
    return made


def fill(made: Matching) -> None:
    answered = made.case("roads", opened_on=date(2026, 11, 1))
    decided(made, answered, Outcome.NO, date(2026, 11, 11), date(2026, 11, 15))
    asked_again = made.case(opened_on=DAY)
    first = made.offered(asked_again, "planning")
    made.happen(asked_again, "OfferDeclined", offer_id=first, department="planning", declined_on=DAY + 3 * ONE_DAY)
    second = made.offered(asked_again, "roads")
    made.happen(asked_again, "OfferWithdrawn", offer_id=second, department="roads", withdrawn_on=DAY + ONE_DAY)
    made.offered(asked_again, "parks", Part.SUPPORTING)
    silent = made.case("roads", opened_on=DAY)
    made.happen(silent, "CaseFellSilent", last_contact_on=DAY, noted_on=DAY + 31 * ONE_DAY)
    withdrawn = made.case(opened_on=DAY)
    made.happen(withdrawn, "CaseWithdrawn", withdrawn_on=DAY)
    for side in Side:
        stream = StreamId(OBLIGATION.category, made.offered(silent, "digital", Part.SUPPORTING))
        made.happen(stream, "ObligationUndertaken", case_id=silent.id, side=side, undertaken_on=DAY, due_on=DAY)
        made.happen(stream, "ObligationFulfilled", fulfilled_on=DAY + (side is Side.CITY) * ONE_DAY)


def decided(made: Matching, case: StreamId, outcome: Outcome, decided_on: date, answered_on: date) -> None:
    told = {"decision": 1, "outcome": outcome}
    made.happen(case, "FeasibilityDecided", **told, decided_on=decided_on, kept_until=None)
    made.happen(case, "ProposerAnswered", **told, answered_on=answered_on)


def asked(made: Matching, **question: Any) -> Rows:
    told = made.call("get_statistics", **question)
    return {
        figure["code"]: {
            row["label"]: (row["count"], row["median_days"], row["ninetieth_days"], row["waiting"])
            for row in figure["rows"]
        }
        for figure in told["figures"]
    }


def counts(rows: dict[str, Any]) -> dict[str, int]:
    return {label: row[0] for label, row in rows.items() if row[0]}


def name(made: Matching, department: str) -> str:
    """What the pack calls it."""
    return {str(code): one.name for code, one in made.office.pack().departments.items()}[department]


@pytest.mark.row("N8")
def test_departments_are_counted_by_the_names_that_the_pack_has_for_them(matching: Matching) -> None:
    told = asked(matching)

    roads, planning = name(matching, "roads"), name(matching, "planning")
    assert told["offers_by_department"][roads][0] == 3
    assert told["offers_declined_by_department"][planning][0] == 1
    assert told["offer_days_to_answer_by_department"][planning] == (1, 3, 3, 0)
    assert told["offer_days_to_answer_by_department"][roads] == (2, 0, 0, 0)
    assert told["offer_days_to_answer_by_department"][name(matching, "parks")] == (0, None, None, 1)


@pytest.mark.row("S38")
def test_the_days_from_acceptance_to_decision_and_answer_are_told_with_how_many_wait(matching: Matching) -> None:
    told = asked(matching)

    assert told["case_days_to_decision_by_outcome"]["全体"] == (1, 10, 10, 2)
    assert told["case_days_to_answer_by_outcome"]["実施しない"] == (1, 14, 14, 0)
    assert told["case_days_to_answer_by_outcome"]["未決定"] == (0, None, None, 2)


def test_where_cases_stand_and_what_happened_on_the_way_is_counted(matching: Matching) -> None:
    told = asked(matching)

    assert counts(told["cases_by_outcome"]) == {"未決定": 3, "実施しない": 1}
    assert counts(told["cases_by_status"]) == {"担当課に打診中": 1, "担当課が決定": 1, "回答済み": 1, "取下げ": 1}
    assert counts(told["cases_by_lead_offers"]) == {"打診していない": 1, "1回": 2, "2回": 1}
    assert counts(told["cases_by_silence"]) == {"途絶えたことがない": 3, "今、途絶えている": 1}


@pytest.mark.row("N7", "S06")
def test_a_late_promise_of_the_city_is_told_beside_the_proposer_s(matching: Matching) -> None:
    told = asked(matching)

    assert counts(told["obligations_kept_in_time_by_side"]) == {"提案者": 1}
    assert counts(told["obligations_late_by_side"]) == {"市": 1}


def test_a_period_counts_by_the_day_on_which_each_began(matching: Matching) -> None:
    early = asked(matching, begun_to="2026-11-01")

    assert sum(counts(early["cases_by_status"]).values()) == 1
    assert sum(counts(early["offers_by_department"]).values()) == 1
    assert counts(early["obligations_late_by_side"]) == {}
    assert sum(counts(asked(matching, begun_from="2026-11-02")["cases_by_status"]).values()) == 3


@pytest.mark.row("S38")
def test_the_target_of_an_offer_is_that_of_its_own_deadline_as_it_is_counted_now(
    cities: Cities, clock: FrozenClock
) -> None:
    made = matching_of(cities, cities.new("targets"), clock)
    case = made.case()
    late, in_time = made.offered(case, "roads"), made.offered(case, "planning", Part.SUPPORTING)
    made.settle()
    deadlines = answers_due(made)
    due, other_due = deadlines.values()
    assert due == other_due, "a reaction sets a deadline for each offer"
    for offer_id, department, days in ((late, "roads", 1), (in_time, "planning", 0)):
        answer = {"offer_id": offer_id, "department": department, "taken_on": due + days * ONE_DAY}
        made.happen(case, "OfferTaken", **answer)
    made.settle()

    told = asked(made)
    assert counts(told["offers_late_by_department"]) == {name(made, "roads"): 1}
    assert counts(told["offers_answered_in_time_by_department"]) == {name(made, "planning"): 1}
    with made.office.database.connection() as connection:
        before = connection.execute("SELECT * FROM matching_offer_statistics ORDER BY offer_id").fetchall()
    made.rebuild("statistics")
    with made.office.database.connection() as connection:
        assert connection.execute("SELECT * FROM matching_offer_statistics ORDER BY offer_id").fetchall() == before
    for deadline in deadlines:
        made.happen(deadline, "DeadlineExtended", due_on=due + ONE_DAY)
    made.settle()
    assert counts(asked(made)["offers_late_by_department"]) == {}


@pytest.mark.row("S38")
def test_no_department_is_waited_for_or_late_once_its_case_is_decided_or_withdrawn(
    cities: Cities, clock: FrozenClock
) -> None:
    made = matching_of(cities, cities.new("ended"), clock)
    decided_on, withdrawn, still_open = made.case("roads"), made.case(), made.case()
    made.offered(decided_on, "parks", Part.SUPPORTING)
    made.offered(withdrawn, "planning")
    made.offered(still_open, "culture")
    made.settle()
    clock.advance(60 * ONE_DAY)
    late = {name(made, one): 1 for one in ("parks", "planning", "culture")}
    assert counts(asked(made)["offers_late_by_department"]) == late

    made.happen(decided_on, "FeasibilityDecided", decision=1, outcome=Outcome.NO, decided_on=DAY, kept_until=None)
    made.happen(withdrawn, "CaseWithdrawn", withdrawn_on=DAY)
    made.settle(("cases", "obligations", "statistics"))
    assert counts(asked(made)["offers_late_by_department"]) == {name(made, "culture"): 1}
    waiting = {label: row[3] for label, row in asked(made)["offer_days_to_answer_by_department"].items() if row[3]}
    assert waiting == {"全体": 1, name(made, "culture"): 1}

    made.happen(deadline_stream("matching", still_open, DeadlineCode.DEPARTMENT_ANSWER), "DeadlineDropped")
    made.settle()
    assert counts(asked(made)["offers_late_by_department"]) == {}


def answers_due(made: Matching) -> dict[StreamId, date]:
    """The deadlines by which departments are to answer, each with its date."""
    with made.office.database.connection() as connection:
        rows = connection.execute(
            "SELECT stream_id FROM events_matching WHERE type = 'DeadlineSet' ORDER BY stream_id"
        ).fetchall()
    streams = [StreamId("matching_deadline", stream_id) for (stream_id,) in rows]
    found = {stream: made.office.store.load(stream).events[0].event for stream in streams}
    assert all(isinstance(one, DeadlineSet) and one.code is DeadlineCode.DEPARTMENT_ANSWER for one in found.values())
    return {stream: one.due_on for stream, one in found.items()}


def test_statistics_built_again_are_the_same(matching: Matching) -> None:
    before = matching.call("get_statistics")

    for subscription in ("statistics", "obligations"):
        matching.rebuild(subscription)

    assert matching.call("get_statistics") == before


def test_the_numbers_are_as_old_as_the_list_that_is_furthest_behind(cities: Cities, clock: FrozenClock) -> None:
    made = matching_of(cities, cities.new("behind"), clock)
    made.case()
    made.settle(("statistics", "cases"))

    told = made.call("get_statistics")["as_of"]

    assert (told["position"], told["behind"] > 0) == (0, True)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"begun_from": "2026-05-01", "begun_to": "2026-04-30"}, "period_reversed"),
        ({"by": ["names"]}, "unknown_choice"),
        ({"received_from": "2026-05-01"}, "unknown_field"),
    ],
)
def test_a_wrong_question_is_told_what_is_wrong_with_it(wrong: dict[str, Any], code: str) -> None:
    _, errors = load(StatisticsForm(), wrong)

    assert [error.code for error in errors] == [code]
    assert all(error.message.endswith("。") for error in errors)


def test_only_what_is_asked_for_is_told_and_only_to_who_may_see_statistics(matching: Matching) -> None:
    assert list(asked(matching, by=["cases_by_status"])) == ["cases_by_status"]
    with pytest.raises(NotPermitted):
        matching.call("get_statistics", "department_officer")


@pytest.fixture
def renkei(city: City, matching: Matching, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """`renkei statistics --service matching` of the filled city."""
    assert matching, "the log is filled"
    monkeypatch.setenv("RENKEI_HOME", str(city.folder.parent))
    arguments = ["statistics", "--service", "matching", "--city", city.name]
    return lambda *more: CliRunner().invoke(main, [*arguments, *more])


def test_the_cli_tells_each_number_under_its_question(renkei: Callable[..., Result]) -> None:
    told = renkei()

    assert told.exit_code == 0, told.output
    assert "案件は今、どの段階にありますか。\n  担当課を探している: 0件\n  担当課に打診中: 1件\n" in told.output
    assert "  全体: 1件、中央値 10日、90パーセンタイル 10日、まだのもの 2件\n" in told.output
    figures = json.loads(renkei("--json", "--from", "2026-11-02").output)["figures"]
    (by_status,) = (one for one in figures if one["code"] == "cases_by_status")
    assert sum(row["count"] for row in by_status["rows"]) == 3


def test_the_cli_writes_a_table_for_excel(renkei: Callable[..., Result], tmp_path: Path) -> None:
    file = tmp_path / "matching.csv"

    assert renkei("--output", str(file)).exit_code == 0

    rows = list(csv.reader(StringIO(file.read_bytes().decode("utf-8-sig"), newline="")))
    assert rows[0][:3] == ["問い", "区分", "件数"]
    assert ["案件は今、どの段階にありますか。", "回答済み", "1"] in [row[:3] for row in rows]
