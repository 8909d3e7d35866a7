"""How the demo shows things: headings, lines and tables as a clerk would read them."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from desk.wareki import wareki

console: Final = Console(width=max(Console().width, 120))
STATUSES: Final = {
    "received": "受付済",
    "screening": "審査中",
    "returned": "補正待ち",
    "on_hold": "保留",
    "accepted": "受理",
    "ineligible": "対象外",
    "redirected": "ほかの手続きを案内",
    "withdrawn": "取下げ",
    "merged": "ほかの提案に統合",
    "split": "分割",
    "unassigned": "担当課を探しています",
    "running": "進行中",
    "paused": "停止中",
    "overdue": "期限超過",
    "met": "済み",
    "dropped": "終了",
}
"""Where a proposal, a case or a deadline stands, in the clerk's words."""
TITLE: Final = 26
"""Characters of a title that a table shows."""


def heading(text: str) -> None:
    """A chapter of the story."""
    console.print()
    console.rule(f"[bold]{escape(text)}", align="left")


def say(text: str) -> None:
    """A line of the story."""
    console.print(escape(text), soft_wrap=True)


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table; what stands in it is shown as it is."""
    made = Table(title=escape(title), title_justify="left")
    for column in columns:
        made.add_column(column, overflow="fold")
    for row in rows:
        made.add_row(*(escape(str(cell)) for cell in row))
    console.print(made)


def day(written: str | None) -> str:
    """An ISO date as the office writes it; nothing where there is none."""
    return wareki(date.fromisoformat(written)) if written else ""


def short(title: str) -> str:
    """A title as long as a table has room for."""
    return title if len(title) <= TITLE else f"{title[: TITLE - 1]}…"
