"""Matching's statistics: every number by hand once."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from desk.figures import Number
from services.matching.domain.case import Status
from services.matching.domain.case.dialogue import Side
from services.matching.domain.case.feasibility import Outcome
from services.matching.domain.case.state import Standing
from services.matching.domain.counted import Asking, Promise, Pursuit
from services.matching.domain.figures import ASKINGS, PROMISES, PURSUITS, Figure
from services.matching.domain.obligation import Status as ObligationStatus
from services.matching.queries.statistics import DECISIONS, LEAD_OFFERS, SILENCES, STATUSES

DAY = date(2026, 4, 1)
TODAY = DAY + timedelta(days=30)
ASKED = Asking(
    department="roads",
    standing=Standing.OFFERED,
    is_awaited=True,
    offered_on=DAY,
    due_on=DAY + timedelta(days=14),
    answered_on=None,
    today=DAY + timedelta(days=14),
)
PURSUED = Pursuit(
    status=Status.UNASSIGNED,
    outcome=None,
    opened_on=DAY,
    decided_on=None,
    answered_on=None,
    lead_offers=0,
    silences=0,
    silent=False,
)
PROMISED = Promise(side=Side.CITY, status=ObligationStatus.OWED, due_on=DAY, fulfilled_on=None)


def answered(days: int, standing: Standing = Standing.TAKEN, department: str = "roads") -> Asking:
    """A department that answered after so many days, when it had 14 days to."""
    told = {"is_awaited": False, "answered_on": DAY + timedelta(days), "today": TODAY}
    return replace(ASKED, department=department, standing=standing, **told)  # type: ignore[arg-type]


def asked(figure: Figure, *found: Asking) -> dict[str, int]:
    return {one.code: one.count for one in ASKINGS[figure].numbers(found, ())}


def pursued(figure: Figure, *found: Pursuit) -> dict[str, int]:
    return {one.code: one.count for one in PURSUITS[figure].numbers(found, ())}


def promised(figure: Figure, *found: Promise) -> dict[str, int]:
    return {one.code: one.count for one in PROMISES[figure].numbers(found, ("city", "proposer"))}


@pytest.mark.row("N8")
def test_departments_are_told_apart_by_whether_they_answered_in_time_late_or_with_a_no() -> None:
    found = [
        answered(14), answered(15), answered(3, Standing.DECLINED), answered(20, Standing.DECLINED),
        answered(1, department="parks"),
    ]  # fmt: skip

    assert asked(Figure.OFFERS, *found) == {"roads": 4, "parks": 1}
    assert asked(Figure.OFFERS_IN_TIME, *found) == {"roads": 2, "parks": 1}
    assert asked(Figure.OFFERS_LATE, *found) == {"roads": 2}
    assert asked(Figure.OFFERS_DECLINED, *found) == {"roads": 2}


def test_a_department_that_has_yet_to_answer_is_late_once_the_target_has_passed() -> None:
    assert asked(Figure.OFFERS_LATE, ASKED) == {}
    assert asked(Figure.OFFERS_LATE, replace(ASKED, today=DAY + timedelta(days=15))) == {"roads": 1}
    unawaited = replace(ASKED, is_awaited=False, today=TODAY)
    assert asked(Figure.OFFERS_LATE, unawaited) == {}
    assert asked(Figure.OFFERS_IN_TIME, ASKED, unawaited) == {}
    (days, *_) = ASKINGS[Figure.OFFER_DAYS].numbers([ASKED, unawaited], ())
    assert (days.count, days.waiting) == (0, 1)


def test_where_there_is_no_target_nobody_is_late() -> None:
    assert asked(Figure.OFFERS_LATE, replace(answered(90), due_on=None), replace(ASKED, due_on=None)) == {}


@pytest.mark.row("S38", "N8")
def test_the_days_until_departments_answered_are_told_by_median_and_ninetieth_percentile() -> None:
    found = [answered(days) for days in (1, 2, 3, 4, 5, 6, 7, 8, 9, 40)]

    every, roads = ASKINGS[Figure.OFFER_DAYS].numbers([*found, ASKED], ())

    assert every == Number(code="all", count=10, median_days=5.5, ninetieth_days=9, waiting=1)
    assert roads == replace(every, code="roads")


@pytest.mark.row("S38")
def test_the_days_to_decision_and_to_the_answer_begin_with_the_acceptance() -> None:
    no = replace(
        PURSUED, status=Status.ANSWERED, outcome=Outcome.NO, decided_on=DAY + timedelta(days=20),
        answered_on=DAY + timedelta(days=25),
    )  # fmt: skip
    decided = replace(no, status=Status.DECIDED, outcome=Outcome.PARTNERSHIP, answered_on=None)
    withdrawn = replace(PURSUED, status=Status.WITHDRAWN)

    days = {one.code: one for one in PURSUITS[Figure.DECISION_DAYS].numbers([no, decided, PURSUED, withdrawn], ())}
    assert (days["all"].count, days["all"].median_days, days["all"].waiting) == (2, 20, 1)
    days = {one.code: one for one in PURSUITS[Figure.ANSWER_DAYS].numbers([no, decided, PURSUED, withdrawn], ())}
    assert (days["all"].count, days["all"].median_days, days["all"].waiting) == (1, 25, 2)
    assert (days["no"].count, days["partnership"].waiting, days["open"].waiting) == (1, 1, 1)


def test_what_was_kept_and_is_looked_at_again_took_as_long_as_its_first_decision() -> None:
    resumed = replace(PURSUED, status=Status.IN_DIALOGUE, decided_on=DAY + timedelta(days=9))

    (every, _) = PURSUITS[Figure.DECISION_DAYS].numbers([resumed], ())

    assert (every.count, every.median_days, every.waiting) == (1, 9, 0)


def test_how_often_a_department_was_asked_to_lead_is_told_up_to_three_times() -> None:
    cases = [replace(PURSUED, lead_offers=times) for times in (0, 1, 1, 2, 3, 7)]

    assert pursued(Figure.CASES_BY_LEAD_OFFERS, *cases) == {"0": 1, "1": 2, "2": 1, "3": 2}


def test_a_case_that_is_silent_now_is_told_apart_from_one_that_was() -> None:
    cases = [PURSUED, replace(PURSUED, silences=2), replace(PURSUED, silences=1, silent=True)]

    assert pursued(Figure.CASES_BY_SILENCE, *cases) == {"never": 1, "before": 1, "now": 1}


@pytest.mark.row("S06", "N7")
def test_the_city_s_promises_are_counted_like_the_proposer_s() -> None:
    fulfilled = replace(PROMISED, status=ObligationStatus.FULFILLED, fulfilled_on=DAY)
    late = replace(fulfilled, fulfilled_on=DAY + timedelta(days=1))
    overdue = replace(PROMISED, status=ObligationStatus.OVERDUE)
    released = replace(PROMISED, status=ObligationStatus.RELEASED)
    found = [fulfilled, late, overdue, released, PROMISED]
    both = [*found, *(replace(one, side=Side.PROPOSER) for one in found)]

    assert promised(Figure.PROMISES_IN_TIME, *both) == {"city": 1, "proposer": 1}
    assert promised(Figure.PROMISES_LATE, *both) == {"city": 2, "proposer": 2}
    assert promised(Figure.PROMISES_OPEN, *both) == {"city": 1, "proposer": 1}
    assert promised(Figure.PROMISES_RELEASED, *both) == {"city": 1, "proposer": 1}
    assert promised(Figure.PROMISES_LATE, late) == {"city": 1, "proposer": 0}


def test_every_figure_answers_a_question_of_its_own() -> None:
    figures = {**ASKINGS, **PURSUITS, **PROMISES}

    assert set(figures) == set(Figure)
    assert len({one.question for one in figures.values()}) == len(Figure)
    assert all(one.question.endswith("。") for one in figures.values())


def test_every_code_has_its_words() -> None:
    assert set(STATUSES) == set(Status) - {Status.ABSENT}
    assert set(DECISIONS) == {"open", *Outcome}
    assert (len(LEAD_OFFERS), len(SILENCES)) == (4, 3)
