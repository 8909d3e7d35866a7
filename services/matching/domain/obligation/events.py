"""What happens to an obligation (約束): one stream for each, of the city's as of the proposer's."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum, unique
from typing import TypeAlias
from uuid import UUID

from eventstore.protection import Business, Public
from services.matching.domain.case.dialogue import Side
from services.matching.domain.event_types import EVENTS


@unique
class Kind(StrEnum):
    """What is owed: of the city the support that it can give (S48 to S52), of either side anything else."""

    FIELD = "field"
    DATA = "data"
    PUBLICITY = "publicity"
    REGULATION_REVIEW = "regulation_review"
    BASE = "base"
    OTHER = "other"


@EVENTS.event(category="obligation", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationUndertaken:
    """A side promised something by a day. department: which of the city's departments, None for the proposer."""

    case_id: UUID
    side: Side
    kind: Kind
    department: Public[str | None]
    undertaken_on: date
    due_on: date
    text: Business[str]


@EVENTS.event(category="obligation", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationDueChanged:
    """Both sides agreed on another day; why is the record's reason."""

    due_on: date
    previously_due_on: date


@EVENTS.event(category="obligation", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationReassigned:
    """Another of the city's departments keeps the promise from now on; why is the record's reason."""

    department: Public[str]
    previously: Public[str]


@EVENTS.event(category="obligation", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationFulfilled:
    """It was done on that day, in time or late. note: what was done."""

    fulfilled_on: date
    note: Business[str | None]


@EVENTS.event(category="obligation", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationReleased:
    """It is owed no more; why is the record's reason, or the withdrawal of the proposal."""

    released_on: date


@EVENTS.event(category="obligation", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationOverdue:
    """The day has passed, and it was not done; noted once for each day that it was due on."""

    due_on: date


ObligationEvent: TypeAlias = (
    ObligationUndertaken
    | ObligationDueChanged
    | ObligationReassigned
    | ObligationFulfilled
    | ObligationReleased
    | ObligationOverdue
)
