"""Goals, opinions and decisions at the windows: who may say what of which case, and what is wrong with it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from desk.office import NotPermitted
from eventstore.city import City
from eventstore.errors import InvalidMessage, NotFound
from services.matching.domain.case import Status
from services.matching.domain.case.days import BeforeItBegan
from services.matching.domain.case.dialogue import SessionUnknown
from services.matching.domain.case.feasibility import CallUnfit, DecidedByItself, MethodUnfit, ProcurementRequired
from services.matching.domain.case.status import AlreadyAnswered, DialogueNotBegun
from tests.cities import TOKOROZAWA, Cities
from tests.deciding import CONTACT, GOAL, WHY, Deciding
from tests.feasibility import happened
from tests.mailbox import Mailbox
from tests.portals import MINIMAL
from tests.work import DAY

BOTH = [{"side": "city", "name": "工藤 誠"}, {"side": "proposer", "name": "長谷川 美咲"}]
NO = {
    "outcome": "no", "city_cost_yen": 0, "needs_open_call": False, "explanation": WHY, "approver": "連携推進課長",
    "approval_reference": "決裁8-47",
}  # fmt: skip


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as started:
        yield started


@pytest.fixture(scope="module")
def desk(cities: Cities, city: City, mailbox: Mailbox) -> Deciding:
    return Deciding.of(cities, city, mailbox)


def problems(refused: pytest.ExceptionInfo[InvalidMessage]) -> list[tuple[str, str]]:
    return [(error.field, error.code) for error in refused.value.errors]


@pytest.mark.row("S08", "S09")
def test_the_goal_sheet_is_on_record_as_it_was_agreed_every_edition(desk: Deciding) -> None:
    case, _ = desk.taken()
    session = str(desk.talked(case))

    desk.agrees(case, session_id=session)
    desk.agrees(case, session_id=session, goals=[GOAL, {**GOAL, "indicator": "来た人"}], agreed_on="2026-11-22")

    first, second = desk.told(case, "GoalsAgreed")
    assert (first.edition, second.edition, first.agreed_on) == (1, 2, DAY)
    (goal,) = first.goals.reveal()
    assert (goal.indicator, goal.baseline, goal.target) == ("朝食の回数", "0回", "40回")
    assert (first.roles.reveal().city, first.merits.reveal().citizens) == ("教室を貸す", None)
    assert [one.indicator for one in second.goals.reveal()] == ["朝食の回数", "来た人"]
    assert desk.state(case).status is Status.AGREED


@pytest.mark.row("S08")
@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ({"goals": []}, [("goals", "required")]),
        ({"goals": [{**GOAL, "baseline": " "}]}, [("goals.0.baseline", "required")]),
        ({"goals": [GOAL, {**GOAL, "due_on": "2026-11-22"}]}, [("goals.1.due_on", "not_to_come")]),
        ({"agreed_on": "2026-11-23"}, [("agreed_on", "in_the_future")]),
        ({"merits": {"city": "欠席が減る"}}, [("merits.proposer", "required")]),
    ],
)
def test_a_goal_sheet_without_something_is_none(
    desk: Deciding, stated: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    case, _ = desk.taken()
    with pytest.raises(InvalidMessage) as refused:
        desk.agrees(case, **stated)
    assert problems(refused) == expected
    with pytest.raises(SessionUnknown):
        desk.agrees(case, session_id=str(uuid4()))


def test_what_was_agreed_is_told_again_when_the_goals_have_come_due(desk: Deciding) -> None:
    case, _ = desk.taken()
    stated = {"command_id": str(uuid4()), "session_id": str(desk.talked(case))}
    told = desk.agrees(case, **stated)
    desk.work.intake.clock.advance(timedelta(days=200))
    try:
        assert desk.agrees(case, **stated) == told
    finally:
        desk.work.intake.clock.advance(-timedelta(days=200))


@pytest.mark.row("S37", "N3")
def test_a_department_speaks_for_itself_and_for_no_other(desk: Deciding) -> None:
    case, lead = desk.taken()
    supporting = desk.supported(case)
    colleague, stranger = desk.work.member(desk.departments[1]), desk.work.member(desk.departments[2])
    desk.calls("take_offer", case, colleague, offer_id=str(supporting))

    desk.opines(case, supporting, colleague, view="conditional")
    with pytest.raises(NotFound):
        desk.opines(case, lead, colleague)
    with pytest.raises(NotFound):
        desk.opines(case, lead, stranger)
    with pytest.raises(NotFound):
        desk.opines(uuid4(), lead, stranger)

    (opinion,) = desk.told(case, "OpinionGiven")
    assert (opinion.offer_id, opinion.given_by, opinion.view.reveal()) == (supporting, colleague, "conditional")


@pytest.mark.row("S37")
def test_the_desk_speaks_for_a_department_only_with_the_reason_why(desk: Deciding) -> None:
    case, lead = desk.taken()
    with pytest.raises(InvalidMessage) as refused:
        desk.opines(case, lead)
    assert problems(refused) == [("reason", "required")]

    desk.opines(case, lead, reason="担当課から電話で回答があったため")

    assert len(desk.told(case, "OpinionGiven")) == 1


@pytest.mark.row("B16")
def test_whoever_opined_for_the_lead_department_does_not_decide_and_no_department_does(desk: Deciding) -> None:
    case, lead = desk.taken()
    desk.agrees(case)
    chief = uuid4()
    service = desk.work.called(chief, "desk_chief")
    opinion = {"offer_id": str(lead), "view": "feasible", "grounds": "可能", "reason": "担当課の依頼による"}
    service.give_opinion(command_id=str(uuid4()), case_id=str(case), **opinion)
    decision = {
        "outcome": "partnership", "city_cost_yen": 0, "needs_open_call": False, "explanation": WHY,
        "approver": "部長", "approval_reference": "決裁8-46",
    }  # fmt: skip

    with pytest.raises(DecidedByItself):
        service.decide_feasibility(command_id=str(uuid4()), case_id=str(case), **decision)
    with pytest.raises(NotPermitted):
        desk.calls("decide_feasibility", case, desk.officer, **decision)

    desk.decides(case, "partnership")
    assert desk.state(case).status is Status.DECIDED


@pytest.mark.row("S14", "S47")
def test_a_decision_is_on_record_with_all_that_it_was_taken_on(desk: Deciding) -> None:
    case = desk.ripe()
    with pytest.raises(ProcurementRequired):
        desk.decides(case, "demonstration", city_cost_yen=200_000)
    expenses = {"cap_yen": 200_000, "approver": "市長", "reason": "資材の実費のため"}
    stated = {"city_cost_yen": 200_000, "expenses": expenses, "delegation": "専決規程第5条", "decided_on": "2026-11-22"}
    command = {"command_id": str(uuid4()), **stated}

    told = desk.decides(case, "demonstration", **command)

    assert desk.decides(case, "demonstration", **command) == told
    (event,) = desk.told(case, "FeasibilityDecided")
    assert (event.city_cost_yen.reveal(), event.expenses_cap_yen.reveal(), event.decided_on) == (200_000, 200_000, DAY)
    assert (event.expenses_approver.reveal(), event.delegation.reveal()) == ("市長", "専決規程第5条")
    assert event.explanation.reveal() == WHY


@pytest.mark.row("S35")
def test_a_call_that_follows_is_linked_in_clear_and_another_method_without_a_name_is_refused(desk: Deciding) -> None:
    case, _ = desk.taken()
    call = uuid4()
    with pytest.raises(CallUnfit):
        desk.decides(case, "no", call_id=str(call))
    with pytest.raises(MethodUnfit):
        desk.decides(case, "other_method")
    with pytest.raises(ProcurementRequired):
        desk.decides(case, "other_method", method="naming_rights", needs_open_call=True)

    desk.decides(case, "procurement", procurement_reference="調達第3号", call_id=str(call))

    assert [one.call_id for one in desk.told(case, "FeasibilityDecided")] == [call]


def test_a_city_whose_guideline_names_no_methods_decides_for_another_one_all_the_same(
    cities: Cities, mailbox: Mailbox
) -> None:
    there = Deciding.of(cities, cities.new("methodless", TOKOROZAWA), mailbox)
    case, _ = there.taken()
    assert not there.work.office.pack().methods

    there.decides(case, "other_method")

    assert [one.method for one in there.told(case, "FeasibilityDecided")] == [None]


def test_days_are_stated_of_the_past_but_not_of_before_what_they_are_about(desk: Deciding) -> None:
    early, before, clock = "2026-11-21", "1999-01-01", desk.work.intake.clock
    case = desk.work.opened({**MINIMAL, "contact": CONTACT})
    lead = str(desk.work.offered(case, desk.departments[0]))
    clock.advance(timedelta(days=5))
    try:
        session = {"setting": "phone", "participants": BOTH, "subject": "教室の鍵"}
        opinion = {"view": "feasible", "grounds": "教室が空いているため"}
        for method, staff, stated in (
            ("take_offer", desk.officer, {"offer_id": lead, "taken_on": early}),
            ("decline_offer", desk.officer, {"offer_id": lead, "declined_on": early, "grounds": "担当外"}),
            ("record_contact", None, {"means": "phone", "contacted_on": before}),
            ("decide_feasibility", None, {**NO, "decided_on": early}),
        ):
            with pytest.raises(BeforeItBegan):
                desk.calls(method, case, staff, **stated)
        desk.calls("take_offer", case, desk.officer, offer_id=lead, taken_on="2026-11-23")
        for method, stated in (
            ("give_opinion", {"offer_id": lead, "given_on": early, **opinion}),
            ("hold_session", {**session, "held_on": before}),
        ):
            with pytest.raises(BeforeItBegan):
                desk.calls(method, case, desk.officer, **stated)
        desk.calls("give_opinion", case, desk.officer, offer_id=lead, given_on="2026-11-24", **opinion)
        desk.calls("decide_feasibility", case, **NO, decided_on="2026-11-25")
    finally:
        clock.advance(-timedelta(days=5))


def test_city_and_proposer_may_have_met_between_the_receipt_and_the_acceptance(desk: Deciding) -> None:
    proposal = desk.work.intake.receive({**MINIMAL, "contact": CONTACT}, on=DAY - timedelta(days=2))
    desk.work.intake.accept(proposal)
    desk.work.settle()
    case = desk.work.case_of(proposal)
    desk.work.taken(case, desk.departments[0], desk.officer)
    for method, field, stated in (
        ("hold_session", "held_on", {"setting": "phone", "participants": BOTH, "subject": "教室の鍵"}),
        ("record_contact", "contacted_on", {"means": "phone"}),
    ):
        desk.calls(method, case, desk.officer, **stated, **{field: "2026-11-20"})
        with pytest.raises(BeforeItBegan):
            desk.calls(method, case, desk.officer, **stated, **{field: "2026-11-19"})

    assert (desk.state(case).opened_on, len(desk.state(case).sessions)) == (DAY, 1)


def test_what_was_decided_wrongly_is_resumed_and_decided_again_until_the_proposer_is_answered(desk: Deciding) -> None:
    case = desk.ripe()
    desk.decides(case, "no")
    stated = {"command_id": str(uuid4()), "reason": "誤って決定したため"}
    told = desk.calls("resume_case", case, **stated)

    assert desk.calls("resume_case", case, **stated) == told
    assert desk.state(case).status is Status.AGREED
    desk.decides(case, "partnership")
    assert desk.state(case).decisions == 2


@pytest.mark.parametrize(
    ("outcome", "stated", "expected"),
    [
        ("other_method", {"method": "no_such_method"}, [("method", "unknown_choice")]),
        ("no", {"decided_on": "2026-11-23"}, [("decided_on", "in_the_future")]),
        ("no", {"explanation": "　"}, [("explanation", "required")]),
        ("no", {"city_cost_yen": -1}, [("city_cost_yen", "out_of_range")]),
        ("partly", {}, [("outcome", "unknown_choice")]),
    ],
)
def test_a_decision_that_is_none_is_refused_with_what_is_wrong(
    desk: Deciding, outcome: str, stated: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    case, _ = desk.taken()
    with pytest.raises(InvalidMessage) as refused:
        desk.decides(case, outcome, **stated)
    assert problems(refused) == expected


def test_nothing_is_decided_of_what_is_no_case_and_nothing_resumed_that_was_not_kept(desk: Deciding) -> None:
    case, _ = desk.taken()
    with pytest.raises(NotFound):
        desk.decides(uuid4(), "no")
    with pytest.raises(NotFound):
        desk.calls("resume_case", UUID(int=1))
    with pytest.raises(DialogueNotBegun):
        desk.calls("resume_case", case)
    desk.decides(case, "no")
    desk.work.happens(desk.stream(case), happened("ProposerAnswered", decision=1, answered_on=DAY))
    with pytest.raises(AlreadyAnswered):
        desk.calls("resume_case", case)
