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


@EVENTS.event(category="case", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOpened:
    """A proposal was accepted, and a department is to be found for it.

    proposal_id: the stream of the proposal in intake. opened_on: the legal day of the acceptance.
    """

    proposal_id: UUID
    opened_on: date


CaseEvent: TypeAlias = CaseOpened


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase:
    """Open the case of an accepted proposal."""

    proposal_id: UUID
    opened_on: date


CaseCommand: TypeAlias = OpenCase


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What later decisions need to know of a case."""

    status: Status = Status.ABSENT
    proposal_id: UUID | None = None
    opened_on: date | None = None


def decide(command: CaseCommand, case: Case) -> Sequence[CaseEvent]:
    """The events that follow from a command; none where it was already so."""
    match command:
        case OpenCase():
            return _open(command, case)
        case _:
            assert_never(command)


def _open(command: OpenCase, case: Case) -> Sequence[CaseEvent]:
    if case.status is not Status.ABSENT:
        return []
    return [CaseOpened(proposal_id=command.proposal_id, opened_on=command.opened_on)]


def evolve(case: Case, event: CaseEvent) -> Case:
    """The case after an event."""
    match event:
        case CaseOpened():
            return replace(case, status=Status.UNASSIGNED, proposal_id=event.proposal_id, opened_on=event.opened_on)
        case _:
            assert_never(event)


CASE: Final = Decider(category="case", initial=Case(), decide=decide, evolve=evolve)
