"""What happens to an obligation (約束): one stream for each, of the city's as of the proposer's."""

from collections.abc import Sequence
from typing import Final, assert_never

from eventstore.decider import Decider
from eventstore.errors import NotFound
from eventstore.protection import Sealed
from services.matching.domain.case import Case
from services.matching.domain.case.dialogue import Side
from services.matching.domain.case.feasibility import Outcome
from services.matching.domain.case.people import NotInCharge
from services.matching.domain.case.status import PURSUED, REFUSALS
from services.matching.domain.obligation.commands import (
    ByItself,
    ByPerson,
    ChangeObligationDue,
    FulfilObligation,
    NoteObligationOverdue,
    ObligationCommand,
    ReassignObligation,
    ReleaseObligation,
    ReleaseWithCase,
    UndertakeObligation,
)
from services.matching.domain.obligation.events import (
    Kind,
    ObligationDueChanged,
    ObligationEvent,
    ObligationFulfilled,
    ObligationOverdue,
    ObligationReassigned,
    ObligationReleased,
    ObligationUndertaken,
)
from services.matching.domain.obligation.refusals import (
    DueInThePast,
    FulfilledBeforeUndertaken,
    ObligationSettled,
    SideUnfit,
)
from services.matching.domain.obligation.state import Obligation, Status, evolve


def binds(case: Case) -> bool:
    """Whether sides of a case can owe each other anything: not once it was withdrawn, or answered with a no."""
    is_refused = case.decided is not None and case.decided.is_answered and case.decided.outcome is Outcome.NO
    return case.status in PURSUED and not is_refused


def decide(command: ObligationCommand, obligation: Obligation) -> Sequence[ObligationEvent]:
    """The events that follow from a command; none where it was already so."""
    match command:
        case UndertakeObligation():
            return _undertake(command, obligation)
        case ReleaseWithCase() | NoteObligationOverdue():
            return _by_itself(command, obligation) if obligation.is_open else []
        case ChangeObligationDue() | ReassignObligation() | FulfilObligation() | ReleaseObligation():
            return _by_person(command, obligation)
        case _:
            assert_never(command)


def _undertake(command: UndertakeObligation, obligation: Obligation) -> Sequence[ObligationEvent]:
    if obligation.status is not Status.ABSENT:
        return []
    _require_fit(command)
    return [
        ObligationUndertaken(
            case_id=command.case_id,
            side=command.side,
            kind=command.kind,
            department=command.department,
            undertaken_on=command.undertaken_on,
            due_on=command.due_on,
            text=Sealed(command.text),
        )
    ]


def _require_fit(command: UndertakeObligation) -> None:
    if command.case.opened_on is None:
        raise NotFound
    if not binds(command.case):
        raise REFUSALS[command.case.status]
    if command.due_on < command.today:
        raise DueInThePast
    is_citys = command.side is Side.CITY
    if is_citys != (command.department is not None) or (not is_citys and command.kind is not Kind.OTHER):
        raise SideUnfit
    if command.department is not None and command.department not in command.in_charge:
        raise NotInCharge


def _by_itself(command: ByItself, obligation: Obligation) -> Sequence[ObligationEvent]:
    match command:
        case ReleaseWithCase():
            return [ObligationReleased(released_on=max(command.ended_on, obligation.undertaken_on))]
        case NoteObligationOverdue():
            is_late = obligation.status is Status.OWED and obligation.due_on < command.today
            return [ObligationOverdue(due_on=obligation.due_on)] if is_late else []
        case _:
            assert_never(command)


def _by_person(command: ByPerson, obligation: Obligation) -> Sequence[ObligationEvent]:
    if obligation.status is Status.ABSENT:
        raise NotFound
    if isinstance(command, ReleaseObligation) and obligation.status is Status.RELEASED:
        return []
    if not obligation.is_open:
        raise ObligationSettled
    match command:
        case ReleaseObligation():
            return [ObligationReleased(released_on=command.released_on)]
        case FulfilObligation():
            return _fulfil(command, obligation)
        case ChangeObligationDue():
            return _change_due(command, obligation)
        case ReassignObligation():
            return _reassign(command, obligation)
        case _:
            assert_never(command)


def _fulfil(command: FulfilObligation, obligation: Obligation) -> Sequence[ObligationEvent]:
    if command.fulfilled_on < obligation.undertaken_on:
        raise FulfilledBeforeUndertaken
    return [ObligationFulfilled(fulfilled_on=command.fulfilled_on, note=Sealed(command.note))]


def _change_due(command: ChangeObligationDue, obligation: Obligation) -> Sequence[ObligationEvent]:
    if command.due_on == obligation.due_on:
        return []
    if command.due_on < command.today:
        raise DueInThePast
    return [ObligationDueChanged(due_on=command.due_on, previously_due_on=obligation.due_on)]


def _reassign(command: ReassignObligation, obligation: Obligation) -> Sequence[ObligationEvent]:
    """From whom it was to one that has the case; what the proposer promised is no department's."""
    if obligation.department is None:
        raise SideUnfit
    if command.department == obligation.department:
        return []
    if command.department not in command.in_charge:
        raise NotInCharge
    return [ObligationReassigned(department=command.department, previously=obligation.department)]


OBLIGATION: Final = Decider(category="obligation", initial=Obligation(), decide=decide, evolve=evolve)
