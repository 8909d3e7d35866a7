"""The deadlines of intake: those that end first stand first, and each explains how its date came about."""

from datetime import date
from typing import Any, Final

from desk.deadlines.streams import Status, deadline_rules
from desk.deadlines.streams_derived import explained_deadline
from desk.deadlines.streams_events import NAMES, NATURES
from desk.lists import ReadModel
from desk.office import Office
from desk.packs.codes import DeadlineCode, DeadlineNature
from eventstore.records import StreamId
from services.intake.projections import DEADLINES
from services.intake.schemas.deadlines import DeadlineListing

RULES: Final = deadline_rules("intake")
DEADLINE_LIST: Final = ReadModel(
    subscription=DEADLINES,
    key="deadline_id",
    columns=(
        "deadline_id", "version", "subject_category", "subject_id", "code", "nature", "status", "starts_on", "due_on",
        "met_on", "extensions",
    ),
    order="due_on",
)  # fmt: skip
COUNTING_DOWN: Final = (Status.RUNNING, Status.OVERDUE)


def listed(office: Office, wanted: DeadlineListing) -> dict[str, Any]:
    """A page of deadlines in the order of their dates."""
    page = DEADLINE_LIST.page(office, wanted, status=wanted.status, subject_id=wanted.subject_id)
    today = office.today()
    return {**page, "items": [{**item, **_told(item, today)} for item in page["items"]]}


def deadline(office: Office, stream: StreamId) -> dict[str, Any]:
    """A deadline with its derivation. Raises `NotFound` where there is none."""
    events = office.store.load(stream).events
    found = explained_deadline(office.rules, RULES, events)
    period = found.period
    item = {
        "deadline_id": str(stream.id),
        "version": events[-1].version,
        "subject_category": period.subject.category,
        "subject_id": str(period.subject.id),
        "code": period.code,
        "nature": period.nature,
        "status": period.status,
        "starts_on": period.starts_on.isoformat(),
        "due_on": period.due_on.isoformat(),
        "met_on": period.met_on and period.met_on.isoformat(),
        "extensions": period.extensions,
    }
    return {**item, **_told(item, office.today()), "derivation": list(found.derivation)}


def _told(item: dict[str, Any], today: date) -> dict[str, Any]:
    """What a reader is told beside the row: names, and how many days are left."""
    due_on = date.fromisoformat(item["due_on"])
    return {
        "name": NAMES[DeadlineCode(item["code"])],
        "nature_name": NATURES[DeadlineNature(item["nature"])],
        "days_left": (due_on - today).days if item["status"] in COUNTING_DOWN else None,
    }
