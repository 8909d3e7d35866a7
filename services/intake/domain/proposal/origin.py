"""What a proposal was made from: an inquiry (相談) or, by a split, another proposal."""

from dataclasses import dataclass
from enum import StrEnum, unique
from uuid import UUID

from services.intake.domain.event_types import EVENTS


@unique
class Origin(StrEnum):
    """What a proposal was made from, where it did not come by itself."""

    INQUIRY = "inquiry"
    SPLIT = "split"


@EVENTS.event(category="proposal", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalDerived:
    """What a proposal was made from: an inquiry (相談) or, by a split, another proposal; origin_id: that one's id."""

    origin: Origin
    origin_id: UUID
