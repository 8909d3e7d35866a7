"""A case begins and ends with its proposal: opened, flagged, withdrawn."""

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias
from uuid import UUID

from services.matching.domain.event_types import EVENTS


@EVENTS.event(category="case", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOpened:
    """A proposal was accepted, and a department is to be found for it.

    proposal_id: the stream of the proposal in intake. opened_on: the legal day of the acceptance.
    """

    proposal_id: UUID
    opened_on: date


@EVENTS.event(category="case", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFlagged:
    """A measure in intake's registers concerns the proposer (N6): nothing is signed while the flag stands.

    entry_id: the register entry in intake. flagged_on: the legal day on which the proposal was flagged.
    """

    entry_id: UUID
    flagged_on: date


@EVENTS.event(category="case", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFlagCleared:
    """The flag of a register entry no longer stands. cleared_on: the legal day on which the proposal's was cleared."""

    entry_id: UUID
    cleared_on: date


@EVENTS.event(category="case", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class CaseWithdrawn:
    """The proposer withdrew the proposal after it was accepted (取下げ): nothing more is to be done about it.

    withdrawn_on: the legal day of the withdrawal.
    """

    withdrawn_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase:
    """Open the case of an accepted proposal."""

    proposal_id: UUID
    opened_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagCase:
    """Flag a case as its proposal was."""

    entry_id: UUID
    flagged_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearCaseFlag:
    """Clear a flag as the proposal's was."""

    entry_id: UUID
    cleared_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawCase:
    """Withdraw a case as its proposal was."""

    withdrawn_on: date


OpeningEvent: TypeAlias = CaseOpened | CaseFlagged | CaseFlagCleared | CaseWithdrawn
OpeningCommand: TypeAlias = OpenCase | FlagCase | ClearCaseFlag | WithdrawCase
