"""`renkei work`: the work queue of a city, what is due first before the rest, for the screen, a table or a program."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any, Final

import click

from apps.cli.settings import as_json, city_option, home, show, told
from apps.cli.tables import output_option, write
from apps.provisioning.city import COMMAND_LINE, OPERATOR
from desk.forms import load_or_refuse
from desk.forms.listing import LONGEST_PAGE
from desk.office import Office
from desk.tables import Column, Kind, Table
from desk.wareki import wareki
from eventstore.city import City
from eventstore.records import Actor
from services.matching.declaration import MATCHING
from services.matching.domain.case import Status
from services.matching.queries.queue import SHOWN, counted, listed
from services.matching.queries.statistics import STATUSES
from services.matching.schemas.queue import WorkListingForm

COLUMNS: Final = (
    Column(label="期日", kind=Kind.DAY),
    Column(label="期日の種類"),
    Column(label="残り日数", kind=Kind.NUMBER),
    Column(label="件名"),
    Column(label="提案者"),
    Column(label="受付番号"),
    Column(label="状態"),
    Column(label="主担当課"),
    Column(label="関係課"),
    Column(label="最後の連絡からの日数", kind=Kind.NUMBER),
    Column(label="連絡の途絶"),
    Column(label="注意"),
    Column(label="案件ID"),
)
COUNTS: Final = {
    "cases": "全件",
    "overdue": "期日超過",
    "due_this_week": "今週が期日",
    "silent": "連絡が途絶えたもの",
    "without_department": "部署が決まらないもの",
}
ERASED: Final = "（消去済み）"


@click.command()
@click.option("--department", help="Only cases that this department is asked about or has, by its code.")
@click.option(
    "--status", type=click.Choice([str(status) for status in STATUSES]), multiple=True, help="Only those that stand so."
)
@click.option("--due-before", help="Only with an open date before this day, as 2026-12-01.")
@click.option("--search", help="Only with these words, of two characters or more each.")
@click.option("--silent", is_flag=True, help="Only where nobody has been in touch for too long.")
@output_option
@city_option
@as_json
@told
def work(
    city: str, department: str | None, status: tuple[str, ...], due_before: str | None, search: str | None,
    output: Path | None, *, silent: bool, as_json: bool,
) -> None:  # fmt: skip
    """Lists the cases by what is due first, all of them; that the operator is shown their names goes on record."""
    stated = {
        "department": department,
        "status": list(status),
        "due_before": due_before,
        "search": search,
        "silent": silent or None,
    }
    with closing(Office(MATCHING, City.read(home(), city))) as office:
        items = list(_items(office, stated))
        counts = counted(office)
        names = {str(code): one.name for code, one in office.pack().departments.items()}
    rows = [_row(item, names) for item in items]
    text = (
        write(Table(title="案件の一覧", columns=COLUMNS, rows=rows), output)
        if output
        else "\n".join(_lines(rows, counts))
    )
    show({"items": items, "counts": counts}, json=as_json, text=text)


def _items(office: Office, stated: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """All of them, a page after the other."""
    operator = Actor(id=office.city.operator, role=OPERATOR, app=COMMAND_LINE)
    after: str | None = None
    while True:
        wanted = load_or_refuse(WorkListingForm(), {**stated, "limit": LONGEST_PAGE, "after": after})
        page = listed(office, wanted, operator)
        yield from page["items"]
        after = page["after"]
        if after is None:
            return


def _row(item: Mapping[str, Any], names: Mapping[str, str]) -> tuple[Any, ...]:
    due = item["dates"][0] if item["dates"] else {"due_on": None, "name": "", "days_left": None}
    lead = item["lead"]
    supporting = [names.get(code, code) for code in item["departments"] if code != lead]
    return (
        due["due_on"] and date.fromisoformat(due["due_on"]), due["name"], due["days_left"],
        *(item[name] or ERASED for name in SHOWN.values()), STATUSES[Status(item["status"])],
        names.get(lead, lead) if lead else "", "、".join(supporting), item["days_since_contact"],
        "あり" if item["silent"] else "", "あり" if item["flagged"] else "", item["case_id"],
    )  # fmt: skip


def _lines(rows: list[tuple[Any, ...]], counts: Mapping[str, Any]) -> Iterator[str]:
    for due_on, kind, left, title, proposer, number, status, lead, *_ in rows:
        due = f"{wareki(due_on)} {kind}（{_left(left)}）" if due_on else "期日なし"
        yield f"{due}  {title}（{proposer}、{number}）  {status}{f'・{lead}' if lead else ''}"
    if rows:
        yield ""
    yield "、".join(f"{label} {counts[name]:,}件" for name, label in COUNTS.items())
    yield f"記録の{counts['as_of']['position']:,}件目まで（未反映 {counts['as_of']['behind']:,}件）"


def _left(days: int) -> str:
    if days == 0:
        return "今日"
    return f"あと{days:,}日" if days > 0 else f"{-days:,}日超過"
