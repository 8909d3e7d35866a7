"""Whose promises are whose to make, move, keep and release: a department's its own, with the case in its hands."""

from typing import Any, Final
from uuid import uuid4

import pytest

from eventstore.city import City
from eventstore.errors import InvalidMessage, NotFound
from services.matching.domain.case.assignment import Part
from services.matching.domain.case.people import NotInCharge
from tests.cities import Cities, FrozenClock
from tests.promises import CHANGES, DAY, IN_TEN_DAYS, OF_CITY, OF_PROPOSER, TEXT, Matching, matching_of, undertaken

OFFICER: Final = "department_officer"
each_change = pytest.mark.parametrize("method", CHANGES)


@pytest.fixture(scope="module")
def shared(cities: Cities, city: City) -> Matching:
    """Matching of one city for all of them."""
    return matching_of(cities, city, FrozenClock())


def promise(case_id: object, **stated: Any) -> dict[str, Any]:
    return {"case_id": str(case_id), "text": TEXT, "due_on": IN_TEN_DAYS.isoformat(), **OF_CITY, **stated}


def test_a_department_promises_for_itself_and_records_what_the_proposer_promised(shared: Matching) -> None:
    case, officer = shared.case("planning", "roads"), shared.colleague("roads")
    for stated in (OF_CITY, OF_PROPOSER):
        told = shared.call("undertake_obligation", OFFICER, officer, **promise(case.id, **stated))
        shared.call("fulfil_obligation", OFFICER, officer, obligation_id=told["obligation_id"])


def test_a_department_promises_nothing_for_another(shared: Matching) -> None:
    case, officer = shared.case("planning", "roads"), shared.colleague("roads")
    with pytest.raises(NotInCharge):
        shared.call("undertake_obligation", OFFICER, officer, **promise(case.id, department="planning"))


@pytest.mark.parametrize("stated", [OF_CITY, OF_PROPOSER], ids=["the city", "the proposer"])
def test_a_department_that_is_merely_asked_promises_nothing_for_anybody(
    shared: Matching, stated: dict[str, Any]
) -> None:
    case, officer = shared.case("planning"), shared.colleague("roads")
    shared.offered(case, "roads", Part.SUPPORTING)
    with pytest.raises(NotInCharge):
        shared.call("undertake_obligation", OFFICER, officer, **promise(case.id, **stated))


@each_change
def test_what_another_department_promised_is_not_touched(shared: Matching, method: str) -> None:
    case, officer = shared.case("planning", "roads"), shared.colleague("roads")
    of_planning = undertaken(shared, case, department="planning")
    with pytest.raises(NotInCharge):
        shared.call(method, OFFICER, officer, obligation_id=of_planning, **CHANGES[method])


@each_change
def test_a_department_that_is_merely_asked_touches_no_promise(shared: Matching, method: str) -> None:
    case, officer = shared.case("planning"), shared.colleague("roads")
    shared.offered(case, "roads", Part.SUPPORTING)
    of_proposer = undertaken(shared, case, **OF_PROPOSER)
    with pytest.raises(NotInCharge):
        shared.call(method, OFFICER, officer, obligation_id=of_proposer, **CHANGES[method])


@pytest.mark.parametrize("method", ["undertake_obligation", "fulfil_obligation"])
def test_the_desk_says_why_it_acts_for_a_department_and_need_not_for_the_proposer(
    shared: Matching, method: str
) -> None:
    case = shared.case("roads")

    def stated(side: dict[str, Any]) -> dict[str, Any]:
        if method == "undertake_obligation":
            return promise(case.id, **side)
        return {"obligation_id": undertaken(shared, case, **side)}

    with pytest.raises(InvalidMessage) as refused:
        shared.call(method, **stated(OF_CITY))
    assert [(error.field, error.code) for error in refused.value.errors] == [("reason", "required")]
    shared.call(method, reason="担当課から聞いたため。", **stated(OF_CITY))
    shared.call(method, **stated(OF_PROPOSER))


@pytest.mark.parametrize("method", ["undertake_obligation", *CHANGES])
def test_a_command_is_answered_the_same_once_its_caller_sees_the_case_no_more(shared: Matching, method: str) -> None:
    case, officer = shared.case("planning"), shared.colleague("roads")
    offer_id = shared.offered(case, "roads", Part.SUPPORTING, taken_on=DAY)
    changed = {"obligation_id": undertaken(shared, case), **CHANGES.get(method, {})}
    stated = changed if method in CHANGES else promise(case.id)
    command = {"command_id": str(uuid4()), **stated}
    first = shared.call(method, OFFICER, officer, **command)

    shared.happen(case, "OfferWithdrawn", offer_id=offer_id, department="roads", withdrawn_on=DAY)

    assert shared.call(method, OFFICER, officer, **command) == first
    for role, staff, again in (
        (OFFICER, officer, {**command, "command_id": str(uuid4())}),
        (OFFICER, shared.colleague("roads"), command),
    ):
        with pytest.raises(NotFound):
            shared.call(method, role, staff, **again)


@pytest.mark.row("N3")
def test_a_repetition_vouches_for_its_own_case_alone(shared: Matching) -> None:
    officer, command = shared.colleague("roads"), {"command_id": str(uuid4())}
    shared.call("undertake_obligation", OFFICER, officer, **command, **promise(shared.case("roads").id))
    for other in (shared.case("planning").id, uuid4()):
        with pytest.raises(NotFound):
            shared.call("undertake_obligation", OFFICER, officer, **command, **promise(other))
