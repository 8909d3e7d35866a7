"""The date of an asking that was parked and is set late: what became of the asking meanwhile ends it at once."""

from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

import pytest

from desk.deadlines.streams import deadline_stream
from desk.packs.codes import DeadlineCode
from eventstore.city import City
from eventstore.following.followers import Follower
from eventstore.records import Recorded, StreamId
from services.matching.domain.case.feasibility import Outcome
from tests.cities import Cities, FrozenClock
from tests.parking import hindered
from tests.promises import DAY, Matching, matching_of

THEN: Final = DAY + timedelta(days=2)
ENDS: Final = {
    "OfferTaken": ("DeadlineMet", {"taken_on": THEN}),
    "OfferDeclined": ("DeadlineMet", {"declined_on": THEN}),
    "OfferWithdrawn": ("DeadlineDropped", {"withdrawn_on": THEN}),
    "FeasibilityDecided": ("DeadlineDropped", {"decided_on": THEN, "outcome": Outcome.NO, "kept_until": None}),
    "CaseWithdrawn": ("DeadlineDropped", {"withdrawn_on": THEN}),
}
"""What happens to an asking → what its date says then."""


@pytest.fixture(scope="module")
def matching(cities: Cities, city: City) -> Matching:
    return matching_of(cities, city, FrozenClock())


def happen(matching: Matching, case: StreamId, end: str, offer: UUID, department: str) -> Recorded:
    """Something ends an asking, or the case in which departments are asked."""
    fields: dict[str, Any] = {**ENDS[end][1]}
    if end.startswith("Offer"):
        fields |= {"offer_id": offer, "department": department}
    return matching.happen(case, end, **fields)


def dates(matching: Matching, case: StreamId, number: int = 1) -> list[Recorded]:
    """What happened to the date of the how manieth asking in a case."""
    stream = deadline_stream("matching", case, DeadlineCode.DEPARTMENT_ANSWER, number)
    return list(matching.office.store.load(stream).events)


def follower(matching: Matching) -> Follower[Any]:
    (found,) = (one for one in matching.office.followers if one.subscription.name == "offer_deadlines")
    return found


def day(recorded: Recorded) -> date:
    """On which a date was met or dropped."""
    told: date = getattr(recorded.event, "met_on", None) or recorded.event.dropped_on
    return told


@pytest.mark.row("S38")
@pytest.mark.parametrize("end", ENDS)
def test_a_date_that_is_set_late_ends_with_what_became_of_its_asking_meanwhile(
    matching: Matching, cities: Cities, end: str
) -> None:
    case = matching.case()
    with hindered(cities, matching.city, "events_matching", "category <> 'matching_deadline'"):
        offer = matching.offered(case, "planning")
        matching.settle()
    ended = happen(matching, case, end, offer, "planning")
    matching.settle()
    assert dates(matching, case) == []

    follower(matching).retry(*(one.position for one in follower(matching).parked()))

    begun, over = dates(matching, case)
    assert (begun.type, over.type, day(over)) == ("DeadlineSet", ENDS[end][0], THEN)
    assert over.causation_id == ended.id


def test_what_ends_another_asking_leaves_a_date_that_is_set_late_running(matching: Matching, cities: Cities) -> None:
    case = matching.case()
    other = matching.offered(case, "roads")
    matching.settle()
    with hindered(cities, matching.city, "events_matching", "category <> 'matching_deadline'"):
        matching.offered(case, "planning")
        matching.settle()
    happen(matching, case, "OfferDeclined", other, "roads")
    matching.settle()

    follower(matching).retry(*(one.position for one in follower(matching).parked()))

    assert [one.type for one in dates(matching, case)] == ["DeadlineSet", "DeadlineMet"]
    assert [one.type for one in dates(matching, case, 2)] == ["DeadlineSet"]


def test_a_case_that_is_resumed_begins_new_dates_for_whoever_was_asked_and_has_not_answered(
    matching: Matching,
) -> None:
    case = matching.case()
    asked = {department: matching.offered(case, department) for department in ("planning", "roads", "parks")}
    happen(matching, case, "OfferTaken", asked["parks"], "parks")
    happen(matching, case, "FeasibilityDecided", asked["roads"], "roads")
    matching.settle()

    resumed = matching.happen(case, "CaseResumed", resumed_on=THEN)
    matching.settle()

    for number in (1, 2):
        assert [one.type for one in dates(matching, case, number)] == ["DeadlineSet", "DeadlineDropped"]
    for number in (4, 5):
        (anew,) = dates(matching, case, number)
        assert (anew.event.starts_on, anew.causation_id) == (THEN, resumed.id)
    assert dates(matching, case, 6) == []
    happen(matching, case, "OfferDeclined", asked["roads"], "roads")
    later = matching.offered(case, "culture")
    happen(matching, case, "OfferWithdrawn", later, "culture")
    matching.settle()
    ends = [[one.type for one in dates(matching, case, number)][1:] for number in range(1, 7)]
    assert ends == [["DeadlineDropped"], ["DeadlineDropped"], ["DeadlineMet"], [], ["DeadlineMet"], ["DeadlineDropped"]]


def test_a_new_date_that_is_set_late_ends_with_what_became_of_its_asking_meanwhile(
    matching: Matching, cities: Cities
) -> None:
    case = matching.case()
    offer = matching.offered(case, "planning")
    happen(matching, case, "FeasibilityDecided", offer, "planning")
    matching.settle()
    with hindered(cities, matching.city, "events_matching", "category <> 'matching_deadline'"):
        matching.happen(case, "CaseResumed", resumed_on=THEN)
        matching.settle()
    taken = happen(matching, case, "OfferTaken", offer, "planning")
    matching.settle()
    assert dates(matching, case, 2) == []

    follower(matching).retry(*(one.position for one in follower(matching).parked()))

    begun, over = dates(matching, case, 2)
    assert (begun.type, over.type, over.causation_id) == ("DeadlineSet", "DeadlineMet", taken.id)


def test_where_everybody_has_answered_a_resumed_case_begins_no_date(matching: Matching) -> None:
    case = matching.case("planning")
    matching.happen(case, "FeasibilityDecided", outcome=Outcome.NO, decided_on=THEN, kept_until=None)
    matching.happen(case, "CaseResumed", resumed_on=THEN)
    matching.happen(case, "CaseWithdrawn", withdrawn_on=THEN)
    matching.settle()

    assert dates(matching, case, 2) == []
    assert follower(matching).parked() == []


@pytest.mark.parametrize("end", ENDS)
def test_a_date_ends_once_though_its_end_is_met_twice(matching: Matching, end: str) -> None:
    case = matching.case()
    offer = matching.offered(case, "planning")
    ended = happen(matching, case, end, offer, "planning")

    matching.settle()

    assert [one.type for one in dates(matching, case)] == ["DeadlineSet", ENDS[end][0]]
    assert dates(matching, case)[1].causation_id == ended.id
    assert follower(matching).parked() == []
