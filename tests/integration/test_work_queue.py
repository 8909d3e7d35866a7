"""The work queue: what is due first stands first, filtered as people ask, and shown to nobody unrecorded."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from psycopg.errors import CheckViolation

from eventstore.city import City
from eventstore.errors import InvalidMessage, NotFound
from eventstore.protection import Sealed
from eventstore.records import StreamId
from services.matching.domain.case.assignment import DeclineOffer, Part
from services.matching.domain.case.dialogue import (
    AnswerMinutes,
    DraftMinutes,
    HoldSession,
    MinutesConfirmedByCity,
    Participant,
    Setting,
    Side,
)
from services.matching.domain.case.opening import FlagCase
from services.matching.domain.case.people import AssignAccompaniment, CaseFellSilent
from tests.cities import Cities
from tests.ledgers import connected
from tests.lineage import BUS, FOOD
from tests.work import DAY, Work

WEEK = timedelta(days=7)


@pytest.fixture(scope="module")
def work(cities: Cities, city: City) -> Work:
    return Work.of(cities, city)


@pytest.fixture
def alone(cities: Cities) -> Work:
    """A city without any case yet."""
    return Work.of(cities, cities.new("alone"))


def ids(items: list[dict[str, Any]]) -> list[UUID]:
    return [UUID(item["case_id"]) for item in items]


def test_what_is_due_first_stands_first_and_what_is_never_due_last(alone: Work) -> None:
    never, late, soon = alone.opened(), alone.opened(), alone.opened()
    alone.promised(late, DAY + WEEK)
    alone.promised(soon, DAY)

    assert ids(alone.work()) == [soon, late, never]


def test_pages_tell_every_case_once_those_that_are_never_due_too(alone: Work) -> None:
    cases = [alone.opened() for _ in range(5)]
    for case in cases[:3]:
        alone.promised(case, DAY)
    alone.settle()

    told, after = [], None
    while True:
        page = alone.called().list_work(limit=2, after=after)
        told += ids(page["items"])
        after = page["after"]
        if after is None:
            break

    assert sorted(told) == sorted(cases)
    assert set(told[:3]) == set(cases[:3])


def test_a_case_is_told_with_its_names_its_people_and_its_days(work: Work) -> None:
    case, person = work.opened(**BUS), uuid4()
    work.taken(case, "roads", person)

    item = work.item(case)
    assert (item["title"], item["proposer_name"]) == (BUS["title"], "朝ごはんの会")
    assert (item["status"], item["lead"], item["people"]) == ("taken", "roads", [str(person)])
    assert (item["days_since_contact"], item["version"]) == (0, 3)


def test_minutes_wait_for_the_proposer_and_then_for_the_city(work: Work) -> None:
    case, session = work.opened(), uuid4()
    work.taken(case, "roads")
    present = (Participant(side=Side.CITY, name="工藤 誠", position=None),)
    work.does(
        case,
        HoldSession(
            session_id=session,
            held_on=DAY,
            setting=Setting.PHONE,
            participants_id=uuid4(),
            participants=present,
            subject="除雪",
        ),
    )

    def minutes() -> tuple[bool, bool]:
        work.settle()
        item = work.item(case)
        counts = work.called().count_work()
        told = (item["minutes_waiting"], item["minutes_objected"])
        for name, is_so in zip(("minutes_waiting", "minutes_objected"), told, strict=True):
            assert ([case] == ids(work.work(**{name: True}))) is is_so
            assert counts[name] == int(is_so)
        return told

    assert minutes() == (False, False)
    work.does(case, DraftMinutes(session_id=session, drafted_on=DAY, text="札を置く。"))
    assert minutes() == (False, False)
    work.happens(StreamId("case", case), confirmed(session, 1))
    assert minutes() == (True, False)
    work.does(case, AnswerMinutes(session_id=session, edition=1, answered_on=DAY, objection="枚数が違う。"))
    assert minutes() == (False, True)
    work.does(case, DraftMinutes(session_id=session, drafted_on=DAY, text="札を2枚置く。"))
    assert minutes() == (False, False)
    work.happens(StreamId("case", case), confirmed(session, 2))
    assert minutes() == (True, False)
    work.does(case, AnswerMinutes(session_id=session, edition=2, answered_on=DAY, objection=None))
    assert minutes() == (False, False)


def confirmed(session: UUID, edition: int) -> MinutesConfirmedByCity:
    """The city stands by an edition, whatever its document is."""
    return MinutesConfirmedByCity(session_id=session, edition=edition, confirmed_on=DAY, file_sha256=Sealed(b"\0" * 32))


def test_each_filter_leaves_what_it_names(work: Work) -> None:
    case, other, person = work.opened(), work.opened(), uuid4()
    work.offered(case, "tourism")
    work.offered(other, "economy", Part.SUPPORTING)
    work.does(case, AssignAccompaniment(staff_id=person, assigned_on=DAY))
    work.does(case, FlagCase(entry_id=uuid4(), flagged_on=DAY))
    work.happens(StreamId("case", case), CaseFellSilent(last_contact_on=DAY, noted_on=DAY))
    work.promised(case, DAY - WEEK)

    for given in (
        {"department": "tourism"},
        {"person": str(person)},
        {"flagged": True},
        {"silent": True},
        {"due_before": DAY.isoformat()},
    ):
        assert ids(work.work(**given)) == [case]
    assert case not in ids(work.work(silent=False))
    assert {case, other} <= set(ids(work.work(status=["offered", "taken"], limit=200)))
    assert not {case, other} & set(ids(work.work(status=["unassigned"], limit=200)))


@pytest.mark.row("N11")
def test_a_case_whose_department_is_gone_is_found(work: Work) -> None:
    case, other = work.opened(), work.opened()
    work.offered(case, "long_gone")
    work.offered(other, "roads")

    assert ids(work.work(orphaned=True)) == [case]
    assert work.called().count_work()["orphaned"] == 1


def test_counts_are_of_what_there_is_to_do(alone: Work) -> None:
    late, due, nobodys = alone.opened(), alone.opened(), alone.opened()
    alone.taken(late, "roads")
    alone.offered(due, "roads")
    alone.offered(due, "parks", Part.SUPPORTING)
    alone.promised(late, DAY - timedelta(days=1))
    alone.promised(due, DAY)
    alone.promised(nobodys, DAY + timedelta(days=1))  # a Monday
    alone.settle()

    counted = alone.called().count_work()
    assert (counted["cases"], counted["overdue"], counted["due_this_week"]) == (3, 1, 1)
    assert counted["without_department"] == 1
    assert {status: count for status, count in counted["by_status"].items() if count} == {
        "unassigned": 1, "offered": 1, "taken": 1,
    }  # fmt: skip
    assert counted["by_department"] == [{"department": "roads", "cases": 2}, {"department": "parks", "cases": 1}]


@pytest.mark.row("N3")
def test_a_department_is_shown_and_counted_its_own_alone(alone: Work) -> None:
    own, foreign = alone.opened(**BUS), alone.opened(**FOOD)
    alone.offered(own, "roads")
    alone.offered(foreign, "children")
    alone.settle()
    called = alone.called(alone.member("roads"), "department_officer")

    assert ids(called.list_work()["items"]) == [own]
    assert called.list_work(department="children")["items"] == []
    assert called.list_work(search="朝食")["items"] == []
    counted = called.count_work()
    assert (counted["cases"], counted["by_department"]) == (1, [{"department": "roads", "cases": 1}])


@pytest.mark.row("N3")
def test_a_department_that_declined_is_shown_the_case_no_more(work: Work) -> None:
    case = work.opened()
    offer = work.offered(case, "culture")
    called = work.called(work.member("culture"), "department_officer")
    work.settle()
    assert ids(called.list_work()["items"]) == [case]

    work.does(case, DeclineOffer(offer_id=offer, declined_on=DAY, grounds="所管外のため"))
    work.settle()
    assert called.list_work()["items"] == []


@pytest.mark.row("N3")
@pytest.mark.parametrize("asked", ["after", "at_least"])
def test_no_question_tells_whether_there_is_a_case_that_is_hidden(work: Work, asked: str) -> None:
    hidden = work.opened()
    called = work.called(work.member("waterworks"), "department_officer")
    for case in (hidden, uuid4()):
        given = {"after": str(case), "at_least": {"stream": f"case-{case}", "version": 1}}
        with pytest.raises(NotFound):
            called.list_work(**{asked: given[asked]})


def test_who_may_not_work_on_cases_is_told_of_none(work: Work) -> None:
    with pytest.raises(NotFound):
        work.called(None, "records_officer").list_work()


def test_whoever_is_shown_names_is_on_record_before(work: Work) -> None:
    case = work.opened(**FOOD)
    before = listings(work)

    page = work.called().list_work(search="空き教室で朝食")
    (listing,) = listings(work)[len(before) :]
    assert listing["record_ids"] == [item["case_id"] for item in page["items"]]
    assert str(case) in listing["record_ids"]


def test_nothing_is_shown_that_cannot_be_put_on_record(work: Work, cities: Cities) -> None:
    work.opened()
    with connected(cities.administrator_url(work.city)) as administrator:
        administrator.execute("ALTER TABLE events_matching ADD CONSTRAINT nothing CHECK (false) NOT VALID")
        try:
            with pytest.raises(CheckViolation):
                work.called().list_work()
        finally:
            administrator.execute("ALTER TABLE events_matching DROP CONSTRAINT nothing")


def test_a_listing_of_nothing_is_no_listing(work: Work) -> None:
    before = listings(work)
    assert work.called().list_work(search="どこにもない語")["items"] == []
    assert listings(work) == before


@pytest.mark.parametrize("search", ["災", "防災 市", "ａ"])
def test_one_character_is_too_little_to_search_for(work: Work, search: str) -> None:
    with pytest.raises(InvalidMessage) as refused:
        work.called().list_work(search=search)
    (error,) = refused.value.errors
    assert (error.field, error.code) == ("search", "word_too_short")
    assert error.message == "検索する語は、1語につき2文字以上で入力してください。"


def listings(work: Work) -> list[dict[str, Any]]:
    """What is on record of pages that were shown, in order."""
    with work.office.database.connection() as connection:
        rows = connection.execute(
            "SELECT stream_id FROM events_matching WHERE type = 'RecordsListed' ORDER BY sequence"
        ).fetchall()
    streams = [StreamId("matching_access", row[0]) for row in rows]
    return [one.event for stream in streams for one in work.office.store.load_fields(stream)]
