"""Lists: in the log's order, page by page, none skipped."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from psycopg.sql import SQL

from desk.forms import Listing
from desk.office import Office
from eventstore.city import City
from eventstore.errors import NotFound
from services.matching.declaration import MATCHING
from services.matching.queries.cases import CASE_LIST
from tests.cities import NOON, Cities

ROWS = 7


@pytest.fixture(scope="module")
def office(cities: Cities, city: City) -> Office:
    """Matching with rows whose events were recorded in one order and numbered in the other."""
    opened = cities.office(MATCHING, city)
    with opened.database.connection() as connection:
        for n in range(1, ROWS + 1):
            connection.execute(
                "INSERT INTO matching_cases (case_id, proposal_id, version, status, opened_on, recorded_at, position)"
                " VALUES (%s, %s, 1, %s, '2026-11-22', %s, %s)",
                (UUID(int=n), uuid4(), "unassigned" if n % 2 else "other", NOON - timedelta(minutes=n), n),
            )
    return opened


def listed(office: Office, limit: int, **equal: object) -> list[list[int]]:
    """The numbers of the rows, page by page."""
    pages, after = [], None
    while True:
        told = CASE_LIST.page(office, Listing(limit=limit, after=after, at_least=None), **equal)
        pages.append([UUID(item["case_id"]).int for item in told["items"]])
        if told["after"] is None:
            return pages
        after = UUID(told["after"])


@pytest.mark.parametrize("limit", [1, 2, 3, ROWS, ROWS + 1])
def test_pages_are_in_the_order_of_the_log_and_skip_none(office: Office, limit: int) -> None:
    pages = listed(office, limit)

    assert [n for page in pages for n in page] == list(range(1, ROWS + 1))
    assert all(len(page) == limit for page in pages[:-1])
    assert pages[-1]


def test_what_is_filtered_is_paged_too(office: Office) -> None:
    assert listed(office, 2, status="unassigned", proposal_id=None) == [[1, 3], [5, 7]]


def test_a_page_after_a_row_that_is_not_there_is_refused(office: Office) -> None:
    with pytest.raises(NotFound):
        CASE_LIST.page(office, Listing(limit=1, after=uuid4(), at_least=None))


def test_a_page_goes_on_after_a_row_that_no_longer_meets_the_question(office: Office) -> None:
    after_it = Listing(limit=ROWS, after=UUID(int=2), at_least=None)
    told = CASE_LIST.page(office, after_it, where=(SQL("status = 'unassigned'"),))
    assert [UUID(item["case_id"]).int for item in told["items"]] == [3, 5, 7]


@pytest.mark.row("N3")
def test_no_page_goes_on_after_a_row_that_is_hidden(office: Office) -> None:
    with pytest.raises(NotFound):
        CASE_LIST.page(office, Listing(limit=1, after=UUID(int=2), at_least=None), SQL("status = 'unassigned'"))
