"""Exclusions: what each city's pack asks to have checked, and which checks hold under it."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as generated
from hypothesis import strategies as st

from desk.packs import Pack, PackInvalid, load_pack, read_adopted
from eventstore.errors import Refusal
from services.intake.domain.exclusions import (
    UNFIT,
    About,
    Basis,
    Check,
    CheckResult,
    DiscretionUnfounded,
    ExclusionUnknown,
    InquiryKeptApart,
    PeriodOver,
    PeriodWithoutHit,
    asked_by,
    require_valid,
)
from services.intake.domain.periods import PeriodRequired, PeriodReversed, PeriodTooLong, last_day

ROOT = Path(__file__).parents[2]
AOMORI, TOKOROZAWA = (
    load_pack((ROOT / "municipalities" / f"{name}.toml").read_bytes(), origin=name) for name in ("aomori", "tokorozawa")
)
CATALOGUE = asked_by(TOKOROZAWA)


def check(**changed: Any) -> Check:
    """A hit of 施行令第167条の4第2項第2号, barred for three years to the day."""
    good: dict[str, Any] = {
        "about": About.PROPOSER, "rule": "local_autonomy_order", "clause": "p2_2", "basis": Basis.REGISTER,
        "result": CheckResult.HIT, "barred_from": date(2026, 4, 1), "barred_until": date(2029, 3, 31),
    }  # fmt: skip
    return Check(**{**good, **changed})


DISCRETION = {
    "about": About.PROJECT, "rule": "unsuitable_by_mayor", "clause": None, "barred_from": None, "barred_until": None,
    "grounds": "理由", "decider": "市長", "approval_reference": "企連第9号",
}  # fmt: skip
CHECKED = date(2026, 4, 6)
OPEN_ENDED = {"barred_from": None, "barred_until": None}
CLEAR = {"result": CheckResult.CLEAR, "barred_from": None, "barred_until": None}


@pytest.mark.row("S23", "S24", "S25", "S26", "S27", "S28", "S29", "S30", "S31", "S32")
def test_each_rule_and_clause_of_the_guideline_is_asked_for() -> None:
    asked = set(CATALOGUE)

    assert {clause for about, rule, clause in asked if rule == "local_autonomy_order"} == {
        "p1_1", "p1_2", "p1_3", "p2_1", "p2_2", "p2_3", "p2_4", "p2_5", "p2_6", "p2_7",
    }  # fmt: skip
    for rule in ("bid_suspension", "organised_crime"):
        assert {(About.PROPOSER, rule, "suspended"), (About.PROPOSER, rule, "deemed")} <= asked
    assert (About.PROPOSER, "unfit_by_mayor", None) in asked
    assert {rule for about, rule, _ in asked if about is About.PROJECT} == {
        "sales_or_advertising", "unlawful", "public_order", "religious_or_political", "human_rights",
        "unsuitable_by_mayor",
    }  # fmt: skip


@pytest.mark.row("N11")
def test_a_city_without_such_rules_asks_for_nothing() -> None:
    assert asked_by(AOMORI) == {}


@pytest.mark.parametrize(
    "good",
    [
        {},
        {"barred_until": CHECKED},
        CLEAR,
        {**CLEAR, "result": CheckResult.UNKNOWN},
        {"clause": "p1_2", "barred_from": None, "barred_until": None},
        DISCRETION,
        {**DISCRETION, "rule": "sales_or_advertising"},
        {**DISCRETION, "about": About.PROPOSER, "rule": "bid_suspension", "clause": "deemed"},
        {**OPEN_ENDED, "rule": "bid_suspension", "clause": "suspended"},
        {**DISCRETION, **CLEAR, "grounds": None, "decider": None, "approval_reference": None},
        {"rule": "organised_crime", "clause": "suspended", **CLEAR},
    ],
    ids=str,
)
def test_a_check_that_fits_the_pack_holds(good: dict[str, Any]) -> None:
    require_valid(1, check(**good), CATALOGUE, CHECKED)


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"rule": "no_such_rule"}, ExclusionUnknown),
        ({"clause": "p9"}, ExclusionUnknown),
        ({"clause": None}, ExclusionUnknown),
        ({"about": About.PROJECT}, ExclusionUnknown),
        ({"barred_until": date(2029, 4, 1)}, PeriodTooLong),
        ({"barred_until": None}, PeriodRequired),
        ({"barred_from": None}, PeriodRequired),
        ({"barred_until": date(2026, 3, 31)}, PeriodReversed),
        ({"barred_until": CHECKED - timedelta(days=1)}, PeriodOver),
        ({"clause": "p1_2", "barred_from": None, "barred_until": CHECKED - timedelta(days=1)}, PeriodOver),
        ({**OPEN_ENDED, "rule": "bid_suspension", "clause": "deemed"}, DiscretionUnfounded),
        ({**OPEN_ENDED, "rule": "organised_crime", "clause": "deemed"}, DiscretionUnfounded),
        *[
            ({**OPEN_ENDED, "about": About.PROJECT, "rule": rule, "clause": None}, DiscretionUnfounded)
            for rule in TOKOROZAWA.project_exclusions
        ],
        ({"result": CheckResult.CLEAR}, PeriodWithoutHit),
        ({"result": CheckResult.UNKNOWN, "barred_from": None}, PeriodWithoutHit),
        *[({**DISCRETION, lacking: None}, DiscretionUnfounded) for lacking in ("grounds", "decider")],
        ({**DISCRETION, "approval_reference": None}, DiscretionUnfounded),
        ({**CLEAR, "rule": "organised_crime", "clause": "deemed", "basis": Basis.INQUIRY}, InquiryKeptApart),
        ({**CLEAR, "clause": "p1_3", "basis": Basis.INQUIRY}, InquiryKeptApart),
    ],
)
def test_a_check_that_does_not_fit_is_refused(wrong: dict[str, Any], refusal: type[Refusal]) -> None:
    with pytest.raises(refusal) as raised:
        require_valid(3, check(**wrong), CATALOGUE, CHECKED)

    assert type(raised.value) in UNFIT
    assert raised.value.message.startswith("3件目の確認：")


GANGS = """
[proposer_exclusions.gangs]
text = "暴力団と関わりのあるもの"
discretionary = false
source = "手引き 9頁"
status = "seed"
{of_rule}
[proposer_exclusions.gangs.clauses.members]
text = "構成員"
source = "手引き 9頁"
status = "seed"
asked_of_police = {{ value = {of_clause}, source = "覚書", status = "assumed" }}

[proposer_exclusions.gangs.clauses.friends]
text = "協力者"
source = "手引き 9頁"
status = "seed"
"""
OF_RULE = 'asked_of_police = { value = true, source = "覚書", status = "assumed" }'


def third_city(*, of_rule: str = "", of_clause: str = "true") -> Pack:
    """The third city with an exclusion of its own, under a code that the program does not know."""
    file = Path(__file__).with_name("third_city.toml")
    return load_pack((file.read_text() + GANGS.format(of_rule=of_rule, of_clause=of_clause)).encode(), origin=file.name)


@pytest.mark.row("N11")
@pytest.mark.parametrize(("of_clause", "asked"), [("true", True), ("false", False)])
def test_a_citys_pack_says_what_only_the_police_can_be_asked(of_clause: str, asked: bool) -> None:
    catalogue = asked_by(third_city(of_clause=of_clause))

    assert {clause: asked.asked_of_police for (_, _, clause), asked in catalogue.items()} == {
        "members": asked, "friends": False,
    }  # fmt: skip


def test_a_pack_says_it_of_a_rule_or_of_its_clauses() -> None:
    with pytest.raises(PackInvalid, match=r"proposer_exclusions\.gangs"):
        third_city(of_rule=OF_RULE)


@pytest.mark.row("S25")
def test_who_accepts_must_be_able_to_know_what_the_police_said() -> None:
    asks, asks_nothing = (
        (ROOT / "municipalities" / f"{name}.toml").read_text().replace('"police.inquire", ', "").encode()
        for name in ("tokorozawa", "aomori")
    )
    with pytest.raises(PackInvalid) as raised:
        load_pack(asks, origin="所沢市")

    assert [problem.key for problem in raised.value.problems] == ["roles.desk_chief.permissions"]
    assert read_adopted(asks, origin="所沢市").asks_police, "what was adopted once is read for ever"
    assert not load_pack(asks_nothing, origin="青森市").asks_police


def test_an_inquiry_elsewhere_than_with_the_police_is_a_basis_like_others() -> None:
    require_valid(1, check(**CLEAR, clause="p1_2", basis=Basis.INQUIRY), CATALOGUE, CHECKED)


@pytest.mark.parametrize(
    ("first", "years", "last"),
    [
        (date(2026, 4, 1), 3, date(2029, 3, 31)),
        (date(2026, 1, 1), 1, date(2026, 12, 31)),
        (date(2024, 2, 29), 3, date(2027, 2, 28)),
        (date(2024, 2, 29), 4, date(2028, 2, 28)),
        (date(2025, 3, 1), 3, date(2028, 2, 29)),
    ],
)
def test_years_end_on_the_day_before_the_corresponding_one(first: date, years: int, last: date) -> None:
    assert last_day(first, years) == last


@generated(st.dates(), st.integers(1, 12_000))
def test_years_have_a_last_day_whatever_they_are(first: date, years: int) -> None:
    assert last_day(first, years) >= first - timedelta(days=1)
