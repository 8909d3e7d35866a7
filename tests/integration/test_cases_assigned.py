"""A case finds its departments and its people: asked, taken, declined, handed over, each in the log with its reason."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from desk.deadlines.following import OVERDUE, overdue_alarm
from desk.deadlines.streams import Period, deadline_rules, deadline_stream
from desk.deadlines.streams import Status as DeadlineStatus
from desk.packs.codes import DeadlineCode
from desk.timers import TimerRound
from eventstore.city import City
from eventstore.errors import InvalidMessage, NotFound, RenkeiError
from eventstore.records import Recorded, StreamId
from services.matching.domain.case import CASE, Case, Status
from services.matching.domain.case.assignment import DepartmentAsked, LeadAsked, OfferNotOpen
from services.matching.domain.case.feasibility import DecideFeasibility, Outcome
from services.matching.domain.case.opening import WithdrawCase
from services.matching.domain.case.people import OfficerElsewhere
from services.matching.queries.colleagues import ColleagueElsewhere, ColleagueUnknown
from services.matching.service import handover
from tests.cities import Cities
from tests.deadlines import went_round
from tests.ledgers import numbered
from tests.work import DAY, Work

FOLLOWED = ("open_cases", "cases", "offer_deadlines", "deadlines", "timers")


@pytest.fixture(scope="module")
def work(cities: Cities, city: City) -> Work:
    return Work.of(cities, city)


@pytest.fixture
def case(work: Work) -> UUID:
    return work.opened()


@pytest.fixture(scope="module")
def tourist(work: Work) -> UUID:
    """Somebody of the tourism section."""
    return work.member("tourism")


def given(case: UUID, **stated: Any) -> dict[str, Any]:
    return {"command_id": str(uuid4()), "case_id": str(case), **stated}


def asked(work: Work, case: UUID, **parts: str) -> dict[str, str]:
    """Department → the id of its offer. parts: department → part."""
    offers = [{"department": department, "part": part} for department, part in parts.items()]
    told = work.called().offer_case(**given(case, offers=offers, message="ご検討ください。"))
    return dict(zip(parts, told["offer_ids"], strict=True))


def of_department(work: Work, staff: UUID) -> Any:
    return work.called(staff, "department_officer")


def state(work: Work, case: UUID) -> Case:
    folded: Case = CASE.fold(events(work, case))
    return folded


def events(work: Work, case: UUID) -> tuple[Recorded, ...]:
    return work.office.store.load(StreamId(CASE.category, case)).events


def followed(work: Work) -> None:
    """Lets everything that has to do with offers and their dates follow the log to its end."""
    while numbered(work.city) + sum(work.follower(name).step() for name in FOLLOWED):
        continue


def answer_by(work: Work, case: UUID, number: int) -> Period | None:
    """The date by which the so manieth department answers."""
    stream = deadline_stream("matching", StreamId("case", case), DeadlineCode.DEPARTMENT_ANSWER, number)
    period: Period | None = deadline_rules("matching").fold(work.office.store.load(stream).events)
    return period


@pytest.mark.row("S04", "S37")
def test_departments_are_asked_in_parallel_and_one_leads(work: Work, case: UUID) -> None:
    offers = asked(work, case, tourism="lead", roads="supporting")
    assert {str(one.id): one.department for one in state(work, case).offers.values()} == {
        offer_id: department for department, offer_id in offers.items()
    }
    assert state(work, case).status is Status.OFFERED
    with pytest.raises(LeadAsked):
        asked(work, case, parks="lead")
    with pytest.raises(DepartmentAsked):
        asked(work, case, roads="supporting")


def test_a_department_that_the_pack_does_not_have_is_told_at_its_place(work: Work, case: UUID) -> None:
    with pytest.raises(InvalidMessage) as refused:
        asked(work, case, tourism="lead", moon="supporting")
    assert [(one.field, one.code) for one in refused.value.errors] == [("offers.1.department", "unknown_department")]
    assert state(work, case).offers == {}


def test_an_offer_that_is_made_again_is_the_same(work: Work, case: UUID) -> None:
    stated = given(case, offers=[{"department": "tourism", "part": "lead"}])
    assert work.called().offer_case(**stated) == work.called().offer_case(**stated)
    assert len(state(work, case).offers) == 1


@pytest.mark.row("S04")
def test_a_department_takes_a_case_for_itself(work: Work, case: UUID, tourist: UUID) -> None:
    offers = asked(work, case, tourism="lead")
    of_department(work, tourist).take_offer(**given(case, offer_id=offers["tourism"]))
    assert state(work, case).status is Status.TAKEN
    assert state(work, case).people == {tourist}
    assert events(work, case)[-1].actor.id == tourist


@pytest.mark.row("S04")
def test_the_desk_takes_for_a_department_with_a_reason_and_names_who_is_in_charge(
    work: Work, case: UUID, tourist: UUID
) -> None:
    offer_id = asked(work, case, tourism="lead")["tourism"]
    desk = work.called()
    for missing, stated in (("reason", {"officer_id": str(tourist)}), ("officer_id", {"reason": "電話で受諾"})):
        with pytest.raises(InvalidMessage) as refused:
            desk.take_offer(**given(case, offer_id=offer_id, **stated))
        assert [(one.field, one.code) for one in refused.value.errors] == [(missing, "required")]
    elsewhere = {"reason": "電話で受諾", "officer_id": str(work.member("roads"))}
    with pytest.raises(OfficerElsewhere):
        desk.take_offer(**given(case, offer_id=offer_id, **elsewhere))
    with pytest.raises(ColleagueUnknown):
        desk.take_offer(**given(case, offer_id=offer_id, reason="電話で受諾", officer_id=str(uuid4())))
    desk.take_offer(**given(case, offer_id=offer_id, reason="電話で受諾", officer_id=str(tourist)))
    reason = events(work, case)[-1].reason
    assert reason is not None
    assert reason.reveal() == "電話で受諾"


@pytest.mark.row("S37", "N3")
def test_no_department_answers_for_another_though_both_have_the_case(work: Work, case: UUID, tourist: UUID) -> None:
    offers = asked(work, case, tourism="lead", roads="supporting")
    for offer_id in (offers["roads"], str(uuid4())):
        with pytest.raises(NotFound):
            of_department(work, tourist).take_offer(**given(case, offer_id=offer_id))
        with pytest.raises(NotFound):
            of_department(work, tourist).decline_offer(**given(case, offer_id=offer_id, grounds="担当外"))


@pytest.mark.row("S04", "B08")
def test_who_declines_says_why_and_sees_the_case_no_more_but_hears_the_same_again(
    work: Work, case: UUID, tourist: UUID
) -> None:
    offer_id = asked(work, case, tourism="lead")["tourism"]
    declining = given(case, offer_id=offer_id, grounds="施設を持たないため")
    told = of_department(work, tourist).decline_offer(**declining)
    assert of_department(work, tourist).decline_offer(**declining) == told
    with pytest.raises(NotFound):
        of_department(work, tourist).get_case(str(case))
    (offer,) = work.called().get_case(str(case))["offers"]
    assert offer["standing"] == "declined"
    assert [one["grounds"] for one in offer["answers"]] == ["施設を持たないため"]
    with pytest.raises(OfferNotOpen):
        work.called().decline_offer(**given(case, offer_id=offer_id, grounds="施設がない", reason="電話"))
    assert asked(work, case, tourism="lead")["tourism"] != offer_id


@pytest.mark.row("N3")
def test_a_command_s_first_answer_is_given_again_to_who_carried_it_out_and_to_nobody_else(
    work: Work, case: UUID, tourist: UUID
) -> None:
    offer_id = asked(work, case, tourism="lead")["tourism"]
    declining = given(case, offer_id=offer_id, grounds="施設を持たないため")
    of_department(work, tourist).decline_offer(**declining)
    with pytest.raises(NotFound):
        of_department(work, work.member("tourism")).decline_offer(**declining)


def test_a_case_is_taken_from_a_department_with_a_reason_only(work: Work, case: UUID, tourist: UUID) -> None:
    offer_id = asked(work, case, tourism="lead")["tourism"]
    of_department(work, tourist).take_offer(**given(case, offer_id=offer_id))
    with pytest.raises(InvalidMessage):
        work.called().withdraw_offer(**given(case, offer_id=offer_id))
    work.called().withdraw_offer(**given(case, offer_id=offer_id, reason="所管替え"))
    assert state(work, case).status is Status.UNASSIGNED


@pytest.mark.row("S04", "N12")
def test_each_offer_has_a_date_of_its_own_met_by_the_answer_and_dropped_with_the_question(
    work: Work, case: UUID, tourist: UUID
) -> None:
    first = asked(work, case, tourism="lead", roads="supporting", parks="supporting")
    followed(work)
    dates = [answer_by(work, case, number) for number in (1, 2, 3)]
    assert {one.due_on.isoformat() for one in dates if one} == {"2026-12-07"}, "ten open days from November 22"
    of_department(work, tourist).take_offer(**given(case, offer_id=first["tourism"]))
    work.called().decline_offer(**given(case, offer_id=first["roads"], grounds="担当外", reason="電話"))
    work.called().withdraw_offer(**given(case, offer_id=first["parks"], reason="誤り"))
    asked(work, case, roads="supporting")
    followed(work)
    statuses = [one and one.status for one in (answer_by(work, case, number) for number in (1, 2, 3, 4))]
    assert statuses == [
        DeadlineStatus.MET, DeadlineStatus.MET, DeadlineStatus.DROPPED, DeadlineStatus.RUNNING,
    ]  # fmt: skip


@pytest.mark.row("S04", "B06")
def test_a_department_that_does_not_answer_is_late_from_the_day_after(work: Work, case: UUID) -> None:
    asked(work, case, tourism="lead")
    followed(work)
    clock = work.intake.clock
    began = clock.instant
    clock.advance(timedelta(days=16))
    went_round(TimerRound(work.office, {OVERDUE: overdue_alarm("matching")}))
    clock.instant = began
    period = answer_by(work, case, 1)
    assert period is not None
    assert period.status is DeadlineStatus.OVERDUE


@pytest.mark.row("S02")
def test_one_person_accompanies_a_case_and_others_stand_in(work: Work, case: UUID) -> None:
    one, other = (work.member("partnership", "desk_officer") for _ in range(2))
    desk = work.called()
    desk.assign_accompaniment(**given(case, staff_id=str(one)))
    desk.name_deputy(**given(case, staff_id=str(other)))
    assert state(work, case).people == {one, other}
    assert desk.name_deputy(**given(case, staff_id=str(other)))["events"] == []
    desk.release_deputy(**given(case, staff_id=str(other)))
    assert state(work, case).people == {one}
    with pytest.raises(ColleagueUnknown):
        desk.assign_accompaniment(**given(case, staff_id=str(uuid4())))


@pytest.mark.row("S02", "N3")
@pytest.mark.parametrize("method", ["assign_accompaniment", "name_deputy"])
def test_nobody_looks_after_a_case_who_does_not_see_it(work: Work, case: UUID, tourist: UUID, method: str) -> None:
    looks_after = getattr(work.called(), method)
    offer_id = asked(work, case, tourism="lead")["tourism"]
    version = len(events(work, case))
    for nobody in (tourist, work.member("roads"), work.member("partnership")):
        with pytest.raises(ColleagueElsewhere):
            looks_after(**given(case, staff_id=str(nobody)))
    assert len(events(work, case)) == version

    of_department(work, tourist).take_offer(**given(case, offer_id=offer_id))
    stated = given(case, staff_id=str(tourist))
    told = looks_after(**stated)
    looks_after(**given(case, staff_id=str(work.member("roads", "desk_officer"))))
    work.called().withdraw_offer(**given(case, offer_id=offer_id, reason="所管替え"))

    assert looks_after(**stated) == told
    assert len(events(work, case)) == version + 4


def test_a_department_names_another_of_its_own_people(work: Work, case: UUID, tourist: UUID) -> None:
    offer_id = asked(work, case, tourism="lead")["tourism"]
    successor, stranger = work.member("tourism"), work.member("roads")
    mine = of_department(work, tourist)
    mine.take_offer(**given(case, offer_id=offer_id))
    with pytest.raises(OfficerElsewhere):
        mine.name_officer(**given(case, offer_id=offer_id, officer_id=str(stranger)))
    mine.name_officer(**given(case, offer_id=offer_id, officer_id=str(successor)))
    assert state(work, case).people == {successor}


@pytest.mark.row("S02")
def test_days_since_the_last_contact_are_told(work: Work, case: UUID, tourist: UUID) -> None:
    offer_id = asked(work, case, tourism="lead")["tourism"]
    mine = of_department(work, tourist)
    mine.take_offer(**given(case, offer_id=offer_id))
    mine.record_contact(**given(case, means="phone", note="折り返し待ち", contacted_on="2026-11-22"))
    with pytest.raises(InvalidMessage):
        mine.record_contact(**given(case, means="phone", contacted_on="2026-11-23"))
    assert work.called().get_case(str(case))["days_since_contact"] == 0
    clock = work.intake.clock
    began = clock.instant
    clock.advance(timedelta(days=3))
    told = work.called().get_case(str(case))
    clock.instant = began
    assert told["days_since_contact"] == 3
    assert [one["note"] for one in told["contacts"]] == ["折り返し待ち"]


def test_a_case_is_handed_over_in_every_part_that_a_person_has_in_it(work: Work, case: UUID) -> None:
    leaving, coming = work.member("tourism", "department_officer", "desk_officer"), work.member("tourism")
    offer_id = asked(work, case, tourism="lead")["tourism"]
    of_department(work, leaving).take_offer(**given(case, offer_id=offer_id))
    work.called().name_deputy(**given(case, staff_id=str(leaving)))
    cases = {case}
    for _ in range(2):
        another = work.opened()
        cases.add(another)
        work.called().assign_accompaniment(**given(another, staff_id=str(leaving)))
    work.settle()

    moving = {"command_id": str(uuid4()), "from_id": str(leaving), "to_id": str(coming), "reason": "人事異動"}
    told = work.called().hand_over_cases(**moving)

    assert {UUID(one["case_id"]) for one in told["handed_over"]} == cases
    assert (told["refused"], told["remaining"]) == ([], 0)
    assert all(state(work, one).people == {coming} for one in cases)
    assert work.called().hand_over_cases(**moving)["handed_over"] == told["handed_over"]
    work.settle()
    assert work.called().hand_over_cases(**moving)["handed_over"] == []


def test_a_hand_over_goes_on_past_a_case_that_there_is_not(work: Work, case: UUID) -> None:
    leaving, coming = work.member("tourism", "desk_officer"), work.member("tourism")
    work.called().name_deputy(**given(case, staff_id=str(leaving)))
    absent = uuid4()
    told = work.called().hand_over_cases(
        command_id=str(uuid4()), from_id=str(leaving), to_id=str(coming), case_ids=[str(absent), str(case)]
    )
    assert [(one["case_id"], one["code"]) for one in told["refused"]] == [(str(absent), NotFound().stable_code)]
    assert state(work, case).people == {coming}


def test_notes_are_read_by_all_who_see_the_case_and_reading_is_on_record(work: Work, case: UUID, tourist: UUID) -> None:
    asked(work, case, tourism="lead")
    note_id = work.called().add_note(**given(case, text="先方は年内の開始を希望"))["note_id"]
    before = openings(work, case)
    told = of_department(work, tourist).get_case(str(case), purpose="打診の検討")
    assert openings(work, case) == before + 1
    ((note,), proposal) = told["notes"], told["proposal"]
    assert (note["note_id"], note["text"], note["closed"]) == (note_id, "先方は年内の開始を希望", [])
    assert (proposal["title"], told["phase"]) == ("空き教室で朝食を", "対話・庁内調整")
    assert told["offers"][0]["department_name"] == "経済部 観光課"


def openings(work: Work, case: UUID) -> int:
    """How often matching has shown somebody this case."""
    with work.office.database.connection() as connection:
        row = connection.execute(
            "SELECT count(*) FROM events_matching WHERE category = 'matching_access'"
            " AND convert_from(record, 'UTF8')::jsonb #>> '{data,record_id}' = %s",
            (str(case),),
        ).fetchone()
    assert row
    return int(row[0])


@pytest.mark.row("B08")
def test_what_is_refused_leaves_the_case_as_it_was(work: Work, case: UUID) -> None:
    version = len(events(work, case))
    for method, stated in (
        ("take_offer", {"offer_id": str(uuid4()), "officer_id": str(uuid4()), "reason": "電話"}),
        ("withdraw_offer", {"offer_id": str(uuid4()), "reason": "誤り"}),
        ("name_deputy", {"staff_id": str(uuid4())}),
    ):
        with pytest.raises(RenkeiError):
            getattr(work.called(), method)(**given(case, **stated))
    assert len(events(work, case)) == version


def test_a_hand_over_of_more_than_one_call_does_says_what_remains_and_goes_on(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handover, "MOST_CASES", 2)
    leaving, coming = work.member("tourism", "desk_officer"), work.member("tourism")
    cases = [work.opened() for _ in range(3)]
    for one in cases:
        work.called().name_deputy(**given(one, staff_id=str(leaving)))
    moving = {"command_id": str(uuid4()), "from_id": str(leaving), "to_id": str(coming)}
    told = []
    for _ in cases:
        work.settle()
        told.append(work.called().hand_over_cases(**moving))
    assert [(len(one["handed_over"]), one["remaining"]) for one in told] == [(2, 1), (1, 0), (0, 0)]
    assert all(state(work, one).people == {coming} for one in cases)


@pytest.mark.row("S04")
@pytest.mark.parametrize("ends", ["decided", "withdrawn"])
def test_no_answer_is_waited_for_in_a_case_that_is_decided_or_withdrawn(work: Work, case: UUID, ends: str) -> None:
    asked(work, case, tourism="lead", roads="supporting")
    followed(work)
    work.does(case, NO if ends == "decided" else WithdrawCase(withdrawn_on=DAY))
    followed(work)
    statuses = [one and one.status for one in (answer_by(work, case, number) for number in (1, 2))]
    assert statuses == [DeadlineStatus.DROPPED, DeadlineStatus.DROPPED]


NO = DecideFeasibility(
    today=DAY,
    outcome=Outcome.NO,
    decided_on=DAY,
    decided_by=uuid4(),
    city_cost_yen=0,
    needs_open_call=False,
    expenses=None,
    method=None,
    methods=frozenset(),
    kept_until=None,
    call_id=None,
    procurement_reference=None,
    explanation="所管する施設がないため",
    approver="部長",
    approval_reference="企連第9号",
    delegation=None,
)
