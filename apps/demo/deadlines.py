"""Deadlines (期限): those of one proposal, how a date came about, and what is overdue."""

from collections.abc import Collection, Sequence
from typing import Any, Final

from apps.demo.scene import Desk
from apps.demo.showing import STATUSES, day, say, short, table
from apps.demo.waiting import until

ANSWER: Final = "answer_with_reason"


def show_deadlines(
    desk: Desk, subject_id: str, title: str, awaited: Collection[str], *, explained: bool = False
) -> None:
    """The deadlines of a proposal, once one of them stands as awaited. explained: with how that one came about."""

    def look() -> list[dict[str, Any]]:
        items = _of(desk, subject_id)
        return items if any(item["status"] in awaited for item in items) else []

    items = until(look, f"a deadline is {' or '.join(awaited)}")
    _show(desk, title, items)
    if explained:
        said = next(item for item in items if item["status"] in awaited)
        told = desk.officer.call("intake.get_deadline", deadline_id=said["deadline_id"])
        say(f"「{told['name']}」の{told['nature_name']}の算出根拠:")
        for step in told["derivation"]:
            say(f"  ・{step}")


def show_answered(desk: Desk, proposal_ids: Sequence[str]) -> None:
    """The deadlines of proposals, once the answer to each is on record at the reception too."""

    def look() -> list[dict[str, Any]]:
        items = [item for proposal_id in proposal_ids for item in _of(desk, proposal_id)]
        promised = [item["status"] for item in items if item["code"] == ANSWER]
        return items if set(promised) == {"met"} else []

    _show(desk, "回答のあとの、受付のときの期限", until(look, "all answers are on record"))


def show_overdue(desk: Desk) -> None:
    """What the desk is late with."""
    items = until(
        lambda: desk.officer.call("intake.list_deadlines", status="overdue")["items"], "the late entry is overdue"
    )
    _show(desk, f"{desk.name}: 期限を過ぎたもの", items)


def show_coming(desk: Desk) -> None:
    """What the desk has to do next."""
    items = desk.officer.call("intake.list_deadlines", status="running", limit=5)["items"]
    _show(desk, f"{desk.name}: これから迎える期限（早い順に5件）", items)


def _of(desk: Desk, subject_id: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = desk.officer.call("intake.list_deadlines", subject_id=subject_id)["items"]
    return items


def _show(desk: Desk, title: str, items: list[dict[str, Any]]) -> None:
    rows = [
        (
            short(desk.titles[item["subject_id"]]),
            f"{item['name']}（{item['nature_name']}）",
            day(item["due_on"]),
            STATUSES[item["status"]],
            "" if item["days_left"] is None else f"{item['days_left']}日",
        )
        for item in items
    ]
    table(title, ("提案・相談", "期限", "期日", "状態", "残り"), rows)
