"""Departments are suggested for a case by its proposal's words; people decide, and what is erased counts no more."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID, uuid4

import pytest

from desk.packs import Pack
from eventstore.city import City
from eventstore.errors import Forbidden, InvalidMessage, NotFound
from eventstore.execution import CommandIdReused
from eventstore.records import Recorded, StreamId
from services.matching.domain.case import CASE
from services.matching.domain.case.assignment import DepartmentsSuggested, Part, WithdrawOffer
from services.matching.queries.suggestions import ProposalErased, duties_of, earlier_cases
from services.matching.suggesting.ranking import ranked
from services.matching.suggesting.words import words_of
from tests.cities import Cities
from tests.ledgers import connected, numbered
from tests.portals import MINIMAL
from tests.registers import DAY
from tests.work import Work

BUS: Final = {**MINIMAL, "title": "バスの位置をスマホで", "summary": "路線バスの位置を知らせ、待ち時間を減らします。"}
"""By its words a matter of the section of public transport."""
KITES: Final = {**MINIMAL, "title": "凧揚げの会", "summary": "凧揚げの会を砂丘で開き、凧揚げを広めます。"}
"""In no section's duties."""


@pytest.fixture(scope="module")
def work(cities: Cities, city: City) -> Work:
    return Work.of(cities, city)


@pytest.fixture(scope="module")
def case(work: Work) -> UUID:
    """The case of a bus operator's proposal."""
    return work.opened(BUS)


def given(case: UUID, **stated: Any) -> dict[str, Any]:
    return {"command_id": str(uuid4()), "case_id": str(case), **stated}


def suggested(work: Work, case: UUID, **stated: Any) -> dict[str, Any]:
    told: dict[str, Any] = work.called().suggest_departments(**given(case, **stated))
    return told


def names(told: Mapping[str, Any]) -> list[str]:
    return [one["department"] for one in told["departments"]]


def followed(work: Work) -> None:
    while numbered(work.city) + work.follower("terms").step():
        continue


def events(work: Work, case: UUID) -> tuple[Recorded, ...]:
    return work.office.store.load(StreamId(CASE.category, case)).events


def openings(work: Work, proposal: UUID) -> list[tuple[str, str]]:
    """Who had a proposal opened by matching, and up to which version."""
    with work.office.database.connection() as connection:
        return connection.execute(
            "SELECT record #>> '{actor,role}', record #>> '{data,version}' FROM (SELECT sequence,"
            " convert_from(record, 'UTF8')::jsonb AS record FROM events_matching WHERE category = 'matching_access') e"
            " WHERE record #>> '{data,record_id}' = %s ORDER BY sequence",
            (str(proposal),),
        ).fetchall()


def rows(work: Work) -> Sequence[Sequence[Any]]:
    """What is kept of words, counted and by case."""
    with work.office.database.connection() as connection:
        return [
            sorted(connection.execute(f"SELECT * FROM {table}").fetchall(), key=repr)
            for table in ("matching_terms", "matching_term_counts")
        ]


@pytest.mark.row("S04")
def test_departments_are_ranked_with_the_words_that_made_their_rank(work: Work, case: UUID) -> None:
    told = suggested(work, case)

    best = told["departments"][0]
    assert (best["department"], best["name"]) == ("urban", "都市整備部 都市政策課")
    assert {"term": "バス", "grounds": ["duties"]} in best["terms"]
    scores = [one["score"] for one in told["departments"]]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) <= 5


@pytest.mark.row("S04")
def test_a_suggestion_is_on_record_and_assigns_nothing(work: Work, case: UUID) -> None:
    told = suggested(work, case)

    recorded = events(work, case)[-1]
    assert isinstance(recorded.event, DepartmentsSuggested)
    assert [{"id": str(recorded.id), "stream": str(recorded.stream), "version": recorded.version}] == told["events"]
    assert [one.department for one in recorded.event.ranking] == names(told)
    assert CASE.fold(events(work, case)).offers == {}
    offer = [{"department": "urban", "part": "lead"}]
    other = work.opened(BUS)
    upon = suggested(work, other)["suggestion_id"]
    assert work.called().offer_case(**given(other, offers=offer, suggestion_id=upon))["offer_ids"]


def test_a_suggestion_that_is_asked_for_again_is_the_same_whatever_was_led_since(work: Work) -> None:
    case, stated = work.opened(KITES), {"limit": 3}
    asked = given(case, **stated)
    first = work.called().suggest_departments(**asked)
    for _ in range(3):
        work.taken(work.opened(KITES), "parks")
    followed(work)

    assert work.called().suggest_departments(**asked) == first
    with pytest.raises(CommandIdReused):
        work.called().suggest_departments(**{**asked, "limit": 4})
    assert names(suggested(work, case)) != names(first)


@pytest.mark.row("B09", "S04")
def test_the_proposal_is_opened_on_record_each_time(work: Work) -> None:
    case = work.opened(BUS)
    asked = given(case, reason="打診先の検討")

    work.called().suggest_departments(**asked)
    work.called().suggest_departments(**asked)

    version = work.intake.office.store.load(StreamId("proposal", work.proposal_of(case))).version
    assert openings(work, work.proposal_of(case)) == [("desk_chief", str(version))] * 2


@pytest.mark.row("S04")
def test_a_word_that_no_duty_has_points_to_who_led_cases_with_it(work: Work) -> None:
    before = work.opened(KITES)
    offer = work.taken(before, "parks")
    followed(work)

    told = suggested(work, work.opened(KITES))
    assert names(told)[0] == "parks"
    assert {"term": "凧揚げ", "grounds": ["earlier_cases"]} in told["departments"][0]["terms"]

    work.does(before, WithdrawOffer(offer_id=offer, withdrawn_on=DAY))
    work.taken(before, "culture")
    followed(work)
    with work.office.database.connection() as connection:
        led = connection.execute("SELECT department FROM matching_terms WHERE case_id = %s", (before,)).fetchall()
    assert led == [("culture",)]


def test_only_the_department_that_leads_counts(work: Work) -> None:
    case = work.opened(KITES)
    offer = work.offered(case, "roads", Part.SUPPORTING)
    work.called().take_offer(**given(case, offer_id=str(offer), officer_id=str(work.member("roads")), reason="電話"))
    followed(work)

    with work.office.database.connection() as connection:
        assert not connection.execute("SELECT FROM matching_terms WHERE case_id = %s", (case,)).fetchall()


def test_what_an_earlier_department_led_counts_for_its_successor(work: Work) -> None:
    work.taken(work.opened(KITES), "culture")
    followed(work)
    pack = renamed(work.office.pack(), "culture", "sports")
    words = words_of((KITES["title"], KITES["summary"]))

    found = ranked(words, duties_of(pack), earlier_cases(work.office, pack, words), 20)

    assert "sports" in [one.suggested.department for one in found]
    assert "culture" not in [one.suggested.department for one in found]


def renamed(pack: Pack, before: str, now: str) -> Pack:
    """A pack in which a department has another code."""
    departments: dict[Any, Any] = dict(pack.departments)
    departments[now] = replace(departments.pop(before), formerly=(before,))
    return replace(pack, departments=MappingProxyType(departments))


@pytest.mark.row("S04")
def test_words_kept_in_clear_end_with_the_key_that_opened_them_and_are_counted_no_more(
    work: Work, cities: Cities
) -> None:
    followed(work)
    before = rows(work)
    case = work.opened({**KITES, "title": "蜃気楼の観察"})
    work.taken(case, "tourism")
    followed(work)
    assert any(term == "蜃気楼" for term, *_ in rows(work)[1])

    with connected(cities.administrator_url(work.city)) as administrator:
        administrator.execute(
            "DELETE FROM data_keys_intake WHERE stream_id = %s AND class_group = 'business'", (work.proposal_of(case),)
        )

    assert rows(work) == before
    work.follower("terms").rebuild()
    assert rows(work) == before
    with pytest.raises(ProposalErased):
        suggested(work, case)


def test_words_rebuilt_are_those_that_were_followed(work: Work) -> None:
    followed(work)
    live = rows(work)
    assert live[0]

    work.follower("terms").rebuild()

    assert rows(work) == live


@pytest.mark.row("N3", "S04")
def test_whoever_may_not_ask_learns_of_nothing(work: Work, case: UUID) -> None:
    work.offered(other := work.opened(BUS), "tourism")
    of_tourism = work.called(work.member("tourism"), "department_officer")

    refusals = set()
    for one in (case, other, uuid4()):
        with pytest.raises(NotFound) as refused:
            of_tourism.suggest_departments(**given(one))
        refusals.add(str(refused.value))
    with pytest.raises(NotFound) as absent:
        suggested(work, uuid4())

    assert refusals == {str(absent.value)}
    assert not isinstance(refused.value, Forbidden)


@pytest.mark.parametrize("limit", [0, 21, "5", True])
def test_how_many_are_wanted_is_a_number_from_one_to_twenty(work: Work, case: UUID, limit: object) -> None:
    with pytest.raises(InvalidMessage) as refused:
        suggested(work, case, limit=limit)

    assert [one.field for one in refused.value.errors] == ["limit"]
