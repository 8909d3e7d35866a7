"""What the desk sees in the end: where everything stands, what is due, and the numbers of the year."""

from typing import Any, Final

from apps.demo.deadlines import show_coming, show_overdue
from apps.demo.scene import Desk
from apps.demo.showing import STATUSES, day, heading, short, table
from apps.demo.waiting import until

FIGURES: Final = ("proposals_by_outcome", "proposals_by_kind", "proposals_by_channel", "proposals_by_proposer")


def show_desk(desk: Desk, *, overdue: bool) -> None:
    """The lists and numbers of one city. overdue: whether something is late there."""
    heading(f"{desk.name}: 今日の窓口")
    _show_proposals(desk)
    show_coming(desk)
    if overdue:
        show_overdue(desk)
    _show_statistics(desk)


def _show_proposals(desk: Desk) -> None:
    items = desk.officer.call("intake.list_proposals")["items"]
    rows = [
        (
            day(item["received_on"]),
            short(desk.titles[item["proposal_id"]]),
            f"第{item['edition']}版",
            STATUSES[item["status"]],
            "措置あり" if item["flagged"] else "",
        )
        for item in items
    ]
    table("提案の一覧", ("受付日", "提案", "版", "状態", "印"), rows)


def _show_statistics(desk: Desk) -> None:
    """The numbers, once they show the whole log."""

    def up_to_date() -> dict[str, Any]:
        told = desk.officer.call("intake.get_statistics", by=list(FIGURES))
        return {} if told["as_of"]["behind"] else told

    told = until(up_to_date, "the statistics show the whole log")
    rows = [
        (figure["question"] if first else "", row["label"], f"{row['count']}件")
        for figure in told["figures"]
        for first, row in _marked([row for row in figure["rows"] if row["count"]])
    ]
    table("統計", ("問い", "区分", "件数"), rows)


def _marked(rows: list[dict[str, Any]]) -> list[tuple[bool, dict[str, Any]]]:
    """Each row with whether it is the first."""
    return [(n == 0, row) for n, row in enumerate(rows)]
