"""Statistics from the log: how departments answered, how long cases took, how either side kept its promises."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

from psycopg.rows import dict_row
from psycopg.sql import SQL, Composed

from desk.figures import Labels, T, told
from desk.office import Office
from desk.packs import Pack
from eventstore.database import Connection
from eventstore.following.freshness import AsOf
from services.matching.domain.case import Status
from services.matching.domain.case.dialogue import Side
from services.matching.domain.case.feasibility import Outcome
from services.matching.domain.case.state import Standing
from services.matching.domain.counted import Asking, Promise, Pursuit
from services.matching.domain.figures import ASKINGS, OPEN, PROMISES, PURSUITS, Counting, Figure, Silence
from services.matching.domain.obligation import Status as ObligationStatus
from services.matching.projections import CASES, OBLIGATIONS, STATISTICS
from services.matching.projections.case_sentences import OUTCOMES
from services.matching.projections.obligation_sentences import SIDES
from services.matching.schemas.statistics import StatisticsWanted

STATUSES: Final[Labels] = {
    Status.UNASSIGNED: "担当課を探している",
    Status.OFFERED: "担当課に打診中",
    Status.TAKEN: "担当課が決定",
    Status.IN_DIALOGUE: "対話中",
    Status.AGREED: "目標に合意",
    Status.DECIDED: "可否を決定",
    Status.ANSWERED: "回答済み",
    Status.KEPT: "時期を改めて検討",
    Status.WITHDRAWN: "取下げ",
}
LEAD_OFFERS: Final[Labels] = {"0": "打診していない", "1": "1回", "2": "2回", "3": "3回以上"}
SILENCES: Final[Labels] = {
    Silence.NEVER: "途絶えたことがない",
    Silence.BEFORE: "途絶えたことがある",
    Silence.NOW: "今、途絶えている",
}
DECISIONS: Final[Labels] = {OPEN: "未決定", **OUTCOMES}
OF_CASES: Final[Mapping[Figure, Labels]] = {
    Figure.CASES_BY_STATUS: STATUSES,
    Figure.CASES_BY_LEAD_OFFERS: LEAD_OFFERS,
    Figure.CASES_BY_SILENCE: SILENCES,
}
"""Figure of cases → what its codes are called; those of the others are decisions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """All that is counted."""

    askings: Sequence[Asking]
    pursuits: Sequence[Pursuit]
    promises: Sequence[Promise]


def statistics_of(office: Office, wanted: StatisticsWanted) -> dict[str, Any]:
    """`figures`, each with `code`, `question` and `rows` (`code`, `label`, `count`, `median_days`, `ninetieth_days`,
    `waiting`), and `as_of`: how much of the log all of them show."""
    as_of = _shown_by_all(office)
    pack = office.pack()
    found = _found(office, wanted, pack)
    figures = [_told(figure, found, pack) for figure in Figure if not wanted.by or figure in wanted.by]
    return {"figures": figures, "as_of": asdict(as_of)}


def _shown_by_all(office: Office) -> AsOf:
    """How far the list is that is furthest behind."""
    return min((office.freshness.of(one) for one in (STATISTICS, CASES, OBLIGATIONS)), key=lambda one: one.position)


def _told(figure: Figure, found: Found, pack: Pack) -> dict[str, Any]:
    if figure in ASKINGS:
        departments = {str(code): one.name for code, one in pack.departments.items()}
        return _figure(figure, ASKINGS[figure], found.askings, departments)
    if figure in PURSUITS:
        return _figure(figure, PURSUITS[figure], found.pursuits, OF_CASES.get(figure, DECISIONS))
    return _figure(figure, PROMISES[figure], found.promises, SIDES)


def _figure(figure: Figure, counting: Counting[T], found: Iterable[T], labels: Labels) -> dict[str, Any]:
    return told(figure, counting.question, counting.numbers(found, list(labels)), labels)


def _found(office: Office, wanted: StatisticsWanted, pack: Pack) -> Found:
    """Everything that began in the period, as of one moment."""
    today = office.today()
    with office.database.connection() as connection, connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return Found(
            askings=[_asking(row, pack, today) for row in _rows(connection, ASKED, wanted)],
            pursuits=[_pursuit(row) for row in _rows(connection, PURSUED, wanted)],
            promises=[_promise(row) for row in _rows(connection, PROMISED, wanted)],
        )


def _asking(row: Mapping[str, Any], pack: Pack, today: date) -> Asking:
    """A department counts under its code of today (組織改正)."""
    department = pack.department_now(row["department"]) or row["department"]
    return Asking(**{**row, "department": department, "standing": Standing(row["standing"]), "today": today})


def _pursuit(row: Mapping[str, Any]) -> Pursuit:
    outcome = None if row["outcome"] is None else Outcome(row["outcome"])
    return Pursuit(**{**row, "status": Status(row["status"]), "outcome": outcome})


def _promise(row: Mapping[str, Any]) -> Promise:
    return Promise(**{**row, "side": Side(row["side"]), "status": ObligationStatus(row["status"])})


PERIOD: Final = SQL("BETWEEN coalesce(%(begun_from)s::date, '-infinity') AND coalesce(%(begun_to)s::date, 'infinity')")
ASKED: Final = SQL(
    "SELECT department, standing, is_awaited, offered_on, due_on, answered_on FROM matching_offer_statistics"
    " WHERE offered_on {}"
).format(PERIOD)
PURSUED: Final = SQL(
    "SELECT status, outcome, opened_on, decided_on, answered_on, lead_offers, silences, silent"
    " FROM matching_case_statistics JOIN matching_cases USING (case_id, opened_on) WHERE opened_on {}"
).format(PERIOD)
PROMISED: Final = SQL(
    "SELECT side, status, due_on, fulfilled_on FROM matching_obligations WHERE undertaken_on {}"
).format(PERIOD)


def _rows(connection: Connection, statement: Composed, wanted: StatisticsWanted) -> list[dict[str, Any]]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(statement, asdict(wanted)).fetchall()
