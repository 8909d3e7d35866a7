"""The dates of a case: those that are open stand with it, the least orders the queue, and each explains itself."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from desk.deadlines.streams_commands import ExtendDeadline, MeetDeadline, PauseDeadline, ResumeDeadline
from desk.packs.codes import DeadlineCode
from desk.packs.sections import Code
from eventstore.city import City
from eventstore.protection import Sealed
from eventstore.records import StreamId
from services.matching.domain.case.assignment import Part
from services.matching.domain.case.dialogue import Side
from services.matching.domain.case.feasibility import CaseResumed, FeasibilityDecided, Outcome
from services.matching.domain.case.opening import WithdrawCase
from services.matching.domain.obligation.events import ObligationDueChanged, ObligationFulfilled, ObligationReleased
from tests.cities import Cities
from tests.ledgers import numbered
from tests.work import CHIEF, DAY, Work

ANSWER = DeadlineCode.ANSWER_WITH_REASON


@pytest.fixture(scope="module")
def work(cities: Cities, city: City) -> Work:
    return Work.of(cities, city)


def kinds(item: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["kind"], one["due_on"]) for one in item["dates"]]


def test_dates_of_every_kind_stand_with_the_case_soonest_first(work: Work) -> None:
    case = work.opened()
    work.deadline(work.intake.office, StreamId("proposal", work.proposal_of(case)), ANSWER)
    work.deadline(work.office, StreamId("case", case), DeadlineCode.DEPARTMENT_ANSWER)
    work.promised(case, DAY - timedelta(days=1), Side.CITY)
    work.promised(case, date(2027, 3, 31))

    item = work.item(case)
    assert kinds(item) == [
        ("promise_of_city", "2026-11-21"),
        ("department_answer", "2026-12-07"),
        ("answer_with_reason", "2026-12-22"),
        ("promise_of_proposer", "2027-03-31"),
    ]
    assert [one["days_left"] for one in item["dates"]] == [-1, 15, 30, 129]
    assert [one["name"] for one in item["dates"]] == ["市の約束", "担当課の回答", "理由を付けた回答", "提案者の約束"]
    assert item["due_on"] == "2026-11-21"


def test_a_date_says_which_department_it_is_for_by_the_pack_in_force(work: Work) -> None:
    case = work.opened()
    work.offered(case, "roads")
    work.offered(case, "planning", Part.SUPPORTING)
    while work.follower("offer_deadlines").step() + numbered(work.city):
        continue
    work.promised(case, DAY, Side.CITY)
    work.promised(case, DAY)

    told = [(one["kind"], one["department"], one["department_name"]) for one in work.item(case)["dates"]]

    roads, planning = "都市整備部 道路維持課", work.office.pack().departments[Code("planning")].name
    assert told[:2] == [("promise_of_city", "roads", roads), ("promise_of_proposer", None, None)]
    assert sorted(told[2:]) == [
        ("department_answer", "planning", planning), ("department_answer", "roads", roads),
    ]  # fmt: skip


def test_an_answer_that_was_due_before_the_case_opened_is_due_in_it(work: Work) -> None:
    proposal = work.intake.receive()
    work.deadline(work.intake.office, StreamId("proposal", proposal), ANSWER)
    work.settle()
    work.intake.accept(proposal)
    work.settle()

    assert work.item(work.case_of(proposal))["due_on"] == "2026-12-22"


def test_other_deadlines_of_intake_are_none_of_the_cases(work: Work) -> None:
    case = work.opened()
    work.deadline(work.intake.office, StreamId("proposal", work.proposal_of(case)), DeadlineCode.FIRST_CONTACT)

    assert work.item(case)["dates"] == []


def test_a_date_goes_when_it_is_met(work: Work) -> None:
    case = work.opened()
    stream = work.deadline(work.intake.office, StreamId("proposal", work.proposal_of(case)), ANSWER)
    assert work.item(case)["due_on"] is not None

    work.turns(work.intake.office, stream, MeetDeadline(met_on=DAY))
    assert (work.item(case)["due_on"], work.item(case)["dates"]) == (None, [])


def test_a_clock_that_stands_has_no_date_until_it_runs(work: Work) -> None:
    case = work.opened()
    office = work.intake.office
    stream = work.deadline(office, StreamId("proposal", work.proposal_of(case)), ANSWER)
    work.turns(office, stream, PauseDeadline(paused_on=DAY))
    assert work.item(case)["dates"] == []

    work.turns(office, stream, ResumeDeadline(resumed_on=DAY + timedelta(days=3), count=work.count(office, ANSWER)))
    assert kinds(work.item(case)) == [("answer_with_reason", "2026-12-25")]


def test_an_extension_moves_the_case(work: Work) -> None:
    case = work.opened()
    stream = work.deadline(work.office, StreamId("case", case), DeadlineCode.DEPARTMENT_ANSWER)
    work.turns(work.office, stream, ExtendDeadline(due_on=date(2027, 1, 15), stated_on=DAY))

    assert work.item(case)["due_on"] == "2027-01-15"


@pytest.mark.parametrize(
    "settled", [ObligationFulfilled(fulfilled_on=DAY, note=Sealed(None)), ObligationReleased(released_on=DAY)]
)
def test_a_promise_is_a_date_until_it_is_kept_or_owed_no_more(work: Work, settled: Any) -> None:
    case = work.opened()
    promise = work.promised(case, DAY)
    work.happens(promise, ObligationDueChanged(due_on=date(2027, 2, 1), previously_due_on=DAY))
    assert work.item(case)["due_on"] == "2027-02-01"

    work.happens(promise, settled)
    assert work.item(case)["dates"] == []


def kept(until: date | None) -> FeasibilityDecided:
    return FeasibilityDecided(
        decision=1, outcome=Outcome.KEPT if until else Outcome.NO, decided_on=DAY, decided_by=CHIEF.id,
        city_cost_yen=Sealed(0), needs_open_call=False, expenses_cap_yen=Sealed(None), method=None, kept_until=until,
        procurement_reference=Sealed(None), expenses_approver=Sealed(None), expenses_reason=Sealed(None),
        explanation=Sealed("来年度の予算で検討するため"), approver=Sealed("課長"), approval_reference=Sealed("1"),
        delegation=Sealed(None), call_id=None,
    )  # fmt: skip


def test_what_is_kept_is_due_on_the_day_until_which_it_is_kept(work: Work) -> None:
    case = work.opened()
    stream = StreamId("case", case)
    work.happens(stream, kept(date(2027, 4, 1)))
    item = work.item(case, derivation=True)
    assert (item["outcome"], kinds(item)) == ("kept", [("kept_until", "2027-04-01")])
    assert item["dates"][0]["derivation"] == [
        "令和8年11月22日（日）に、令和9年4月1日（木）まで検討を待つと決定しました。"
    ]

    work.happens(stream, CaseResumed(resumed_on=DAY))
    assert work.item(case)["dates"] == []


def test_the_day_of_what_is_kept_is_told_of_the_decision_that_set_it(work: Work) -> None:
    """A list that is behind still has it, also where it was decided otherwise since."""
    case = work.opened()
    stream = StreamId("case", case)
    work.happens(stream, kept(date(2027, 4, 1)))
    work.settle()
    work.happens(stream, kept(None))

    items = work.called().list_work(derivation=True, limit=200)["items"]
    (told,) = (one["dates"] for one in items if one["case_id"] == str(case))
    assert told[0]["derivation"] == ["令和8年11月22日（日）に、令和9年4月1日（木）まで検討を待つと決定しました。"]


def test_a_withdrawn_case_waits_for_no_day(work: Work) -> None:
    case = work.opened()
    work.happens(StreamId("case", case), kept(date(2027, 4, 1)))
    work.does(case, WithdrawCase(withdrawn_on=DAY))

    assert work.item(case)["dates"] == []


@pytest.mark.row("N12")
def test_each_date_says_how_it_came_about(work: Work) -> None:
    case = work.opened()
    work.deadline(work.intake.office, StreamId("proposal", work.proposal_of(case)), ANSWER)
    work.deadline(work.office, StreamId("case", case), DeadlineCode.DEPARTMENT_ANSWER)
    work.happens(
        work.promised(case, date(2027, 1, 20)),
        ObligationDueChanged(due_on=date(2027, 1, 31), previously_due_on=date(2027, 1, 20)),
    )

    department, answer, promise = work.item(case, derivation=True)["dates"]
    assert any("開庁日" in sentence for sentence in department["derivation"])
    assert answer["derivation"]
    assert promise["derivation"] == [
        "令和8年11月22日（日）に、提案者が令和9年1月20日（水）までと約束しました。",
        "期日を令和9年1月20日（水）から令和9年1月31日（日）に変更しました。",
    ]
    assert "derivation" not in work.item(case)["dates"][0]


def test_the_source_of_a_date_is_named(work: Work) -> None:
    case = work.opened()
    promise = work.promised(case, DAY)
    (told,) = work.item(case)["dates"]
    assert told["source"] == str(promise)
    assert UUID(told["source"].removeprefix("obligation-"))
