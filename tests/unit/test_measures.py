"""Measures: which ones a city's rules allow."""

from dataclasses import replace
from datetime import date
from uuid import uuid5

import pytest

from desk.packs.codes import MeasureKind
from eventstore.errors import Refusal
from eventstore.protection import Sealed
from eventstore.testing import given
from services.intake.domain.periods import PeriodRequired, PeriodReversed, PeriodTooLong, last_day
from services.intake.domain.register_entry import (
    REGISTER_ENTRY,
    ClauseRequired,
    DiscretionUnexplained,
    FindingUnexplained,
    KindContradictsClause,
    Measure,
    MeasureEntered,
    NoExclusionRules,
    RuleUnknown,
    Standing,
)
from tests.unit.measures import (
    DEEMED,
    ENTERED,
    ENTRY_ID,
    FROM,
    LAST,
    NO_RULES,
    RULES,
    SUSPENSION,
    UNFIT,
    correct,
    enter,
)


@pytest.mark.row("S23")
def test_a_measure_is_entered_with_rule_clause_source_and_the_version_of_the_law() -> None:
    assert given(REGISTER_ENTRY).when(enter()).event() == MeasureEntered(
        from_day=FROM,
        until_day=LAST,
        standing=Standing.BARRING,
        party_id=uuid5(ENTRY_ID, "party"),
        party_name=Sealed(SUSPENSION.party_name),
        corporate_number=Sealed(SUSPENSION.corporate_number),
        address=Sealed(SUSPENSION.address),
        kind=Sealed(MeasureKind.SUSPENDED),
        rule=Sealed("local_autonomy_order"),
        clause=Sealed("p2_1"),
        law=Sealed(SUSPENSION.law),
        source=Sealed(SUSPENSION.source),
        decided_by=Sealed(None),
        approval=Sealed(None),
    )


@pytest.mark.row("S23")
@pytest.mark.parametrize("until", [date(2029, 4, 1), date(2031, 1, 1)])
def test_a_period_longer_than_the_clause_allows_is_refused(until: date) -> None:
    refusal = given(REGISTER_ENTRY).when(enter(replace(SUSPENSION, until_day=until))).refused(PeriodTooLong)
    assert "令和11年3月31日" in refusal.message


@pytest.mark.row("S23")
def test_a_clause_with_a_limit_needs_a_decided_period() -> None:
    given(REGISTER_ENTRY).when(enter(replace(SUSPENSION, until_day=None))).refused(PeriodRequired)


@pytest.mark.row("S23")
@pytest.mark.parametrize("until", [None, date(2099, 1, 1)])
def test_a_clause_without_a_limit_bars_while_the_fact_lasts(until: date | None) -> None:
    measure = replace(SUSPENSION, clause="p1_2", until_day=until)
    assert given(REGISTER_ENTRY).when(enter(measure)).event().until_day == until


@pytest.mark.row("S24")
@pytest.mark.row("S25")
@pytest.mark.parametrize("rule", ["bid_suspension", "organised_crime"])
@pytest.mark.parametrize("kind", list(MeasureKind))
def test_taken_and_deemed_measures_are_kept_apart(rule: str, kind: MeasureKind) -> None:
    measure = replace(DEEMED, rule=rule, clause=str(kind), kind=kind)
    assert given(REGISTER_ENTRY).when(enter(measure, has_reason=True)).event().kind == Sealed(kind)
    (other,) = set(MeasureKind) - {kind}
    contradicting = enter(replace(measure, kind=other), has_reason=True)
    given(REGISTER_ENTRY).when(contradicting).refused(KindContradictsClause)


def test_what_a_clause_is_about_is_said_by_the_pack_and_not_by_its_code() -> None:
    rule = RULES["bid_suspension"]
    named_otherwise = {"bid_suspension": replace(rule, clauses={"second_half": rule.clauses["deemed"]})}
    measure = replace(DEEMED, clause="second_half")
    assert given(REGISTER_ENTRY).when(enter(measure, named_otherwise, has_reason=True)).event()
    taken = enter(replace(measure, kind=MeasureKind.SUSPENDED), named_otherwise, has_reason=True)
    given(REGISTER_ENTRY).when(taken).refused(KindContradictsClause)


@pytest.mark.row("S24")
@pytest.mark.parametrize(
    ("measure", "has_reason"),
    [(DEEMED, False), (replace(DEEMED, decided_by=None), True), (replace(DEEMED, approval=None), True)],
)
def test_that_a_party_is_deemed_to_fall_under_a_rule_is_a_finding_with_reason_decider_and_approval(
    measure: Measure, has_reason: bool
) -> None:
    given(REGISTER_ENTRY).when(enter(measure, has_reason=has_reason)).refused(FindingUnexplained)
    assert given(REGISTER_ENTRY).when(enter(DEEMED, has_reason=True)).event().approval == Sealed("企連第10号")


@pytest.mark.parametrize(
    ("measure", "refusal"),
    [
        (replace(SUSPENSION, rule="none_such"), RuleUnknown),
        (replace(SUSPENSION, clause="p9_9"), RuleUnknown),
        (replace(SUSPENSION, clause=None), ClauseRequired),
        (replace(UNFIT, clause="p1_1"), RuleUnknown),
        (replace(SUSPENSION, until_day=date(2026, 3, 31)), PeriodReversed),
    ],
)
def test_what_the_rules_do_not_have_is_refused(measure: Measure, refusal: type[Refusal]) -> None:
    given(REGISTER_ENTRY).when(enter(measure, has_reason=True)).refused(refusal)
    given(REGISTER_ENTRY, ENTERED).when(correct(measure)).refused(refusal)


@pytest.mark.parametrize(
    ("measure", "has_reason"),
    [(UNFIT, False), (replace(UNFIT, decided_by=None), True), (replace(UNFIT, approval=None), True)],
)
def test_discretion_needs_reason_decider_and_approval(measure: Measure, has_reason: bool) -> None:
    given(REGISTER_ENTRY).when(enter(measure, has_reason=has_reason)).refused(DiscretionUnexplained)
    assert given(REGISTER_ENTRY).when(enter(UNFIT, has_reason=True)).event().approval == Sealed("企連第9号")


def test_a_city_whose_rules_shut_nobody_out_keeps_no_register_and_says_so() -> None:
    refusal = given(REGISTER_ENTRY).when(enter(rules=NO_RULES)).refused(NoExclusionRules)
    assert "定めがありません" in refusal.message


@pytest.mark.parametrize(
    ("first", "years", "last"),
    [
        (date(2026, 4, 1), 3, date(2029, 3, 31)),
        (date(2026, 4, 15), 3, date(2029, 4, 14)),
        (date(2026, 1, 1), 1, date(2026, 12, 31)),
        (date(2028, 2, 29), 3, date(2031, 2, 28)),
        (date(2028, 2, 29), 4, date(2032, 2, 28)),
        (date(2025, 3, 1), 3, date(2028, 2, 29)),
    ],
)
def test_years_are_counted_by_the_calendar(first: date, years: int, last: date) -> None:
    """民法143条2項"""
    assert last_day(first, years) == last
