"""Who speaks for the city: a department that has taken the case, or the desk; who is merely asked reads and answers."""

from typing import Any, Final
from uuid import UUID, uuid4

import pytest

from eventstore.city import City
from eventstore.errors import NotFound
from eventstore.records import StreamId
from eventstore.store import EventStore
from services.matching.domain.case import CASE, Case, Status
from services.matching.domain.case.assignment import Part, WithdrawOffer
from services.matching.domain.case.opening import WithdrawCase
from services.matching.domain.case.people import NotInCharge, OfficerElsewhere
from tests.cities import Cities
from tests.deciding import GOAL, MERITS, ROLES
from tests.feasibility import happened
from tests.work import DAY, Work

MINUTES: Final = {"session_id": str(uuid4()), "edition": 1}
SESSION: Final = {
    "held_on": "2026-11-22", "setting": "online", "subject": "鍵について",
    "participants": [{"side": "city", "name": "鈴木"}, {"side": "proposer", "name": "北川"}],
}  # fmt: skip
SAID: Final[dict[str, dict[str, Any]]] = {
    "hold_session": SESSION,
    "draft_minutes": {"session_id": MINUTES["session_id"], "text": "鍵は市が開ける。"},
    "confirm_minutes": MINUTES,
    "record_minutes_answer": {**MINUTES, "confirmed": True, "reason": "電話で確認"},
    "agree_goals": {"session_id": MINUTES["session_id"], "goals": [GOAL], "roles": ROLES, "merits": MERITS},
    "record_contact": {"means": "phone", "note": "年内に始めたい"},
}
"""What the city says to a proposer, by the method that records it."""


@pytest.fixture(scope="module")
def work(cities: Cities, city: City) -> Work:
    return Work.of(cities, city)


@pytest.fixture
def case(work: Work) -> UUID:
    return work.opened()


def given(case: UUID, **stated: Any) -> dict[str, Any]:
    return {"command_id": str(uuid4()), "case_id": str(case), **stated}


def of_department(work: Work, staff: UUID) -> Any:
    return work.called(staff, "department_officer")


def state(work: Work, case: UUID) -> Case:
    folded: Case = CASE.fold(work.office.store.load_closed(StreamId(CASE.category, case)))
    return folded


@pytest.mark.row("S07", "S08", "S37")
@pytest.mark.parametrize("method", SAID)
def test_a_department_that_is_merely_asked_does_not_speak_for_the_city(work: Work, case: UUID, method: str) -> None:
    work.taken(case, "tourism", work.member("tourism"))
    work.offered(case, "roads", Part.SUPPORTING)
    before = len(work.office.store.load_closed(StreamId(CASE.category, case)))

    with pytest.raises(NotInCharge) as refused:
        getattr(of_department(work, work.member("roads")), method)(**given(case, **SAID[method]))

    assert refused.value.stable_code == "department_not_in_charge"
    assert len(work.office.store.load_closed(StreamId(CASE.category, case))) == before


@pytest.mark.row("S07", "S08", "S37")
@pytest.mark.parametrize("is_desk", [True, False])
def test_for_the_city_speak_the_department_that_has_the_case_and_the_desk(
    work: Work, case: UUID, is_desk: bool
) -> None:
    officer = work.member("tourism")
    work.taken(case, "tourism", officer)
    service = work.called() if is_desk else of_department(work, officer)
    session_id = None
    for method, stated in SAID.items():
        about = {"session_id": session_id} if "session_id" in stated else {}
        told = getattr(service, method)(**given(case, **{**stated, **about}))
        session_id = told.get("session_id", session_id)
        assert len(told["events"]) == 1
    assert state(work, case).status is Status.AGREED


@pytest.mark.row("S37")
def test_of_a_department_that_is_merely_asked_nobody_has_an_opinion(work: Work, case: UUID) -> None:
    work.taken(case, "tourism", work.member("tourism"))
    offer_id = str(work.offered(case, "roads", Part.SUPPORTING))
    opinion = {"offer_id": offer_id, "view": "feasible", "grounds": "可能", "reason": "電話での回答"}
    for service in (of_department(work, work.member("roads")), work.called()):
        with pytest.raises(NotInCharge):
            service.give_opinion(**given(case, **opinion))


@pytest.mark.row("N3")
def test_a_department_that_is_merely_asked_reads_notes_and_answers(work: Work, case: UUID) -> None:
    offer_id, officer = str(work.offered(case, "roads")), work.member("roads")
    mine = of_department(work, officer)

    assert mine.get_case(str(case))["status"] == "offered"
    mine.add_note(**given(case, text="所管する施設がある"))
    mine.take_offer(**given(case, offer_id=offer_id))

    assert state(work, case).status is Status.TAKEN


def test_what_a_department_said_is_told_again_once_the_case_is_taken_from_it(work: Work, case: UUID) -> None:
    officer = work.member("tourism")
    offer_id = work.taken(case, "tourism", officer)
    contact = given(case, **SAID["record_contact"])
    told = of_department(work, officer).record_contact(**contact)
    work.does(case, WithdrawOffer(offer_id=offer_id, withdrawn_on=DAY))
    asked_again = work.offered(case, "tourism")

    assert of_department(work, officer).record_contact(**contact) == told

    work.does(case, WithdrawOffer(offer_id=asked_again, withdrawn_on=DAY))
    assert of_department(work, officer).record_contact(**contact) == told
    with pytest.raises(NotFound):
        of_department(work, officer).record_contact(**given(case, **SAID["record_contact"]))


@pytest.mark.row("N3")
@pytest.mark.parametrize("over", ["answered", "withdrawn"])
def test_who_never_answered_sees_a_case_no_more_that_is_over_and_who_has_it_reads_on(
    work: Work, case: UUID, over: str
) -> None:
    officer, asked = work.member("tourism"), work.member("roads")
    work.taken(case, "tourism", officer)
    offer_id = str(work.offered(case, "roads", Part.SUPPORTING))
    assert of_department(work, asked).get_case(str(case))
    if over == "withdrawn":
        work.does(case, WithdrawCase(withdrawn_on=DAY))
    else:
        decided = happened("FeasibilityDecided", decision=1, outcome="no", decided_on=DAY)
        answered = happened("ProposerAnswered", decision=1, answered_on=DAY)
        work.happens(StreamId(CASE.category, case), decided, answered)
    work.settle()

    with pytest.raises(NotFound):
        of_department(work, asked).get_case(str(case))
    assert of_department(work, officer).get_case(str(case))["status"] == over
    listed = [of_department(work, one).list_cases()["items"] for one in (officer, asked)]
    assert [str(case) in {one["case_id"] for one in items} for items in listed] == [True, False]
    work.called().withdraw_offer(**given(case, offer_id=offer_id, reason="案件が終わったため"))


def test_in_a_department_s_place_only_its_own_people_come_by_hand_over(work: Work) -> None:
    leaving, colleague, successor = (work.member("tourism") for _ in range(3))
    stranger = work.member("roads")
    led, accompanied, both = (work.opened() for _ in range(3))
    for case in (led, both):
        work.taken(case, "tourism", leaving)
    work.taken(accompanied, "tourism", colleague)
    for case in (accompanied, both):
        work.called().name_deputy(**given(case, staff_id=str(leaving)))
    cases = [led, accompanied, both]
    moving = {"from_id": str(leaving), "case_ids": [str(one) for one in cases]}

    told = work.called().hand_over_cases(command_id=str(uuid4()), to_id=str(stranger), **moving)

    assert [one["case_id"] for one in told["handed_over"]] == [str(accompanied)]
    code = OfficerElsewhere().stable_code
    assert [(one["case_id"], one["code"]) for one in told["refused"]] == [(str(led), code), (str(both), code)]
    assert [state(work, one).people for one in cases] == [{leaving}, {colleague, stranger}, {leaving}]
    told = work.called().hand_over_cases(command_id=str(uuid4()), to_id=str(successor), **moving)
    assert told["refused"] == []
    assert [state(work, one).people for one in cases] == [{successor}, {colleague, stranger}, {successor}]


def test_a_case_is_read_once_to_see_what_there_is_and_once_to_decide(
    work: Work, case: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer_id, officer = str(work.offered(case, "tourism")), work.member("tourism")
    read: list[str] = []
    for name in ("load", "load_closed"):
        monkeypatch.setattr(EventStore, name, _noting(getattr(EventStore, name), name, case, read))

    of_department(work, officer).take_offer(**given(case, offer_id=offer_id))

    assert read == ["load_closed", "load"]


def _noting(load: Any, name: str, case: UUID, read: list[str]) -> Any:
    def noted(store: EventStore, stream: StreamId, *further: Any, **named: Any) -> Any:
        read.extend([name] if stream.id == case else [])
        return load(store, stream, *further, **named)

    return noted
