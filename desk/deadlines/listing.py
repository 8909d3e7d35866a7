"""The deadlines of a service as they are told: those that end first stand first, and each explains its date."""

from datetime import date
from functools import cache
from typing import Any, Final

from desk.deadlines.following import deadline_list
from desk.deadlines.forms import DeadlineListing
from desk.deadlines.streams import Status, deadline_rules
from desk.deadlines.streams_derived import explained_deadline
from desk.deadlines.streams_events import NAMES, NATURES
from desk.lists import ReadModel
from desk.office import Office
from desk.packs.codes import DeadlineCode, DeadlineNature
from eventstore.records import StreamId

COLUMNS: Final = (
    "deadline_id", "version", "subject_category", "subject_id", "code", "nature", "status", "starts_on", "due_on",
    "met_on", "extensions",
)  # fmt: skip
COUNTING_DOWN: Final = (Status.RUNNING, Status.OVERDUE)


def listed(office: Office, wanted: DeadlineListing) -> dict[str, Any]:
    """A page of the service's deadlines in the order of their dates."""
    page = _read_model(office.service).page(office, wanted, status=wanted.status, subject_id=wanted.subject_id)
    today = office.today()
    return {**page, "items": [{**item, **_told(item, today)} for item in page["items"]]}


def deadline(office: Office, given: object) -> dict[str, Any]:
    """A deadline with its derivation. given: its id. Raises `NotFound` where there is none."""
    rules = deadline_rules(office.service)
    stream = StreamId.sought(rules.category, given)
    events = office.store.load(stream).events
    found = explained_deadline(office.rules, rules, events)
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


@cache
def _read_model(service: str) -> ReadModel:
    return ReadModel(subscription=deadline_list(service), key="deadline_id", columns=COLUMNS, order="due_on")


def _told(item: dict[str, Any], today: date) -> dict[str, Any]:
    """What a reader is told beside the row: names, and how many days are left."""
    due_on = date.fromisoformat(item["due_on"])
    return {
        "name": NAMES[DeadlineCode(item["code"])],
        "nature_name": NATURES[DeadlineNature(item["nature"])],
        "days_left": (due_on - today).days if item["status"] in COUNTING_DOWN else None,
    }
