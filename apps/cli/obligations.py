"""`renkei obligations`: what city and proposers have promised each other, by due date, and how each side keeps it."""

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import click

from apps.cli.settings import as_json, city_option, home, show, told
from apps.cli.tables import output_option, write
from desk.forms.listing import LONGEST_PAGE
from desk.office import Office
from desk.packs import Pack
from desk.tables import Column, Kind, Table
from desk.wareki import wareki
from eventstore.city import City
from services.matching.declaration import MATCHING
from services.matching.domain.obligation import Status
from services.matching.projections.obligation_sentences import KINDS, SIDES
from services.matching.queries.obligations import ledger, listed
from services.matching.queries.sight import Sight
from services.matching.schemas.obligations import LedgerWanted, ObligationListing

COLUMNS: Final = (
    Column(label="期日", kind=Kind.DAY),
    Column(label="約束をした側"),
    Column(label="部署"),
    Column(label="種類"),
    Column(label="状態"),
    Column(label="約束をした日", kind=Kind.DAY),
    Column(label="当初の期日", kind=Kind.DAY),
    Column(label="期日の変更回数", kind=Kind.NUMBER),
    Column(label="果たした日", kind=Kind.DAY),
    Column(label="部署の担当"),
    Column(label="案件ID"),
)
ORPHANED: Final = "担当を外れています"
STATUSES: Final = {
    Status.OWED: "期日前",
    Status.OVERDUE: "期日超過",
    Status.FULFILLED: "果たした",
    Status.RELEASED: "なくなった",
}
COUNTS: Final = {
    "owed": "期日前",
    "overdue": "期日超過",
    "fulfilled_in_time": "期日までに果たした",
    "fulfilled_late": "遅れて果たした",
    "released": "なくなった",
    "due_changed": "うち期日を変更",
}


@click.command()
@click.option("--status", type=click.Choice([str(status) for status in STATUSES]), help="Only those that stand so.")
@click.option("--department", help="Only what this department promised, by its code; the ledger counts its cases too.")
@click.option("--orphaned", is_flag=True, help="Only those that are open and whose department has the case no more.")
@output_option
@city_option
@as_json
@told
def obligations(
    city: str, status: str | None, department: str | None, output: Path | None, *, orphaned: bool, as_json: bool
) -> None:
    """Lists what either side has promised, by due date, and counts how each keeps it; what it was stays sealed."""
    with closing(Office(MATCHING, City.read(home(), city))) as office:
        items = list(_items(office, Status(status) if status else None, department, orphaned=orphaned))
        counted = ledger(office, LedgerWanted(case_id=None, department=department), Sight(store=office.store))
        pack = office.pack()
    made = {"items": items, **counted}
    rows = [_row(item, pack) for item in items]
    table = Table(title="約束の一覧", columns=COLUMNS, rows=rows)
    show(made, json=as_json, text=write(table, output) if output else "\n".join(_lines(rows, counted)))


def _items(
    office: Office, status: Status | None, department: str | None, *, orphaned: bool
) -> Iterator[dict[str, Any]]:
    """All of them, a page after the other."""
    after: UUID | None = None
    while True:
        page = listed(
            office,
            ObligationListing(
                limit=LONGEST_PAGE, after=after, at_least=None, case_id=None, side=None, department=department,
                status=status, orphaned=orphaned or None,
            ),
            Sight(store=office.store),
        )  # fmt: skip
        yield from page["items"]
        if page["after"] is None:
            return
        after = UUID(page["after"])


def _row(item: dict[str, Any], pack: Pack) -> tuple[Any, ...]:
    department = item["department"]
    return (
        date.fromisoformat(item["due_on"]), SIDES[item["side"]], department and pack.department_name(department),
        KINDS[item["kind"]], STATUSES[item["status"]], date.fromisoformat(item["undertaken_on"]),
        date.fromisoformat(item["first_due_on"]), item["changes"],
        item["fulfilled_on"] and date.fromisoformat(item["fulfilled_on"]), ORPHANED if item["orphaned"] else "",
        item["case_id"],
    )  # fmt: skip


def _lines(rows: list[tuple[Any, ...]], counted: dict[str, Any]) -> Iterator[str]:
    for due_on, side, department, kind, status, *_, orphaned, _ in rows:
        of = f"（{'、'.join(filter(None, (department, orphaned)))}）" if department else ""
        yield f"{wareki(due_on)}  {side}{of}  {kind}  {status}"
    if rows:
        yield ""
    for side in counted["sides"]:
        yield f"{SIDES[side['side']]}: " + "、".join(f"{label} {side[name]:,}件" for name, label in COUNTS.items())
    yield f"記録の{counted['as_of']['position']:,}件目まで（未反映 {counted['as_of']['behind']:,}件）"
