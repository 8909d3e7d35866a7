"""Screening (審査): everything that the city's pack asks to have checked is recorded, and proposals are accepted."""

from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from apps.demo.scene import Desk
from apps.demo.showing import STATUSES, day, heading, say, short, table
from apps.demo.waiting import until

PURPOSE: Final = "審査"
RESULTS: Final = {"clear": "該当なし", "hit": "該当", "unknown": "不明"}
NO_FINDING: Final[Mapping[str, str]] = MappingProxyType({})
ABOUT: Final = {"proposer": "事業者", "project": "事業"}


def accept_all(desk: Desk, samples: tuple[str, ...]) -> None:
    """Screens and accepts these samples, and shows what was checked of the first and which cases have opened."""
    heading(f"{desk.name}: 審査と受理")
    for sample in samples:
        screen(desk, desk.proposal(sample))
        accept(desk, desk.proposal(sample))
    show_checks(desk, desk.proposal(samples[0]))
    rows = []
    for item in until(lambda: _accepted(desk, len(samples)), "the list shows what was accepted"):
        case = case_of(desk, item["proposal_id"])
        title = short(desk.titles[item["proposal_id"]])
        rows.append((day(item["received_on"]), title, STATUSES[item["status"]], STATUSES[case["status"]]))
    table("受理した提案と、登録した案件", ("受付日", "提案", "提案の状態", "案件の状態"), rows)


def screen(desk: Desk, proposal_id: str, hit: str | None = None, finding: Mapping[str, str] = NO_FINDING) -> None:
    """Begins the screening and records every check that the pack asks for.

    hit: the one rule that is found to apply. finding: its grounds, who decided, and the approval's reference.
    """
    desk.officer.command("intake.begin_screening", proposal_id=proposal_id)
    found = [_found(asked) if asked["rule"] != hit else _hit(asked, finding) for asked in _asked(desk, proposal_id)]
    if found:
        desk.officer.command("intake.record_checks", proposal_id=proposal_id, checks=found)


def accept(desk: Desk, proposal_id: str) -> None:
    """Accepts what was screened."""
    desk.chief.command("intake.accept_proposal", proposal_id=proposal_id)


def show_checks(desk: Desk, proposal_id: str) -> None:
    """What was checked of a proposal, a line for each rule."""
    rules: dict[tuple[str, str], Counter[str]] = {}
    for one in _asked(desk, proposal_id):
        results = rules.setdefault((ABOUT[one["about"]], one["text"]), Counter())
        results[RESULTS[one["check"]["result"]]] += 1
    if not rules:
        say("この市の運用ルールには、対象外の要件がありません。確認を求めずに受理できます。")
        return
    rows = [
        (about, text, "、".join(f"{result} {n}件" for result, n in results.items()))
        for (about, text), results in rules.items()
    ]
    table(f"「{short(desk.titles[proposal_id])}」の確認", ("対象", "要件", "結果"), rows)


def text_of(desk: Desk, proposal_id: str, rule: str) -> str:
    """A rule in the words of the pack."""
    return next(str(asked["text"]) for asked in _asked(desk, proposal_id) if asked["rule"] == rule)


def case_of(desk: Desk, proposal_id: str) -> dict[str, Any]:
    """The case that matching has opened for an accepted proposal. Raises TimeoutError."""
    (case,) = until(
        lambda: desk.officer.call("matching.list_cases", proposal_id=proposal_id)["items"], f"the case of {proposal_id}"
    )
    found: dict[str, Any] = case
    return found


def _accepted(desk: Desk, count: int) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = desk.officer.call("intake.list_proposals", status="accepted")["items"]
    return items if len(items) >= count else []


def _asked(desk: Desk, proposal_id: str) -> list[dict[str, Any]]:
    told = desk.officer.call("intake.get_screening", proposal_id=proposal_id, purpose=PURPOSE)
    asked: list[dict[str, Any]] = told["checks"]
    return asked


def _found(asked: dict[str, Any]) -> dict[str, Any]:
    """A check as the desk records it; what only the police could tell is kept apart, so that is self-declared."""
    named = {name: asked[name] for name in ("about", "rule", "clause")}
    return {**named, "basis": "self_declared", "result": "clear", "source": "提案書の誓約"}


def _hit(asked: dict[str, Any], finding: Mapping[str, str]) -> dict[str, Any]:
    """A check that found the rule to apply: a named officer says why."""
    return {**_found(asked), "result": "hit", "source": "提案書", **finding}
