"""The dates that are open for cases, soonest first, and how each came about (N12)."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID

from desk.deadlines import elsewhere
from desk.deadlines.streams import deadline_rules
from desk.deadlines.streams_derived import explained_deadline
from desk.deadlines.streams_events import NAMES as DEADLINE_NAMES
from desk.deadlines.streams_events import deadline_category
from desk.office import Office
from desk.packs import Pack
from desk.wareki import wareki
from eventstore.database import Connection
from eventstore.records import Recorded, StreamId
from services.matching.domain.case import CASE
from services.matching.domain.case.feasibility import FeasibilityDecided
from services.matching.domain.obligation import OBLIGATION
from services.matching.domain.obligation.events import ObligationDueChanged, ObligationUndertaken
from services.matching.projections.case_dates import KEPT_UNTIL, PROMISES
from services.matching.projections.obligation_sentences import SIDES

NAMES: Final[Mapping[str, str]] = {
    **{str(code): name for code, name in DEADLINE_NAMES.items()},
    **{kind: f"{SIDES[side]}の約束" for side, kind in PROMISES.items()},
    KEPT_UNTIL: "検討の再開",
}
"""What each kind of date is for, as a clerk reads it."""


class OpenDate(NamedTuple):
    """A date of a case. department: the one that is to do something by it. source: the stream that tells it."""

    case_id: UUID
    kind: str
    due_on: date
    department: str | None
    source: StreamId


def open_dates(connection: Connection, case_ids: Collection[UUID]) -> Mapping[UUID, Sequence[OpenDate]]:
    """Case → its open dates, soonest first; of a deadline whose clock stands there is none."""
    rows = connection.execute(
        "SELECT cases.case_id, dates.kind, dates.due_on, dates.department, dates.source, dates.source_id"
        " FROM matching_cases AS cases"
        " JOIN matching_dates AS dates ON dates.subject_id IN (cases.case_id, cases.proposal_id) AND NOT dates.paused"
        " WHERE cases.case_id = ANY(%s) ORDER BY dates.due_on, dates.kind, dates.source_id",
        (list(case_ids),),
    )
    found: dict[UUID, list[OpenDate]] = {}
    for case_id, kind, due_on, department, source, source_id in rows:
        one = OpenDate(case_id, kind, due_on, department, StreamId(source, source_id))
        found.setdefault(case_id, []).append(one)
    return found


def told(one: OpenDate, pack: Pack, today: date) -> dict[str, Any]:
    """A date as it is told on a day, with its department by the pack in force, and without its derivation."""
    now = pack.department_now(one.department) if one.department else None
    return {
        "kind": one.kind,
        "name": NAMES[one.kind],
        "department": now or one.department,
        "department_name": pack.departments[now].name if now else None,
        "due_on": one.due_on.isoformat(),
        "days_left": (one.due_on - today).days,
        "source": str(one.source),
    }


def derivation(office: Office, one: OpenDate) -> list[str]:
    """How a date came about, a sentence for each step, from the log."""
    return list(DERIVED[one.source.category](office, one.source))


def _of_own_deadline(office: Office, stream: StreamId) -> Sequence[str]:
    return _of_deadline(office, stream, office.store.load_closed(stream))


def _of_foreign_deadline(office: Office, stream: StreamId) -> Sequence[str]:
    told = office.store.load_fields(stream)
    return _of_deadline(office, stream, [one._replace(event=elsewhere.READS[one.type](one.event)) for one in told])


def _of_deadline(office: Office, stream: StreamId, events: Sequence[Recorded]) -> Sequence[str]:
    rules = deadline_rules(stream.category.removesuffix("_deadline"))
    return explained_deadline(office.rules, rules, events).derivation


def _of_promise(office: Office, stream: StreamId) -> Sequence[str]:
    sentences: list[str] = []
    for one in office.store.load_closed(stream):
        match one.event:
            case ObligationUndertaken(side=side, undertaken_on=day, due_on=due_on):
                sentences.append(f"{wareki(day)}に、{SIDES[side]}が{wareki(due_on)}までと約束しました。")
            case ObligationDueChanged(previously_due_on=before, due_on=due_on):
                sentences.append(f"期日を{wareki(before)}から{wareki(due_on)}に変更しました。")
    return sentences


def _of_decision(office: Office, stream: StreamId) -> Sequence[str]:
    """By the last decision to wait: the row may be behind one that was decided anew."""
    kept = [
        (decided.decided_on, decided.kept_until)
        for decided in (one.event for one in office.store.load_closed(stream))
        if isinstance(decided, FeasibilityDecided) and decided.kept_until is not None
    ]
    return [f"{wareki(on)}に、{wareki(until)}まで検討を待つと決定しました。" for on, until in kept[-1:]]


DERIVED: Final[Mapping[str, Callable[[Office, StreamId], Sequence[str]]]] = {
    deadline_category("matching"): _of_own_deadline,
    deadline_category("intake"): _of_foreign_deadline,
    OBLIGATION.category: _of_promise,
    CASE.category: _of_decision,
}
"""Category of the stream that tells a date → how it came about."""
