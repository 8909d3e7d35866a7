"""Numbers from the log, each under the question that it answers."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from apps.demo.scene import Desk
from apps.demo.showing import table
from apps.demo.waiting import until


def show_figures(desk: Desk, title: str, service: str, codes: Sequence[str]) -> None:
    """The figures of a service, once they show the whole log; what has nothing to count is left out."""

    def up_to_date() -> dict[str, Any]:
        told = desk.chief.call(f"{service}.get_statistics", by=list(codes))
        return {} if told["as_of"]["behind"] else told

    told = until(up_to_date, "the statistics show the whole log")
    rows = [row for figure in told["figures"] for row in _rows(figure)]
    table(title, ("問い", "区分", "件数", "ほかの数"), rows)


def _rows(figure: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    question = figure["question"]
    for row in figure["rows"]:
        if row["count"] or row["waiting"]:
            yield question, row["label"], f"{row['count']}件", "、".join(_more(row))
            question = ""


def _more(row: Mapping[str, Any]) -> Iterator[str]:
    if row["median_days"] is not None:
        yield f"中央値{row['median_days']:g}日"
        yield f"9割が{row['ninetieth_days']}日以内"
    if row["percent"] is not None:
        yield f"うち{row['part']}件（{row['percent']:g}％）"
    if row["waiting"]:
        yield f"ほかに途中のもの{row['waiting']}件"
