"""A case (案件): what becomes of one accepted proposal, from the search for a department to the answer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum, unique
from typing import Final, TypeAlias, assert_never
from uuid import UUID

from eventstore.decider import Decider
from services.matching.domain.event_types import EVENTS


@unique
class Status(StrEnum):
    """Where a case stands."""

    ABSENT = "absent"
    UNASSIGNED = "unassigned"
    WITHDRAWN = "withdrawn"


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


CaseEvent: TypeAlias = CaseOpened | CaseFlagged | CaseFlagCleared | CaseWithdrawn


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


CaseCommand: TypeAlias = OpenCase | FlagCase | ClearCaseFlag | WithdrawCase


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What later decisions need to know of a case.

    flags: the register entries that concern its proposer. While any stands, nothing may be signed: whoever signs an
    agreement reads them here.
    """

    status: Status = Status.ABSENT
    proposal_id: UUID | None = None
    opened_on: date | None = None
    withdrawn_on: date | None = None
    flags: frozenset[UUID] = frozenset()


def decide(command: CaseCommand, case: Case) -> Sequence[CaseEvent]:
    """The events that follow from a command; none where it was already so."""
    match command:
        case OpenCase():
            return _open(command, case)
        case FlagCase():
            return _flag(command, case)
        case ClearCaseFlag():
            return _clear(command, case)
        case WithdrawCase():
            return _withdraw(command, case)
        case _:
            assert_never(command)


def _open(command: OpenCase, case: Case) -> Sequence[CaseEvent]:
    if case.status is not Status.ABSENT:
        return []
    return [CaseOpened(proposal_id=command.proposal_id, opened_on=command.opened_on)]


def _flag(command: FlagCase, case: Case) -> Sequence[CaseEvent]:
    """A case that is not open yet is told when it opens; nothing is signed any more in one that was withdrawn."""
    if case.status is not Status.UNASSIGNED or command.entry_id in case.flags:
        return []
    return [CaseFlagged(entry_id=command.entry_id, flagged_on=command.flagged_on)]


def _clear(command: ClearCaseFlag, case: Case) -> Sequence[CaseEvent]:
    if command.entry_id not in case.flags:
        return []
    return [CaseFlagCleared(entry_id=command.entry_id, cleared_on=command.cleared_on)]


def _withdraw(command: WithdrawCase, case: Case) -> Sequence[CaseEvent]:
    """A case that is not open yet is told when it opens."""
    if case.status is not Status.UNASSIGNED:
        return []
    return [CaseWithdrawn(withdrawn_on=command.withdrawn_on)]


def evolve(case: Case, event: CaseEvent) -> Case:
    """The case after an event."""
    match event:
        case CaseOpened():
            return replace(case, status=Status.UNASSIGNED, proposal_id=event.proposal_id, opened_on=event.opened_on)
        case CaseFlagged():
            return replace(case, flags=case.flags | {event.entry_id})
        case CaseFlagCleared():
            return replace(case, flags=case.flags - {event.entry_id})
        case CaseWithdrawn():
            return replace(case, status=Status.WITHDRAWN, withdrawn_on=event.withdrawn_on)
        case _:
            assert_never(event)


CASE: Final = Decider(category="case", initial=Case(), decide=decide, evolve=evolve)
