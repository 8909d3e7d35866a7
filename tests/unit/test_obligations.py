"""Obligations: what either side may promise, and what becomes of it, the same for both."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given as generated
from hypothesis import strategies as st

from eventstore.errors import NotFound
from eventstore.protection import Sealed
from eventstore.testing import given
from services.matching.domain.case import Case
from services.matching.domain.case.dialogue import Side
from services.matching.domain.case.feasibility import Outcome
from services.matching.domain.case.people import NotInCharge
from services.matching.domain.case.state import Decided
from services.matching.domain.case.status import AlreadyAnswered, AlreadyWithdrawn
from services.matching.domain.obligation import OBLIGATION, Kind, Obligation, Status
from services.matching.domain.obligation.commands import (
    ChangeObligationDue,
    FulfilObligation,
    NoteObligationOverdue,
    ReassignObligation,
    ReleaseObligation,
    ReleaseWithCase,
    UndertakeObligation,
)
from services.matching.domain.obligation.events import (
    ObligationDueChanged,
    ObligationFulfilled,
    ObligationOverdue,
    ObligationReassigned,
    ObligationReleased,
    ObligationUndertaken,
)
from services.matching.domain.obligation.refusals import (
    DueInThePast,
    FulfilledBeforeUndertaken,
    ObligationSettled,
    SideUnfit,
)
from tests.strategies import EVENT_TYPES, events_of

DAY = date(2026, 11, 22)
DUE, LATER = DAY + timedelta(days=10), DAY + timedelta(days=20)
AFTER = DUE + timedelta(days=1)
CASE_ID = UUID(int=1)
OPEN_CASE = Case(proposal_id=UUID(int=2), opened_on=DAY)
UNDERTAKE = UndertakeObligation(
    case_id=CASE_ID,
    case=OPEN_CASE,
    in_charge=frozenset({"parks"}),
    today=DAY,
    side=Side.CITY,
    kind=Kind.FIELD,
    department="parks",
    undertaken_on=DAY,
    due_on=DUE,
    text="公園を実証の場として使えるようにする。",
)
BY_PROPOSER = replace(UNDERTAKE, side=Side.PROPOSER, kind=Kind.OTHER, department=None)
UNDERTAKEN = ObligationUndertaken(
    case_id=CASE_ID,
    side=Side.CITY,
    kind=Kind.FIELD,
    department="parks",
    undertaken_on=DAY,
    due_on=DUE,
    text=Sealed(UNDERTAKE.text),
)
OVERDUE = ObligationOverdue(due_on=DUE)
CHANGED = ObligationDueChanged(due_on=LATER, previously_due_on=DUE)
FULFIL = FulfilObligation(fulfilled_on=DUE, note="鍵を渡した。")
FULFILLED = ObligationFulfilled(fulfilled_on=DUE, note=Sealed("鍵を渡した。"))
RELEASE = ReleaseObligation(released_on=DUE)
RELEASED = ObligationReleased(released_on=DUE)
ANSWERED_NO = replace(
    OPEN_CASE, decisions=1, decided=Decided(outcome=Outcome.NO, decided_on=DAY, kept_until=None, is_answered=True)
)
OBLIGATION_EVENTS = st.lists(
    st.one_of([events_of(declared) for declared in EVENT_TYPES if declared.category == "obligation"]), max_size=4
)


@pytest.mark.row("S06", "N7")
def test_a_promise_of_either_side_is_on_record_with_its_day() -> None:
    given(OBLIGATION).when(UNDERTAKE).then(UNDERTAKEN)
    given(OBLIGATION).when(BY_PROPOSER).then(replace(UNDERTAKEN, side=Side.PROPOSER, kind=Kind.OTHER, department=None))
    given(OBLIGATION, UNDERTAKEN).when(UNDERTAKE).nothing()


@pytest.mark.row("S06")
@pytest.mark.parametrize(
    "unfit",
    [
        replace(UNDERTAKE, department=None),
        replace(BY_PROPOSER, department="parks"),
        replace(BY_PROPOSER, kind=Kind.DATA),
    ],
    ids=["the city without a department", "a proposer with one", "a proposer with the city's support"],
)
def test_the_city_promises_by_a_department_and_the_proposer_by_itself(unfit: UndertakeObligation) -> None:
    given(OBLIGATION).when(unfit).refused(SideUnfit)


def test_a_department_that_does_not_have_the_case_promises_nothing() -> None:
    given(OBLIGATION).when(replace(UNDERTAKE, department="roads")).refused(NotInCharge)


def test_what_is_promised_is_promised_for_today_at_the_earliest() -> None:
    given(OBLIGATION).when(replace(UNDERTAKE, due_on=DAY - timedelta(days=1))).refused(DueInThePast)
    given(OBLIGATION).when(replace(UNDERTAKE, due_on=DAY)).then(replace(UNDERTAKEN, due_on=DAY))


@pytest.mark.parametrize(
    ("case", "refusal"),
    [(replace(OPEN_CASE, withdrawn_on=DAY), AlreadyWithdrawn), (ANSWERED_NO, AlreadyAnswered)],
    ids=["withdrawn", "answered with a no"],
)
def test_nothing_is_promised_in_a_case_that_has_ended(case: Case, refusal: type[Any]) -> None:
    given(OBLIGATION).when(replace(UNDERTAKE, case=case)).refused(refusal)


def test_nothing_is_promised_in_what_is_no_case() -> None:
    with pytest.raises(NotFound):
        OBLIGATION.decide(replace(UNDERTAKE, case=Case()), Obligation())


@pytest.mark.parametrize("outcome", Outcome)
def test_only_a_no_that_the_proposer_has_heard_leaves_no_room_for_promises(outcome: Outcome) -> None:
    decided = Decided(outcome=outcome, decided_on=DAY, kept_until=None)
    answered = replace(decided, is_answered=outcome is not Outcome.NO)
    for standing in (decided, answered):
        given(OBLIGATION).when(replace(UNDERTAKE, case=replace(OPEN_CASE, decided=standing))).then(UNDERTAKEN)


@pytest.mark.row("N7")
def test_an_obligation_is_overdue_from_the_day_after_its_date_and_noted_once() -> None:
    given(OBLIGATION, UNDERTAKEN).when(NoteObligationOverdue(today=DUE)).nothing()
    given(OBLIGATION, UNDERTAKEN).when(NoteObligationOverdue(today=AFTER)).then(OVERDUE)
    given(OBLIGATION, UNDERTAKEN, OVERDUE).when(NoteObligationOverdue(today=AFTER)).nothing()


def test_another_day_is_another_chance_to_be_late() -> None:
    given(OBLIGATION, UNDERTAKEN, OVERDUE).when(ChangeObligationDue(due_on=LATER, today=AFTER)).then(CHANGED)
    changed = given(OBLIGATION, UNDERTAKEN, OVERDUE, CHANGED)
    assert changed.state.status is Status.OWED
    changed.when(NoteObligationOverdue(today=LATER)).nothing()
    changed.when(NoteObligationOverdue(today=LATER + timedelta(days=1))).then(ObligationOverdue(due_on=LATER))


def test_the_day_is_changed_to_one_that_has_not_passed() -> None:
    undertaken = given(OBLIGATION, UNDERTAKEN)
    undertaken.when(ChangeObligationDue(due_on=DAY, today=DUE)).refused(DueInThePast)
    undertaken.when(ChangeObligationDue(due_on=DUE, today=AFTER)).nothing()


def test_what_is_overdue_is_still_owed_and_can_be_done() -> None:
    given(OBLIGATION, UNDERTAKEN, OVERDUE).when(FULFIL).then(FULFILLED)
    given(OBLIGATION, UNDERTAKEN, OVERDUE).when(RELEASE).then(RELEASED)


REASSIGN = ReassignObligation(department="roads", in_charge=frozenset({"roads"}))
REASSIGNED = ObligationReassigned(department="roads", previously="parks")


def test_what_the_city_promised_is_reassigned_while_it_is_owed_to_a_department_that_has_the_case() -> None:
    for events in ((UNDERTAKEN,), (UNDERTAKEN, OVERDUE)):
        given(OBLIGATION, *events).when(REASSIGN).then(REASSIGNED)
    undertaken = given(OBLIGATION, UNDERTAKEN, REASSIGNED)
    undertaken.when(REASSIGN).nothing()
    assert undertaken.state.department == "roads"
    given(OBLIGATION, UNDERTAKEN).when(replace(REASSIGN, in_charge=frozenset({"parks"}))).refused(NotInCharge)


def test_what_the_proposer_promised_is_no_department_s() -> None:
    theirs = replace(UNDERTAKEN, side=Side.PROPOSER, kind=Kind.OTHER, department=None)
    given(OBLIGATION, theirs).when(REASSIGN).refused(SideUnfit)


def test_nothing_is_done_before_it_was_promised() -> None:
    early = replace(FULFIL, fulfilled_on=DAY - timedelta(days=1))
    given(OBLIGATION, UNDERTAKEN).when(early).refused(FulfilledBeforeUndertaken)


@pytest.mark.parametrize("settled", [FULFILLED, RELEASED], ids=["fulfilled", "released"])
@pytest.mark.parametrize(
    "command",
    [
        FULFIL,
        RELEASE,
        ChangeObligationDue(due_on=LATER, today=DAY),
        ReassignObligation(department="roads", in_charge=frozenset({"roads"})),
    ],
    ids=["fulfil", "release", "change", "reassign"],
)
def test_what_is_settled_stays_so(settled: Any, command: Any) -> None:
    decided = given(OBLIGATION, UNDERTAKEN, settled).when(command)
    if (settled, command) == (RELEASED, RELEASE):
        decided.nothing()
    else:
        decided.refused(ObligationSettled)


@pytest.mark.parametrize("events", [(), (UNDERTAKEN, FULFILLED), (UNDERTAKEN, RELEASED)])
def test_nothing_follows_by_itself_where_nothing_is_owed(events: tuple[Any, ...]) -> None:
    for command in (NoteObligationOverdue(today=date.max), ReleaseWithCase(ended_on=LATER)):
        given(OBLIGATION, *events).when(command).nothing()


def test_the_end_of_its_case_releases_an_obligation_and_never_before_it_was_undertaken() -> None:
    for events in ((UNDERTAKEN,), (UNDERTAKEN, OVERDUE)):
        given(OBLIGATION, *events).when(ReleaseWithCase(ended_on=DUE)).then(RELEASED)
    earlier = ReleaseWithCase(ended_on=DAY - timedelta(days=3))
    given(OBLIGATION, UNDERTAKEN).when(earlier).then(ObligationReleased(released_on=DAY))


@pytest.mark.parametrize("command", [FULFIL, RELEASE, ChangeObligationDue(due_on=LATER, today=DAY)])
def test_what_was_never_promised_is_not_found(command: Any) -> None:
    with pytest.raises(NotFound):
        OBLIGATION.decide(command, Obligation())


@generated(OBLIGATION_EVENTS)
def test_any_events_make_an_obligation(events: list[Any]) -> None:
    assert given(OBLIGATION, *events).state.status in Status
