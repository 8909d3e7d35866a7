"""A list that is behind the log shows a department nothing that it may not see any more (N3)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import pytest

from eventstore.city import City
from eventstore.records import StreamId
from services.matching.domain.case.assignment import WithdrawOffer
from tests.cities import Cities
from tests.ledgers import numbered
from tests.work import DAY, Work

OFFICER: Final = "department_officer"
LISTS: Final = ("list_cases", "list_work", "list_obligations")


@pytest.fixture(scope="module")
def work(cities: Cities, city: City) -> Work:
    return Work.of(cities, city)


@pytest.fixture(scope="module")
def cases(work: Work) -> list[tuple[UUID, UUID]]:
    """Cases of the roads section in the lists' order, each with its offer; three are lost, and no list knows."""
    taken = []
    for n in range(6):
        case = work.opened()
        taken.append((case, work.taken(case, "roads")))
        work.promised(case, DAY + timedelta(days=n))
    while numbered(work.city) + sum(work.follower(name).step() for name in ("cases", "obligations")):
        continue
    for case, offer_id in (taken[at] for at in (1, 2, 5)):
        work.does(case, WithdrawOffer(offer_id=offer_id, withdrawn_on=DAY))
    return taken


@pytest.fixture(scope="module")
def officer(work: Work) -> UUID:
    return work.member("roads")


def pages(service: Any, method: str, limit: int) -> Iterator[dict[str, Any]]:
    after = None
    while True:
        page: dict[str, Any] = getattr(service, method)(limit=limit, after=after)
        yield page
        after = page["after"]
        if after is None:
            return


@pytest.mark.row("N3")
@pytest.mark.parametrize("method", LISTS)
@pytest.mark.parametrize("limit", [1, 2, 3, 200])
def test_a_lost_case_is_on_no_page_and_no_other_is_missed(
    work: Work, cases: list[tuple[UUID, UUID]], officer: UUID, method: str, limit: int
) -> None:
    told = list(pages(work.called(officer, OFFICER), method, limit))
    kept = [str(cases[at][0]) for at in (0, 3, 4)]
    assert [item["case_id"] for page in told for item in page["items"]] == kept
    assert all(page["items"] for page in told[:-1])
    if method != "list_obligations":
        assert {page["after"] for page in told} <= {*kept, None}


@pytest.mark.row("N3")
def test_a_lost_case_is_not_on_record_as_shown(work: Work, cases: list[tuple[UUID, UUID]], officer: UUID) -> None:
    tuple(pages(work.called(officer, OFFICER), "list_work", 200))
    with work.office.database.connection() as connection:
        row = connection.execute(
            "SELECT stream_id FROM events_matching WHERE type = 'RecordsListed' ORDER BY sequence DESC LIMIT 1"
        ).fetchone()
    assert row
    (listing,) = work.office.store.load_fields(StreamId("matching_access", row[0]))
    assert set(listing.event["record_ids"]) == {str(cases[at][0]) for at in (0, 3, 4)}


def test_the_desk_is_shown_all_of_them(work: Work, cases: list[tuple[UUID, UUID]]) -> None:
    for method in LISTS:
        (page,) = pages(work.called(), method, 200)
        assert [UUID(item["case_id"]) for item in page["items"]] == [case for case, _ in cases]
