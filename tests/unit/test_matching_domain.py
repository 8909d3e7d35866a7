"""Cases: opened once for each accepted proposal."""

from datetime import date
from uuid import UUID

from hypothesis import given as generated
from hypothesis import strategies as st

from eventstore.testing import given
from services.matching.domain.case import CASE, Case, CaseOpened, OpenCase, Status
from tests.strategies import EVENT_TYPES, events_of

DAY = date(2026, 11, 22)
OPEN = OpenCase(proposal_id=UUID(int=1), opened_on=DAY)
OPENED = CaseOpened(proposal_id=UUID(int=1), opened_on=DAY)
CASE_EVENTS = st.lists(
    st.one_of([events_of(declared) for declared in EVENT_TYPES if declared.category == "case"]), max_size=3
)


def test_a_case_is_opened_for_a_proposal() -> None:
    given(CASE).when(OPEN).then(OPENED)
    assert given(CASE, OPENED).state == Case(status=Status.UNASSIGNED, proposal_id=UUID(int=1), opened_on=DAY)


def test_a_case_that_is_open_is_not_opened_again() -> None:
    given(CASE, OPENED).when(OPEN).nothing()


@generated(CASE_EVENTS)
def test_any_events_make_a_case(events: list[CaseOpened]) -> None:
    assert (given(CASE, *events).state.status is Status.UNASSIGNED) == bool(events)
