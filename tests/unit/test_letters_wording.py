"""Decisions in the words of a letter: the pack's rules, clauses, methods and laws, and never a code."""

from pathlib import Path

import pytest

from desk.packs import Pack, load_pack
from services.intake.domain.exclusions import About
from services.intake.domain.proposal.changes import AnsweredClaim, ClaimAnswer
from services.intake.domain.proposal.outcomes import Destination
from services.intake.queries.letters.wording import claims_in_words, destination_in_words, rule_in_words

PACKS = Path(__file__).parents[2] / "municipalities"


def pack_of(name: str) -> Pack:
    return load_pack((PACKS / f"{name}.toml").read_bytes(), origin=name)


@pytest.mark.row("S24", "S30")
@pytest.mark.parametrize("about", list(About))
def test_every_rule_and_clause_of_the_pack_is_told_in_its_own_words(about: About) -> None:
    pack = pack_of("tokorozawa")
    rules = pack.proposer_exclusions if about is About.PROPOSER else pack.project_exclusions
    for code, rule in rules.items():
        assert rule.text in rule_in_words(pack, about, code, None)[0]
        assert rule_in_words(pack, about, code, None)[1] == ""
        for clause, told in rule.clauses.items():
            assert rule_in_words(pack, about, code, clause)[1] == f"\n該当する事項：{told.text}"


def test_a_rule_that_does_not_name_its_law_is_told_with_it() -> None:
    rule, _ = rule_in_words(pack_of("tokorozawa"), About.PROPOSER, "local_autonomy_order", None)
    assert rule.endswith("（地方自治法施行令（昭和22年政令第16号）第167条の4）")
    suspension, _ = rule_in_words(pack_of("tokorozawa"), About.PROPOSER, "bid_suspension", None)
    assert suspension.count("措置要綱") == 1


def test_another_way_is_told_with_the_name_and_law_of_its_method() -> None:
    pack = pack_of("aomori")
    for code, method in pack.methods.items():
        told = destination_in_words(pack, Destination.PROCUREMENT, code)
        assert told.startswith("市の契約（入札等）の手続\n")
        assert f"{method.name}（{method.legal_basis.value}）" in told
    assert "\n" not in destination_in_words(pack, Destination.INQUIRY, None)


@pytest.mark.row("N4")
def test_claims_are_answered_field_by_field_and_promise_nothing() -> None:
    answers = [
        AnsweredClaim(field="summary", answer=ClaimAnswer.LIKELY, explanation="未公表のため。"),
        AnsweredClaim(field="merits.city", answer=ClaimAnswer.UNLIKELY, explanation="公表済みのため。"),
    ]
    assert claims_in_words(answers).splitlines() == [
        "・提案の概要：公開しない見込みです。未公表のため。",
        "・市のメリット：公開する可能性があります。公表済みのため。",
    ]
