"""Departments (担当課): suggested with the words that point to them, asked all at once; they take a case or decline."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from apps.demo.cases.case import Case
from apps.demo.showing import say, table
from services.matching.domain.case.assignment import Ground
from services.matching.projections.case_sentences import PARTS

SUGGESTED: Final = 3
GROUNDS: Final = {Ground.DUTIES: "事務分掌にある語", Ground.EARLIER_CASES: "担当した案件にあった語"}
"""Where a word stood that points to a department."""


def assign(case: Case) -> None:
    """Has departments suggested, asks those that the desk chose, lets them answer, and names who accompanies it."""
    say(f"\n「{case.title}」")
    suggestion_id = _suggest(case)
    for offering in case.plan["offers"]:
        _ask(case, offering, suggestion_id)
    case.does("assign_accompaniment", staff_id=case.desk.officer.person)


def _suggest(case: Case) -> str:
    told = case.does("suggest_departments", limit=SUGGESTED)
    rows = [
        (one["name"], f"{one['score'] / 1000:.1f}", *(_words(one["terms"], ground) for ground in GROUNDS))
        for one in told["departments"]
    ]
    table("担当課の候補（示すだけで、決めるのは職員です）", ("候補", "点", *GROUNDS.values()), rows)
    return str(told["suggestion_id"])


def _words(terms: Sequence[Mapping[str, Any]], ground: Ground) -> str:
    return "、".join(term["term"] for term in terms if ground in term["grounds"])


def _ask(case: Case, offering: Mapping[str, Any], suggestion_id: str) -> None:
    """Asks departments at the same time; each answers by one of its own people."""
    asked = offering["asked"]
    told = case.does(
        "offer_case",
        offers=[{"department": one["department"], "part": one["part"]} for one in asked],
        suggestion_id=suggestion_id,
        message=offering["message"],
    )
    rows = [
        (case.desk.people.name_of(one["department"]), PARTS[one["part"]], _answer(case, one, offer_id))
        for one, offer_id in zip(asked, told["offer_ids"], strict=True)
    ]
    table("打診と回答", ("部署", "役割", "回答"), rows)


def _answer(case: Case, asked: Mapping[str, Any], offer_id: str) -> str:
    """What a department answers, in words."""
    officer = case.desk.people.of(asked["department"])
    if asked.get("waits"):
        return "回答待ち"
    if asked.get("declines"):
        case.does("decline_offer", officer, offer_id=offer_id, grounds=asked["declines"])
        return f"辞退：{asked['declines']}"
    case.does("take_offer", officer, offer_id=offer_id)
    case.offers[asked["department"]] = offer_id
    return "受諾"
