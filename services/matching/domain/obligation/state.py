"""Where an obligation stands, and what its events make of it."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum, unique
from typing import assert_never
from uuid import UUID

from services.matching.domain.case.dialogue import Side
from services.matching.domain.obligation.events import (
    ObligationDueChanged,
    ObligationEvent,
    ObligationFulfilled,
    ObligationOverdue,
    ObligationReassigned,
    ObligationReleased,
    ObligationUndertaken,
)


@unique
class Status(StrEnum):
    """Where an obligation stands; the first two are open."""

    ABSENT = "absent"
    OWED = "owed"
    OVERDUE = "overdue"
    FULFILLED = "fulfilled"
    RELEASED = "released"


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """What later decisions need to know of an obligation."""

    status: Status = Status.ABSENT
    case_id: UUID | None = None
    side: Side = Side.CITY
    department: str | None = None
    undertaken_on: date = date.min
    due_on: date = date.min

    @property
    def is_open(self) -> bool:
        """Whether it is still owed."""
        return self.status in (Status.OWED, Status.OVERDUE)


def evolve(obligation: Obligation, event: ObligationEvent) -> Obligation:
    """The obligation after an event."""
    match event:
        case ObligationUndertaken():
            return Obligation(
                status=Status.OWED,
                case_id=event.case_id,
                side=event.side,
                department=event.department,
                undertaken_on=event.undertaken_on,
                due_on=event.due_on,
            )
        case ObligationDueChanged():
            return replace(obligation, status=Status.OWED, due_on=event.due_on)
        case ObligationReassigned():
            return replace(obligation, department=event.department)
        case ObligationFulfilled():
            return replace(obligation, status=Status.FULFILLED)
        case ObligationReleased():
            return replace(obligation, status=Status.RELEASED)
        case ObligationOverdue():
            return replace(obligation, status=Status.OVERDUE)
        case _:
            assert_never(event)
