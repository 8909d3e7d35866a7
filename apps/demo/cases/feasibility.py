"""Feasibility (実施の可否): goals agreed, departments' opinions, the gate of S14, and decisions that differ."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from apps.demo.cases.case import Case
from apps.demo.showing import day, say, short, table
from apps.demo.staff import CallFailed
from services.matching.projections.case_sentences import OUTCOMES

VIEWS: Final = {"feasible": "実施できる", "conditional": "条件付きで実施できる", "not_feasible": "実施できない"}
SIDES: Final = {"city": "市", "proposer": "提案者", "citizens": "市民"}


def agree(case: Case) -> None:
    """Records goals, roles and merits (目標・役割分担・メリット), as both sides' minutes say."""
    agreed = case.plan["agreement"]
    goals = [
        {**{name: goal[name] for name in ("indicator", "baseline", "target")}, "due_on": case.day(goal["due_in_days"])}
        for goal in agreed["goals"]
    ]
    shares = {name: agreed[name] for name in ("roles", "merits")}
    case.does("agree_goals", case.lead, session_id=case.sessions[-1], goals=goals, **shares)
    rows = [(goal["indicator"], goal["baseline"], goal["target"], day(goal["due_on"])) for goal in goals]
    table(f"「{case.title}」の目標", ("成果指標", "現状", "目標", "期日"), rows)
    shared = [(name, agreed["roles"].get(side, ""), agreed["merits"].get(side, "")) for side, name in SIDES.items()]
    table("役割分担とメリット", ("誰", "役割", "メリット"), shared)


def give_opinions(cases: Sequence[Case]) -> None:
    """Each department says what it thinks, for itself."""
    rows = []
    for case in cases:
        for department, opinion in case.plan["opinions"].items():
            people = case.desk.people
            case.does("give_opinion", people.of(department), offer_id=case.offers[department], **opinion)
            rows.append((short(case.title), people.name_of(department), VIEWS[opinion["view"]], opinion["grounds"]))
    table("担当課の意見", ("案件", "部署", "意見", "理由"), rows)


def decide(cases: Sequence[Case]) -> None:
    """Somebody else than who gave the lead's opinion decides each; the gate is tried where the city pays expenses."""
    rows = []
    for case in cases:
        decision = _decision(case)
        if decision.get("expenses"):
            _try_without(case, decision)
        case.does("decide_feasibility", case.desk.chief, **decision)
        rows.append((short(case.title), _in_words(decision), decision["explanation"], decision["approval_reference"]))
    table("実施の可否の決定", ("案件", "決定", "理由", "決裁"), rows)


def _try_without(case: Case, decision: Mapping[str, Any]) -> None:
    """The gate of S14 is shut to whoever names neither a tender nor an approved exception (S47)."""
    try:
        case.does("decide_feasibility", case.desk.chief, **{**decision, "expenses": None})
    except CallFailed as refused:
        say(f"「{case.title}」を、市の負担{decision['city_cost_yen']:,}円と書いて決定しようとすると:")
        say(f"  {refused.sentence}")
        exception = decision["expenses"]
        say(
            f"実費の予算措置の承認（{exception['approver']}、上限{exception['cap_yen']:,}円）を付けて、決定し直します。"
        )
        return
    raise AssertionError("the gate of S14 stood open")


def _decision(case: Case) -> dict[str, Any]:
    """What is stated; what is kept is kept for so many days from today."""
    decision = dict(case.plan["decision"])
    kept = decision.pop("kept_in_days", None)
    return decision if kept is None else {**decision, "kept_until": case.day(kept)}


def _in_words(decision: Mapping[str, Any]) -> str:
    words = [OUTCOMES[decision["outcome"]]]
    if decision.get("kept_until"):
        words.append(f"{day(decision['kept_until'])}まで")
    if decision.get("procurement_reference"):
        words.append(decision["procurement_reference"])
    if decision["city_cost_yen"]:
        words.append(f"実費{decision['city_cost_yen']:,}円")
    return "、".join(words)
