"""Members of staff, as administration's record says today: where they are, and in which roles they act."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from desk.foreign import reading
from desk.packs import Pack
from eventstore.errors import Refusal
from eventstore.records import StreamId
from eventstore.store import EventStore

CATEGORY: Final = "staff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """What is read of administration's `StaffRegistered` and `StaffRolesChanged`."""

    department: str
    roles: tuple[str, ...]


READS: Final = {"StaffRegistered": reading(Placed), "StaffRolesChanged": reading(Placed)}


class ColleagueUnknown(Refusal):
    """Nobody is registered under this id, or the person acts no more."""

    code = "colleague_unknown"
    sentence = "この職員は登録されていないか、いまは役割がありません。"


class ColleagueElsewhere(Refusal):
    """Whoever accompanies a case or stands in sees it: of the desk, or of a department that has it."""

    code = "colleague_elsewhere"
    sentence = "この職員は、この案件を見ることができません。デスクの職員か、担当する部署の職員を指定してください。"


def colleague(store: EventStore, staff_id: UUID) -> Placed | None:
    """Where a member of staff is now, None for nobody."""
    placed = None
    for recorded in store.load_fields(StreamId(CATEGORY, staff_id)):
        if recorded.type in READS:
            placed = READS[recorded.type](recorded.event)
    return placed


def require_colleague(store: EventStore, staff_id: UUID) -> Placed:
    """Where whoever can be given something to do is now. Raises `ColleagueUnknown`."""
    found = colleague(store, staff_id)
    if found is None or not found.roles:
        raise ColleagueUnknown
    return found


def departments_of(store: EventStore, staff_id: UUID, pack: Pack) -> frozenset[str]:
    """The codes of a person's department, today's and those that it had under earlier packs; none for nobody."""
    found = colleague(store, staff_id)
    return pack.department_codes(found.department) if found else frozenset()
