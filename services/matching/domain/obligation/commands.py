"""What may be asked of an obligation."""

from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias
from uuid import UUID

from services.matching.domain.case import Case
from services.matching.domain.case.dialogue import Side
from services.matching.domain.obligation.events import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class UndertakeObligation:
    """Promise something by a day, which is not before `today`. The other fields are those of the event.

    case: as it stands. in_charge: the departments that have it, by their codes of today.
    """

    case_id: UUID
    case: Case
    in_charge: frozenset[str]
    today: date
    side: Side
    kind: Kind
    department: str | None
    undertaken_on: date
    due_on: date
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeObligationDue:
    """Agree on another day, which is not before `today`."""

    due_on: date
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ReassignObligation:
    """Let another of the city's departments keep it. in_charge: those that have the case, by their codes of today."""

    department: str
    in_charge: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FulfilObligation:
    """Record that it was done."""

    fulfilled_on: date
    note: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseObligation:
    """Owe it no more."""

    released_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseWithCase:
    """Owe it no more, because its case has ended."""

    ended_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteObligationOverdue:
    """Note that its day has passed, if it has by `today`."""

    today: date


ByItself: TypeAlias = ReleaseWithCase | NoteObligationOverdue
"""What follows from an event or a timer: where nothing is owed nothing follows, and no one hears."""
ByPerson: TypeAlias = ChangeObligationDue | ReassignObligation | FulfilObligation | ReleaseObligation
ObligationCommand: TypeAlias = UndertakeObligation | ByPerson | ByItself
