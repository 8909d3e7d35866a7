"""`renkei work`: the work queue of a city, what is due first before the rest, for the screen, a table or a program."""

from collections.abc import Iterator, Mapping, Sequence
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
from desk.packs import Pack
from desk.tables import Column, Kind, Table
from desk.wareki import wareki
from eventstore.city import City
from eventstore.records import Actor
from services.matching.declaration import MATCHING
from services.matching.domain.case import Status
from services.matching.queries.queue import SHOWN, counted, listed
from services.matching.queries.sight import Sight
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
    Column(label="議事録"),
    Column(label="案件ID"),
)
COUNTS: Final = {
    "cases": "全件",
    "overdue": "期日超過",
    "due_this_week": "今週が期日",
    "silent": "連絡が途絶えたもの",
    "flagged": "注意のあるもの",
    "orphaned": "廃止された部署のもの",
    "minutes_waiting": "議事録が提案者の確認待ちのもの",
    "minutes_objected": "議事録に異議のあるもの",
    "without_department": "部署が決まらないもの",
}
MINUTES: Final = {"minutes_waiting": "提案者の確認待ち", "minutes_objected": "提案者から異議"}
"""Where a case's minutes stand, as an item tells it → as a clerk reads it."""
ERASED: Final = "（消去済み）"


@click.command()
@click.option("--department", help="Only cases that this department is asked about or has, by its code.")
@click.option(
    "--status", type=click.Choice([str(status) for status in STATUSES]), multiple=True, help="Only those that stand so."
)
@click.option("--due-before", help="Only with an open date before this day, as 2026-12-01.")
@click.option("--person", help="Only those that this member of staff has to do with, by the id.")
@click.option("--search", help="Only with these words, of two characters or more each.")
@click.option("--silent", is_flag=True, help="Only where nobody has been in touch for too long.")
@click.option("--flagged", is_flag=True, help="Only where a measure concerns the proposer.")
@click.option("--orphaned", is_flag=True, help="Only where a department has it that there is no more.")
@click.option("--minutes-waiting", is_flag=True, help="Only with minutes that the proposer has yet to answer.")
@click.option("--minutes-objected", is_flag=True, help="Only with minutes to which the proposer objected.")
@click.option("--why", is_flag=True, help="Tells how each open date came about.")
@output_option
@city_option
@as_json
@told
def work(city: str, output: Path | None, *, why: bool, as_json: bool, **narrowed: Any) -> None:
    """Lists the cases by what is due first, all of them; that the operator is shown their names goes on record."""
    stated = {name: list(given) if isinstance(given, tuple) else given or None for name, given in narrowed.items()}
    with closing(Office(MATCHING, City.read(home(), city))) as office:
        items = list(_items(office, {**stated, "derivation": why or None}))
        counts, pack = counted(office), office.pack()
    rows = [_row(item, pack) for item in items]
    text = (
        write(Table(title="案件の一覧", columns=COLUMNS, rows=rows), output)
        if output
        else "\n".join(_lines(items, rows, counts))
    )
    show({"items": items, "counts": counts}, json=as_json, text=text)


def _items(office: Office, stated: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """All of them, a page after the other."""
    operator = Actor(id=office.city.operator, role=OPERATOR, app=COMMAND_LINE)
    after: str | None = None
    while True:
        wanted = load_or_refuse(WorkListingForm(), {**stated, "limit": LONGEST_PAGE, "after": after})
        page = listed(office, wanted, operator, Sight(store=office.store))
        yield from page["items"]
        after = page["after"]
        if after is None:
            return


def purpose_of(due: Mapping[str, Any]) -> str:
    """What a date of an item is for, and which department has to keep it."""
    return f"{due['name']}（{due['department_name']}）" if due["department_name"] else str(due["name"])


def _row(item: Mapping[str, Any], pack: Pack) -> tuple[Any, ...]:
    due = item["dates"][0] if item["dates"] else None
    lead = item["lead"]
    supporting = [pack.department_name(code) for code in item["departments"] if code != lead]
    return (
        *((date.fromisoformat(due["due_on"]), purpose_of(due), due["days_left"]) if due else (None, "", None)),
        *(item[name] or ERASED for name in SHOWN.values()), STATUSES[Status(item["status"])],
        pack.department_name(lead) if lead else "", "、".join(supporting), item["days_since_contact"],
        "あり" if item["silent"] else "", "あり" if item["flagged"] else "",
        "、".join(words for name, words in MINUTES.items() if item[name]), item["case_id"],
    )  # fmt: skip


def _lines(
    items: Sequence[Mapping[str, Any]], rows: Sequence[tuple[Any, ...]], counts: Mapping[str, Any]
) -> Iterator[str]:
    for item, (due_on, kind, left, title, proposer, number, status, lead, *_, minutes, _) in zip(
        items, rows, strict=True
    ):
        due = f"{wareki(due_on)} {kind}（{_left(left)}）" if due_on else "期日なし"
        also = f"  議事録: {minutes}" if minutes else ""
        yield f"{due}  {title}（{proposer}、{number}）  {status}{f'・{lead}' if lead else ''}{also}"
        yield from _why(item)
    if rows:
        yield ""
    yield "、".join(f"{label} {counts[name]:,}件" for name, label in COUNTS.items())
    yield f"記録の{counts['as_of']['position']:,}件目まで（未反映 {counts['as_of']['behind']:,}件）"


def _why(item: Mapping[str, Any]) -> Iterator[str]:
    """How each open date came about, where that was asked for."""
    for due in item["dates"]:
        if "derivation" in due:
            yield f"    {wareki(date.fromisoformat(due['due_on']))} {purpose_of(due)}"
            yield from (f"      ・{step}" for step in due["derivation"])


def _left(days: int) -> str:
    if days == 0:
        return "今日"
    return f"あと{days:,}日" if days > 0 else f"{-days:,}日超過"
