"""What is owed ends with its case: a withdrawal, and a no, release what is open, at whatever moment it was promised."""

from collections.abc import Callable
from uuid import uuid4

import pytest

from eventstore.city import City
from eventstore.errors import Unavailable
from eventstore.records import StreamId
from services.matching.domain.case.dialogue import Side
from services.matching.domain.case.feasibility import Outcome
from services.matching.domain.obligation import OBLIGATION
from tests.cities import Cities, FrozenClock
from tests.ledgers import numbered
from tests.parking import followed, hindered
from tests.promises import CHANGES, DAY, Matching, happened, matching_of, undertaken


@pytest.fixture(scope="module")
def shared(cities: Cities, city: City) -> Matching:
    """Matching of one city for all of them."""
    return matching_of(cities, city, FrozenClock())


def withdraw(matching: Matching, case: StreamId) -> None:
    matching.happen(case, "CaseWithdrawn", withdrawn_on=DAY)


def refuse(matching: Matching, case: StreamId) -> None:
    decided = {"decision": 1, "outcome": Outcome.NO}
    matching.happen(case, "FeasibilityDecided", **decided, decided_on=DAY, kept_until=None)
    matching.happen(case, "ProposerAnswered", **decided, answered_on=DAY)


@pytest.mark.row("N7")
@pytest.mark.parametrize("end", [withdraw, refuse])
def test_the_end_of_a_case_releases_what_is_owed_and_nothing_else(
    shared: Matching, end: Callable[[Matching, StreamId], None]
) -> None:
    case, other = shared.case("roads"), shared.case("roads")
    done, owed, elsewhere = undertaken(shared, case), undertaken(shared, case), undertaken(shared, other)
    shared.call("fulfil_obligation", obligation_id=done, **CHANGES["fulfil_obligation"])
    end(shared, case)

    shared.settle()
    shared.settle()

    assert [happened(shared, one)[-1] for one in (done, owed, elsewhere)] == [
        "ObligationFulfilled", "ObligationReleased", "ObligationUndertaken",
    ]  # fmt: skip
    assert parked(shared) == 0


def test_any_other_answer_leaves_what_is_owed(shared: Matching) -> None:
    case = shared.case("roads")
    owed = undertaken(shared, case)
    shared.happen(case, "ProposerAnswered", decision=1, outcome=Outcome.DEMONSTRATION, answered_on=DAY)

    shared.settle()

    assert happened(shared, owed) == ["ObligationUndertaken"]


def test_what_was_promised_in_the_moment_in_which_its_case_ended_is_released_all_the_same(shared: Matching) -> None:
    case = shared.case("roads")
    withdraw(shared, case)
    shared.settle()
    stream = StreamId(OBLIGATION.category, uuid4())
    shared.happen(stream, "ObligationUndertaken", case_id=case.id, side=Side.CITY, undertaken_on=DAY, due_on=DAY)

    shared.settle()

    assert happened(shared, str(stream.id)) == ["ObligationUndertaken", "ObligationReleased"]


def test_the_end_of_a_case_waits_for_the_list_of_what_is_owed(shared: Matching) -> None:
    case = shared.case("roads")
    shared.settle()
    owed = undertaken(shared, case)
    withdraw(shared, case)
    numbered(shared.city)

    with pytest.raises(Unavailable):
        followed(shared.office, "release_obligations")
    assert happened(shared, owed) == ["ObligationUndertaken"]
    followed(shared.office, "obligations")
    followed(shared.office, "release_obligations")

    assert happened(shared, owed)[-1] == "ObligationReleased"


def test_what_could_not_be_listed_is_released_all_the_same_and_listed_so_when_it_is_tried_again(
    shared: Matching, cities: Cities
) -> None:
    case, other = shared.case("roads"), shared.case("roads")
    shared.settle()
    with hindered(cities, shared.city, "matching_obligations"):
        unlisted, elsewhere = undertaken(shared, case), undertaken(shared, other)
        shared.settle(("obligations", "release_obligations"))
    withdraw(shared, case)

    shared.settle()

    assert happened(shared, unlisted)[-1] == "ObligationReleased"
    assert happened(shared, elsewhere) == ["ObligationUndertaken"]
    (follower,) = (one for one in shared.office.followers if one.subscription.name == "obligations")
    follower.retry(*(one.position for one in follower.parked()))
    assert listed(shared, unlisted, elsewhere) == ["released", "owed"]


def listed(matching: Matching, *obligations: str) -> list[str]:
    """Where they stand by the list."""
    with matching.office.database.connection() as connection:
        rows = connection.execute("SELECT obligation_id::text, status FROM matching_obligations").fetchall()
    return [dict(rows)[one] for one in obligations]


def parked(matching: Matching) -> int:
    """What reactions could not do."""
    with matching.office.database.connection() as connection:
        (count,) = connection.execute("SELECT count(*) FROM parked_positions_matching").fetchone() or (0,)
    return int(count)
