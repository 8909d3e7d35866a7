"""What the desk sees in the end: where everything stands, what is due, and the numbers of the year."""

from typing import Final

from apps.demo.deadlines import show_coming, show_overdue
from apps.demo.figures import show_figures
from apps.demo.scene import Desk
from apps.demo.showing import STATUSES, day, heading, short, table

FIGURES: Final = ("proposals_by_outcome", "proposals_by_kind", "proposals_by_channel", "proposals_by_proposer")


def show_desk(desk: Desk, *, overdue: bool) -> None:
    """The lists and numbers of one city. overdue: whether something is late there."""
    heading(f"{desk.name}: 今日の窓口")
    _show_proposals(desk)
    show_coming(desk)
    if overdue:
        show_overdue(desk)
    show_figures(desk, "統計", "intake", FIGURES)


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
