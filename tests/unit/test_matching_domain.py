"""Cases: opened once for each accepted proposal, and flagged as long as it is."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given as generated
from hypothesis import strategies as st

from eventstore.testing import given
from services.matching.domain.case import CASE, Case, Status
from services.matching.domain.case.opening import (
    CaseFlagCleared,
    CaseFlagged,
    CaseOpened,
    CaseWithdrawn,
    ClearCaseFlag,
    FlagCase,
    OpenCase,
    WithdrawCase,
)
from tests.strategies import EVENT_TYPES, events_of

DAY = date(2026, 11, 22)
OPEN = OpenCase(proposal_id=UUID(int=1), opened_on=DAY)
OPENED = CaseOpened(proposal_id=UUID(int=1), opened_on=DAY)
ENTRY, OTHER = UUID(int=2), UUID(int=3)
FLAG, FLAGGED = FlagCase(entry_id=ENTRY, flagged_on=DAY), CaseFlagged(entry_id=ENTRY, flagged_on=DAY)
CLEAR, CLEARED = ClearCaseFlag(entry_id=ENTRY, cleared_on=DAY), CaseFlagCleared(entry_id=ENTRY, cleared_on=DAY)
WITHDRAW, WITHDRAWN = WithdrawCase(withdrawn_on=DAY), CaseWithdrawn(withdrawn_on=DAY)
CASE_EVENTS = st.lists(
    st.one_of([events_of(declared) for declared in EVENT_TYPES if declared.category == "case"]), max_size=3
)


def test_a_case_is_opened_for_a_proposal() -> None:
    given(CASE).when(OPEN).then(OPENED)
    assert given(CASE, OPENED).state == Case(proposal_id=UUID(int=1), opened_on=DAY, last_contact_on=DAY)


def test_a_case_that_is_open_is_not_opened_again() -> None:
    given(CASE, OPENED).when(OPEN).nothing()


@pytest.mark.row("N6")
def test_a_case_is_flagged_once_for_each_entry_and_cleared_of_each_alone() -> None:
    given(CASE, OPENED).when(FLAG).then(FLAGGED)
    given(CASE, OPENED, FLAGGED).when(FLAG).nothing()
    given(CASE, OPENED, FLAGGED).when(CLEAR).then(CLEARED)
    given(CASE, OPENED, FLAGGED, CLEARED).when(CLEAR).nothing()
    other = CaseFlagged(entry_id=OTHER, flagged_on=DAY)
    assert given(CASE, OPENED, FLAGGED, other, CLEARED).state.flags == {OTHER}


def test_what_is_no_case_yet_is_not_flagged() -> None:
    given(CASE).when(FLAG).nothing()


def test_a_case_is_withdrawn_once_and_then_no_department_is_looked_for() -> None:
    given(CASE, OPENED).when(WITHDRAW).then(WITHDRAWN)
    state = given(CASE, OPENED, WITHDRAWN).state
    assert (state.status, state.withdrawn_on) == (Status.WITHDRAWN, DAY)
    for command in (WITHDRAW, OPEN, FLAG):
        given(CASE, OPENED, WITHDRAWN).when(command).nothing()
    given(CASE, OPENED, FLAGGED, WITHDRAWN).when(CLEAR).then(CLEARED)


def test_what_is_no_case_yet_is_not_withdrawn() -> None:
    given(CASE).when(WITHDRAW).nothing()


@generated(CASE_EVENTS)
def test_any_events_make_a_case(events: list[Any]) -> None:
    last = [event for event in events if isinstance(event, CaseOpened | CaseWithdrawn)][-1:]
    status = {CaseOpened: Status.UNASSIGNED, CaseWithdrawn: Status.WITHDRAWN}
    assert given(CASE, *events).state.status is (status[type(last[0])] if last else Status.ABSENT)
