"""What either side owes the other: the list, one obligation opened, and the ledger of both sides (S06, N7)."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Final
from uuid import UUID

from psycopg.rows import dict_row
from psycopg.sql import SQL, Composable

from desk.lists import ReadModel
from desk.office import Office
from desk.openings import opened, opened_values
from desk.packs import Pack
from eventstore.errors import NotFound
from eventstore.events import as_json
from eventstore.records import Actor, StreamId
from eventstore.store import Stream
from services.matching.domain.case.dialogue import Side
from services.matching.domain.obligation import OBLIGATION, Status
from services.matching.domain.obligation.events import ObligationFulfilled, ObligationUndertaken
from services.matching.projections.obligations import OBLIGATIONS
from services.matching.queries.sight import Sight, seen_by
from services.matching.schemas.obligations import LedgerWanted, ObligationListing

OBLIGATION_LIST: Final = ReadModel(
    subscription=OBLIGATIONS,
    key="obligation_id",
    columns=(
        "obligation_id", "case_id", "version", "side", "kind", "department", "status", "undertaken_on", "first_due_on",
        "due_on", "changes", "fulfilled_on", "released_on",
    ),
    order="due_on",
)  # fmt: skip
LEDGER: Final = SQL(
    "SELECT side, count(*) FILTER (WHERE status = 'owed') AS owed,"
    " count(*) FILTER (WHERE status = 'overdue') AS overdue,"
    " count(*) FILTER (WHERE fulfilled_on <= due_on) AS fulfilled_in_time,"
    " count(*) FILTER (WHERE fulfilled_on > due_on) AS fulfilled_late,"
    " count(*) FILTER (WHERE status = 'released') AS released,"
    " count(*) FILTER (WHERE changes > 0) AS due_changed"
    " FROM matching_obligations WHERE {} GROUP BY side"
)
COUNTED: Final = ("owed", "overdue", "fulfilled_in_time", "fulfilled_late", "released", "due_changed")


def of_cases(condition: Composable) -> Composable:
    """The condition of rows whose case is a row of `matching_cases` of this condition."""
    return SQL("case_id IN (SELECT case_id FROM matching_cases WHERE {})").format(condition)


def listed(office: Office, wanted: ObligationListing, sight: Sight) -> dict[str, Any]:
    """A page of the list, by due date. sight: what whoever asks may see. Raises as `ReadModel.page` does."""
    seen = map(of_cases, sight.conditions)
    equal = {"case_id": wanted.case_id, "side": wanted.side, "status": wanted.status}
    orphaned = _orphaned(office.pack())
    where = tuple(_conditions(wanted, office.pack(), orphaned))
    page = sight.page(OBLIGATION_LIST, office, wanted, *seen, where=where, equal=equal)
    ids = [UUID(item["obligation_id"]) for item in page["items"]]
    statement = SQL("SELECT obligation_id FROM matching_obligations WHERE obligation_id = ANY({}) AND {}")
    with office.database.connection() as connection:
        found = {str(one) for (one,) in connection.execute(statement.format(ids, orphaned))}
    items = [{**item, "orphaned": item["obligation_id"] in found} for item in page["items"]]
    return {**page, "items": items}


def _conditions(wanted: ObligationListing, pack: Pack, orphaned: Composable) -> Iterator[Composable]:
    if wanted.department is not None:
        yield SQL("department = ANY({})").format(sorted(pack.department_codes(wanted.department)))
    if wanted.orphaned is not None:
        yield orphaned if wanted.orphaned else SQL("NOT {}").format(orphaned)


def _orphaned(pack: Pack) -> Composable:
    """It is open, and its department does not have the case, by no code that it has or had."""
    also = [sorted(codes) for one in pack.departments if len(codes := pack.department_codes(one)) > 1]
    has = SQL(" OR ").join(
        (
            SQL("department = ANY(in_charge)"),
            *(SQL("(department = ANY({0}) AND in_charge && {0}::text[])").format(codes) for codes in also),
        )
    )
    return SQL(
        "(status IN ({}, {}) AND department IS NOT NULL AND NOT EXISTS (SELECT FROM matching_cases AS cases"
        " WHERE cases.case_id = matching_obligations.case_id AND ({})))"
    ).format(str(Status.OWED), str(Status.OVERDUE), has)


def opened_obligation(office: Office, stream: StreamId, actor: Actor, purpose: object) -> dict[str, Any]:
    """An obligation with what was promised and done, after it was recorded that the actor opens it.

    Raises as `opened` does.
    """
    return opened(office, stream, actor, purpose, _shown)


def _shown(read: Stream) -> dict[str, Any]:
    state = OBLIGATION.fold(read.events)
    events = [recorded.event for recorded in read.events]
    undertaken = next((event for event in events if isinstance(event, ObligationUndertaken)), None)
    if undertaken is None:
        raise NotFound
    done = next((event for event in events if isinstance(event, ObligationFulfilled)), None)
    return {
        "obligation_id": str(read.id.id),
        "version": read.version,
        **as_json(asdict(state)),
        "first_due_on": as_json(undertaken.due_on),
        "kind": undertaken.kind,
        "fulfilled_on": as_json(done and done.fulfilled_on),
        "note": None,
        **opened_values({"text": undertaken.text, **({"note": done.note} if done else {})}),
    }


def ledger(office: Office, wanted: LedgerWanted, sight: Sight) -> dict[str, Any]:
    """`sides`, the city's and the proposer's counted alike, and `as_of`. sight: what whoever asks may see.

    Of a department: what it owes, and what is owed to it by the proposers whose cases it is asked about or has.
    """
    conditions = [SQL("true"), *map(of_cases, sight.conditions)]
    if wanted.case_id is not None:
        conditions.append(SQL("case_id = {}").format(wanted.case_id))
    if wanted.department is not None:
        codes = office.pack().department_codes(wanted.department)
        owed_to = SQL("(department = ANY({}) OR side = {} AND {})")
        conditions.append(owed_to.format(sorted(codes), str(Side.PROPOSER), of_cases(seen_by(codes))))
    as_of = office.freshness.of(OBLIGATIONS)
    with office.database.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(LEDGER.format(SQL(" AND ").join(conditions))).fetchall()
    found = {row["side"]: row for row in rows}
    nothing = dict.fromkeys(COUNTED, 0)
    return {"sides": [{"side": side, **nothing, **found.get(side, {})} for side in Side], "as_of": asdict(as_of)}
