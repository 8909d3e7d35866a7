"""What can be asked of a register entry."""

from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias
from uuid import UUID

from services.intake.domain.register_entry.measure import Exclusions, Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterMeasure:
    """Enter a measure.

    exclusions: those of the pack in force. has_reason: whether a reason is stated. today: the legal day.
    """

    entry_id: UUID
    measure: Measure
    exclusions: Exclusions = field(repr=False)
    has_reason: bool
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectMeasure:
    """State the whole entry anew; the fields are those of `EnterMeasure`."""

    entry_id: UUID
    measure: Measure
    exclusions: Exclusions = field(repr=False)
    has_reason: bool
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftMeasure:
    """Lift a measure. today: the legal day on which it is recorded."""

    lifted_on: date
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginMeasure:
    """Note that the period has begun. today: the legal day; nothing follows before the first day."""

    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class EndMeasure:
    """Note that the period is over. today: the legal day; nothing follows up to the last day."""

    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteCandidate:
    """Name a proposal to a person who decides whether its proposer is the party."""

    proposal_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmCandidate:
    """Say that the proposer is the party."""

    proposal_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DismissCandidate:
    """Say that the proposer is another one."""

    proposal_id: UUID


PeriodCommand: TypeAlias = BeginMeasure | EndMeasure
CandidateCommand: TypeAlias = NoteCandidate | ConfirmCandidate | DismissCandidate
RegisterEntryCommand: TypeAlias = EnterMeasure | CorrectMeasure | LiftMeasure | PeriodCommand | CandidateCommand
