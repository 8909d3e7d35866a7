"""The two cities' packs, and a third made up: each holds its own rules and nothing of another's."""

import ast
from datetime import date
from itertools import chain
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from desk.packs import Pack, load_pack
from desk.packs.codes import (
    AgreementKind,
    Channel,
    Counting,
    DeadlineCode,
    DeadlineUnit,
    HearingPolicy,
    MeasureKind,
    PledgeCode,
    ProposerKind,
    Purpose,
    Status,
)
from desk.permissions import Permission

REPOSITORY = Path(__file__).parents[2]
CITY_WORDS = {"青森市", "所沢市", "aomori", "tokorozawa", "022012", "112089"}


def pack_of(name: str) -> Pack:
    file = REPOSITORY / "municipalities" / f"{name}.toml"
    return load_pack(file.read_bytes(), origin=file.name)


AOMORI = pack_of("aomori")
TOKOROZAWA = pack_of("tokorozawa")


@pytest.mark.row("N11")
def test_a_third_city_works_from_its_pack_alone() -> None:
    file = Path(__file__).with_name("third_city.toml")
    pack = load_pack(file.read_bytes(), origin=file.name)
    assert (pack.municipality_code, pack.version) == ("479993", "2026-10.2")
    assert pack.edition.effective_from == date(2026, 10, 1)
    assert pack.zone == ZoneInfo("Asia/Tokyo")
    assert pack.purposes[Purpose.REGIONAL_ISSUE].value == "島の課題の解決"
    assert pack.refusal_of(ProposerKind.INDIVIDUAL) is None
    refusal = pack.refusal_of(ProposerKind.ORGANISATION)
    assert refusal is not None
    assert refusal.code == "organisation_not_accepted"
    assert pack.required_pledges == {PledgeCode.TERMS}
    assert not pack.accepts_channel(Channel.PHONE)
    assert not pack.is_city_run("city-portal")
    assert pack.permissions_of(["reader"]) == {Permission.PROPOSAL_READ}
    assert pack.deadlines[DeadlineCode.FIRST_CONTACT].counting is Counting.INCLUSIVE
    assert pack.methods == pack.proposer_exclusions == pack.non_disclosure == {}


@pytest.mark.row("N11")
def test_no_code_asks_which_city_it_serves() -> None:
    rings = (REPOSITORY / ring for ring in ("eventstore", "desk", "services", "apps"))
    for file in chain.from_iterable(ring.rglob("*.py") for ring in rings):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Compare | ast.MatchValue):
                asked = {leaf.value for leaf in ast.walk(node) if isinstance(leaf, ast.Constant)}
                assert not asked & CITY_WORDS, f"{file}:{node.lineno}"


@pytest.mark.row("N11")
@pytest.mark.parametrize(("mine", "other"), [("aomori", "所沢"), ("tokorozawa", "青森")])
def test_neither_citys_file_speaks_of_the_other(mine: str, other: str) -> None:
    assert other not in (REPOSITORY / "municipalities" / f"{mine}.toml").read_text(encoding="utf-8")


@pytest.mark.row("N11")
def test_no_clause_of_one_citys_terms_is_in_the_others() -> None:
    texts_of_aomori = {clause.text for clause in AOMORI.terms.clauses.values()}
    texts_of_tokorozawa = {clause.text for clause in TOKOROZAWA.terms.clauses.values()}
    assert not texts_of_aomori & texts_of_tokorozawa


@pytest.mark.row("N11")
def test_only_these_terms_are_asked_in_both_cities() -> None:
    assert AOMORI.terms.clauses.keys() - TOKOROZAWA.terms.clauses.keys() == {
        "related_rules",
        "eligible_proposers",
        "use_of_ideas",
        "protected_information",
        "liability",
        "confidentiality",
        "disclosure",
        "opinion_hearing",
    }
    assert TOKOROZAWA.terms.clauses.keys() - AOMORI.terms.clauses.keys() == {
        "no_city_expense",
        "third_party_ip",
        "revision",
    }


def test_only_tokorozawa_excludes_proposers_and_projects() -> None:
    assert AOMORI.proposer_exclusions == AOMORI.project_exclusions == {}
    assert list(TOKOROZAWA.proposer_exclusions) == [
        "local_autonomy_order",
        "bid_suspension",
        "organised_crime",
        "unfit_by_mayor",
    ]
    assert list(TOKOROZAWA.project_exclusions) == [
        "sales_or_advertising",
        "unlawful",
        "public_order",
        "religious_or_political",
        "human_rights",
        "unsuitable_by_mayor",
    ]


def test_only_tokorozawa_asks_to_pledge_that_no_exclusion_applies() -> None:
    assert AOMORI.required_pledges == {PledgeCode.TERMS, PledgeCode.TRUE_AND_CORRECT}
    assert TOKOROZAWA.required_pledges == set(PledgeCode)


def test_only_the_mayors_grounds_are_discretionary() -> None:
    rules = TOKOROZAWA.proposer_exclusions | TOKOROZAWA.project_exclusions
    discretionary = {code for code, rule in rules.items() if rule.discretionary}
    assert discretionary == {"unfit_by_mayor", "unsuitable_by_mayor"}


@pytest.mark.parametrize("rule", ["bid_suspension", "organised_crime"])
def test_suspended_and_deemed_are_kept_apart(rule: str) -> None:
    clauses = TOKOROZAWA.proposer_exclusions[rule].clauses
    assert {code: clause.measure for code, clause in clauses.items()} == {
        "suspended": MeasureKind.SUSPENDED,
        "deemed": MeasureKind.DEEMED,
    }


def test_a_bar_under_paragraph_two_lasts_three_years_at_most() -> None:
    clauses = TOKOROZAWA.proposer_exclusions["local_autonomy_order"].clauses
    assert {code: clause.at_most_years for code, clause in clauses.items()} == {
        **dict.fromkeys(["p1_1", "p1_2", "p1_3"]),
        **dict.fromkeys([f"p2_{item}" for item in range(1, 8)], 3),
    }


def test_only_aomori_refuses_individuals_and_says_where_to_turn() -> None:
    refusal = AOMORI.refusal_of(ProposerKind.INDIVIDUAL)
    assert refusal is not None
    assert refusal.code == "individual_not_accepted"
    assert "広聴の窓口" in refusal.message
    assert [kind for kind in ProposerKind if AOMORI.refusal_of(kind)] == [ProposerKind.INDIVIDUAL]
    assert [kind for kind in ProposerKind if TOKOROZAWA.refusal_of(kind)] == []
    assert TOKOROZAWA.proposers[ProposerKind.INDIVIDUAL].status is Status.ASSUMED


def test_only_aomori_has_a_catalogue_of_methods() -> None:
    assert list(AOMORI.methods) == [
        "pfi",
        "park_pfi",
        "designated_manager",
        "public_property",
        "pay_for_success",
        "naming_rights",
        "advertising",
        "hometown_tax",
    ]
    assert AOMORI.methods["hometown_tax"].relief_at_most == 90
    assert TOKOROZAWA.methods == {}


def test_only_aomori_always_hears_the_proposer_and_has_its_six_classes() -> None:
    assert AOMORI.hearing.policy is HearingPolicy.ALWAYS
    assert TOKOROZAWA.hearing.policy is HearingPolicy.BY_LAW
    assert [ground.number for ground in AOMORI.non_disclosure.values()] == [1, 2, 3, 4, 5, 6]
    assert [code for code, ground in AOMORI.non_disclosure.items() if ground.lapses_once_decided] == ["deliberation"]
    assert TOKOROZAWA.non_disclosure == {}


def test_each_city_calls_agreements_by_its_own_words() -> None:
    assert {kind: type_.name for kind, type_ in AOMORI.agreements.items()} == {
        AgreementKind.PROJECT: "事業連携協定",
        AgreementKind.COMPREHENSIVE: "包括連携協定",
        AgreementKind.NONE: "個別の事業実施",
    }
    assert {kind: type_.name for kind, type_ in TOKOROZAWA.agreements.items()} == {
        AgreementKind.PROJECT: "個別連携協定",
        AgreementKind.COMPREHENSIVE: "包括連携協定",
        AgreementKind.OUTSOURCING: "業務委託",
    }


def test_each_city_names_its_third_purpose_itself() -> None:
    assert AOMORI.purposes[Purpose.REGIONAL_VITALITY].value == "地域経済の活性化"
    assert TOKOROZAWA.purposes[Purpose.REGIONAL_VITALITY].value == "地域の活性化"


def test_the_disclosure_decision_is_counted_as_each_citys_rule_is_written() -> None:
    counted = {
        pack.municipality_code: (rule.value, rule.unit, rule.counting)
        for pack in (AOMORI, TOKOROZAWA)
        for rule in [pack.deadlines[DeadlineCode.DISCLOSURE_DECISION]]
    }
    assert counted == {
        "022012": (15, DeadlineUnit.DAYS, Counting.INCLUSIVE),
        "112089": (14, DeadlineUnit.DAYS, Counting.NEXT_DAY),
    }


def test_the_desk_is_as_each_guideline_gives_it() -> None:
    assert (AOMORI.desk.phone, AOMORI.desk.mail) == ("017-761-4154", None)
    assert (TOKOROZAWA.desk.phone, TOKOROZAWA.desk.mail) == ("04-2998-9027", "a9027@city.tokorozawa.lg.jp")


@pytest.mark.parametrize("pack", [AOMORI, TOKOROZAWA], ids=["aomori", "tokorozawa"])
def test_only_the_desk_itself_is_a_department_named_by_a_guideline(pack: Pack) -> None:
    assert len(pack.departments) >= 13
    named = [code for code, department in pack.departments.items() if department.status is Status.SEED]
    assert named == ["partnership"]


@pytest.mark.parametrize("pack", [AOMORI, TOKOROZAWA], ids=["aomori", "tokorozawa"])
def test_the_portals_own_user_may_ask_for_a_status_and_nothing_else(pack: Pack) -> None:
    assert pack.permissions_of(["portal_status"]) == {Permission.SUBMISSION_STATUS}


@pytest.mark.parametrize("pack", [AOMORI, TOKOROZAWA], ids=["aomori", "tokorozawa"])
def test_every_permission_is_some_roles_and_the_administrator_reads_no_proposal(pack: Pack) -> None:
    assert pack.permissions_of(pack.roles) == set(Permission)
    assert Permission.PROPOSAL_READ not in pack.permissions_of(["administrator"])


@pytest.mark.parametrize("pack", [AOMORI, TOKOROZAWA], ids=["aomori", "tokorozawa"])
def test_only_the_citys_own_portal_is_in_its_hands(pack: Pack) -> None:
    assert pack.is_city_run("city-portal")
    assert not pack.is_city_run("another-portal")


@pytest.mark.row("S39")
def test_each_citys_phases_are_those_of_its_own_guideline() -> None:
    assert [one.name for one in AOMORI.phases.values()] == ["提案受付", "対話・庁内調整", "連携事業"]
    assert [one.name for one in TOKOROZAWA.phases.values()] == ["提案募集", "マッチング", "協議・実証実験", "評価"]


@pytest.mark.row("S02")
@pytest.mark.parametrize("pack", [AOMORI, TOKOROZAWA], ids=["aomori", "tokorozawa"])
def test_how_long_a_proposer_may_be_left_alone_is_assumed_until_the_city_says(pack: Pack) -> None:
    assert pack.accompaniment is not None
    assert pack.accompaniment.silent_after_days.status is Status.ASSUMED
