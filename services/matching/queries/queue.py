"""The work queue: the cases that somebody may see, those that are due first before the others, and how many wait.

What there is for somebody is said by a condition of the rows themselves: what is hidden is neither counted nor read.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from psycopg.rows import dict_row
from psycopg.sql import SQL, Composable

from desk.access import RecordsListed
from desk.bigrams import bigrams
from desk.lists import ReadModel
from desk.office import Office
from desk.openings import record_opening
from desk.packs import Pack
from eventstore.database import Connection
from eventstore.records import Actor
from services.matching.domain.case import CASE, Status
from services.matching.projections import CASES
from services.matching.projections.case_texts import Part
from services.matching.queries.open_dates import derivation, open_dates, told
from services.matching.queries.sight import Sight, seen_by
from services.matching.schemas.queue import WorkListing

QUEUE: Final = ReadModel(
    subscription=CASES,
    key="case_id",
    columns=(
        "case_id", "proposal_id", "version", "status", "departments", "lead", "accompanied_by", "people", "opened_on",
        "last_contact_on", "silent", "flagged", "minutes_waiting", "minutes_objected", "outcome", "due_on",
    ),
    order="due_on",
)  # fmt: skip
SHOWN: Final = {Part.PROPOSAL: "title", Part.PROPOSER: "proposer_name", Part.RECEIPT_NUMBER: "receipt_number"}
"""Part of the opened texts → by which name it is told."""
SETTLED: Final = (Status.ANSWERED, Status.WITHDRAWN)
"""Where nobody waits for the city any more, but for what was promised."""


def listed(office: Office, wanted: WorkListing, actor: Actor, sight: Sight) -> dict[str, Any]:
    """A page of the queue, after it was recorded that the actor is shown what stands on it.

    sight: what the actor may see. Raises as `ReadModel.page` does, and `Unavailable`: then nothing is shown.
    """
    pack, today = office.pack(), office.today()
    page = sight.page(QUEUE, office, wanted, *sight.conditions, where=tuple(_conditions(wanted, pack)))
    case_ids = tuple(UUID(item["case_id"]) for item in page["items"])
    with office.database.connection() as connection:
        texts, dates = _texts(connection, case_ids), open_dates(connection, case_ids)
    if texts:
        record_opening(office, office.service, RecordsListed(category=CASE.category, record_ids=case_ids), actor)
    for case_id, item in zip(case_ids, page["items"], strict=True):
        contacted = date.fromisoformat(item["last_contact_on"])
        item |= {name: texts.get((case_id, part)) for part, name in SHOWN.items()}
        item["phase"] = phase.name if (phase := pack.phase_of(Status(item["status"]))) else None
        item["days_since_contact"] = (today - contacted).days
        item["dates"] = [
            told(one, pack, today) | ({"derivation": derivation(office, one)} if wanted.derivation else {})
            for one in dates.get(case_id, ())
        ]
        item["due_on"] = item["dates"][0]["due_on"] if item["dates"] else None
    return page


def _conditions(wanted: WorkListing, pack: Pack) -> Iterator[Composable]:
    if wanted.department is not None:
        yield seen_by(pack.department_codes(wanted.department))
    if wanted.status:
        yield SQL("status = ANY({}::text[])").format([str(status) for status in wanted.status])
    if wanted.due_before is not None:
        yield SQL("due_on < {}").format(wanted.due_before)
    if wanted.person is not None:
        yield SQL("people @> {}").format([wanted.person])
    for given, condition in (
        (wanted.silent, SQL("silent")),
        (wanted.flagged, SQL("flagged")),
        (wanted.orphaned, _orphaned(pack)),
        (wanted.minutes_waiting, SQL("minutes_waiting")),
        (wanted.minutes_objected, SQL("minutes_objected")),
    ):
        if given is not None:
            yield condition if given else SQL("NOT {}").format(condition)
    for word in wanted.search or ():
        yield _found(word)


def _orphaned(pack: Pack) -> Composable:
    """A department has it that the pack in force does not know, by no former code either."""
    known = {code for one in pack.departments for code in pack.department_codes(one)}
    return SQL("(NOT departments <@ {}::text[])").format(sorted(known))


def _found(word: str) -> Composable:
    """The word stands in one of the case's texts: found by its pairs of characters, then looked at."""
    return SQL(
        "EXISTS (SELECT FROM matching_case_texts AS texts WHERE texts.case_id = matching_cases.case_id"
        " AND texts.bigrams @> {}::text[] AND strpos(texts.searched, {}) > 0)"
    ).format(bigrams(word), word)


def _texts(connection: Connection, case_ids: Sequence[UUID]) -> Mapping[tuple[UUID, str], str]:
    rows = connection.execute(
        "SELECT case_id, part, shown FROM matching_case_texts WHERE case_id = ANY(%s)", (list(case_ids),)
    )
    return {(case_id, part): shown for case_id, part, shown in rows}


COUNTS: Final = SQL(
    "SELECT count(*) AS cases, count(*) FILTER (WHERE due_on < {today}) AS overdue,"
    " count(*) FILTER (WHERE due_on BETWEEN {today} AND {sunday}) AS due_this_week,"
    " count(*) FILTER (WHERE silent) AS silent, count(*) FILTER (WHERE flagged) AS flagged,"
    " count(*) FILTER (WHERE minutes_waiting) AS minutes_waiting,"
    " count(*) FILTER (WHERE minutes_objected) AS minutes_objected,"
    " count(*) FILTER (WHERE {orphaned}) AS orphaned, count(*) FILTER (WHERE departments = '{{}}' AND {open})"
    " AS without_department FROM matching_cases WHERE {seen}"
)
BY_STATUS: Final = SQL("SELECT status, count(*) FROM matching_cases WHERE {seen} GROUP BY status")
BY_DEPARTMENT: Final = SQL(
    "SELECT department, count(*) FROM matching_cases CROSS JOIN unnest(departments) AS department"
    " WHERE {open} AND {seen} GROUP BY department"
)


def counted(office: Office, *seen: Composable) -> dict[str, Any]:
    """How many cases there are and wait for what. seen: what there is for whoever asks."""
    pack, today = office.pack(), office.today()
    as_of = office.freshness.of(CASES)
    places = {
        "seen": SQL(" AND ").join((SQL("true"), *seen)),
        "today": today,
        "sunday": today + timedelta(days=7 - today.isoweekday()),
        "orphaned": _orphaned(pack),
        "open": SQL("status <> ALL({}::text[])").format([str(status) for status in SETTLED]),
    }
    with office.database.connection() as connection:
        counts = connection.cursor(row_factory=dict_row).execute(COUNTS.format(**places)).fetchone() or {}
        by_status = dict(connection.execute(BY_STATUS.format(**places)).fetchall())
        by_department = connection.execute(BY_DEPARTMENT.format(**places)).fetchall()
    return {
        **counts,
        "by_status": {str(status): by_status.get(status, 0) for status in Status if status is not Status.ABSENT},
        "by_department": _by_department(pack, by_department),
        "as_of": {"position": as_of.position, "behind": as_of.behind},
    }


def _by_department(pack: Pack, rows: Sequence[tuple[str, int]]) -> list[dict[str, Any]]:
    """Departments as the pack in force has them, in its order; those that it does not know after them."""
    counts: dict[str, int] = {}
    for code, count in rows:
        now = pack.department_now(code) or code
        counts[now] = counts.get(now, 0) + count
    known = [code for code in pack.departments if code in counts]
    return [{"department": code, "cases": counts[code]} for code in (*known, *sorted(counts.keys() - set(known)))]
