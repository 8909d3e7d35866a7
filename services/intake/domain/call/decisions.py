"""What follows from a command to a call, judged by the schedule at the command's instant, not by a timer's zeal."""

from collections.abc import Mapping, Sequence
from typing import Final, assert_never

from eventstore.decider import Decider
from eventstore.errors import NotFound
from services.intake.domain.call import ideas, preparing, questions
from services.intake.domain.call.commands import (
    AnswerCall,
    AnswerIdeaUse,
    AnswerQuestion,
    ArchiveCall,
    AskQuestion,
    CallCommand,
    CloseCall,
    DraftCall,
    ExtendCall,
    OpenCall,
    RequestIdeaUse,
    ReviseCall,
    ScheduleCall,
)
from services.intake.domain.call.events import (
    Aim,
    CallAnswered,
    CallArchived,
    CallClosed,
    CallEvent,
    CallExtended,
    CallOpened,
    Outcome,
)
from services.intake.domain.call.refusals import (
    CallAlreadyDrafted,
    CallSelectsNobody,
    ExtensionNotLater,
    ProposalNotOfCall,
    SelectedProposalNotPursued,
    standing_otherwise,
)
from services.intake.domain.call.state import Call, Standing, evolve

WHEN: Final[Mapping[type[CallCommand], frozenset[Standing]]] = {
    DraftCall: frozenset({Standing.ABSENT}),
    ReviseCall: frozenset({Standing.DRAFTED, Standing.SCHEDULED}),
    ScheduleCall: frozenset({Standing.DRAFTED, Standing.SCHEDULED}),
    OpenCall: frozenset(Standing) - {Standing.ABSENT},
    ExtendCall: frozenset({Standing.OPEN}),
    CloseCall: frozenset(Standing) - {Standing.ABSENT},
    AnswerCall: frozenset({Standing.CLOSED}),
    ArchiveCall: frozenset({Standing.ANSWERED, Standing.ARCHIVED}),
    AskQuestion: frozenset({Standing.OPEN}),
    AnswerQuestion: frozenset({Standing.OPEN, Standing.CLOSED}),
    RequestIdeaUse: frozenset({Standing.DRAFTED, Standing.SCHEDULED}),
    AnswerIdeaUse: frozenset(Standing) - {Standing.ABSENT},
}
"""Where a call has to stand for a command; everywhere else the command is refused with the standing's own code.

To open and to close are a timer's, which may be older than the stream: what is not so any more leads to nothing.
"""


def decide(command: CallCommand, call: Call) -> Sequence[CallEvent]:
    """The events that follow from a command; none where it was already so, or where it is not time yet.

    Raises `NotFound` for what was never drafted, and a refusal of its own for each standing that does not allow it.
    """
    _require_standing(command, call)
    match command:
        case DraftCall() | ReviseCall() | ScheduleCall():
            return preparing.decide(command, call)
        case OpenCall() | ExtendCall() | CloseCall() | AnswerCall() | ArchiveCall():
            return _go_on(command, call)
        case AskQuestion() | AnswerQuestion():
            return questions.decide(command, call)
        case RequestIdeaUse() | AnswerIdeaUse():
            return ideas.decide(command, call)
        case _:
            assert_never(command)


def _require_standing(command: CallCommand, call: Call) -> None:
    standing = _standing(command, call)
    if standing in WHEN[type(command)]:
        return
    if isinstance(command, DraftCall):
        raise CallAlreadyDrafted
    if isinstance(command, AskQuestion) and standing in questions.NOT_PUBLIC:
        standing = Standing.ABSENT
    elif standing is Standing.ABSENT:
        raise NotFound
    raise standing_otherwise(standing)


def _standing(command: CallCommand, call: Call) -> Standing:
    """Where the call stands for a command: at its instant, or as recorded for what has to follow a record."""
    match command:
        case AskQuestion():
            return questions.standing(command.at, call)
        case ReviseCall() | ScheduleCall() | ExtendCall() | AnswerQuestion() | RequestIdeaUse():
            return call.standing(command.at)
        case _:
            return call.recorded


def _go_on(command: OpenCall | ExtendCall | CloseCall | AnswerCall | ArchiveCall, call: Call) -> Sequence[CallEvent]:
    match command:
        case OpenCall():
            return _open(command, call)
        case ExtendCall():
            return _extend(command, call)
        case CloseCall():
            return _close(command, call)
        case AnswerCall():
            return _answer(command, call)
        case ArchiveCall() if call.recorded is Standing.ARCHIVED:
            return []
        case ArchiveCall():
            return [CallArchived(archived_on=command.archived_on)]
        case _:
            assert_never(command)


def _open(command: OpenCall, call: Call) -> Sequence[CallEvent]:
    draft, schedule = call.draft, call.schedule
    if call.recorded is not Standing.SCHEDULED or not draft or not schedule or command.at < schedule.opens_at:
        return []
    return [
        CallOpened(
            aim=draft.aim.reveal(),
            department=draft.department.reveal(),
            purposes=draft.purposes.reveal(),
            subjects=draft.subjects.reveal(),
            title=draft.title.reveal(),
            issue=draft.issue.reveal(),
            conditions=draft.conditions.reveal(),
            opens_at=schedule.opens_at,
            closes_at=schedule.closes_at,
        )
    ]


def _extend(command: ExtendCall, call: Call) -> Sequence[CallEvent]:
    if call.schedule and command.closes_at == call.schedule.closes_at:
        return []
    if call.schedule and command.closes_at < call.schedule.closes_at:
        raise ExtensionNotLater
    return [CallExtended(closes_at=command.closes_at, explanation=command.explanation)]


def _close(command: CloseCall, call: Call) -> Sequence[CallEvent]:
    """Closes it; where nobody had recorded that it opened, that comes first."""
    is_due = call.schedule and command.at >= call.schedule.closes_at
    if not is_due or not call.schedule or call.recorded not in (Standing.SCHEDULED, Standing.OPEN):
        return []
    opened = _open(OpenCall(at=command.at), call)
    return [*opened, CallClosed(closed_at=call.schedule.closes_at)]


def _answer(command: AnswerCall, call: Call) -> Sequence[CallEvent]:
    collects = call.aim is Aim.COLLECTS_IDEAS
    if collects and command.selected:
        raise CallSelectsNobody
    if not command.proposals.keys() >= set(command.selected):
        raise ProposalNotOfCall
    if not all(command.proposals[one] for one in command.selected):
        raise SelectedProposalNotPursued
    return [
        CallAnswered(
            outcome=Outcome.IDEAS_COLLECTED if collects else _selection(command),
            selected=command.selected,
            explanation=command.explanation,
            answered_on=command.answered_on,
        )
    ]


def _selection(command: AnswerCall) -> Outcome:
    return Outcome.PARTNERS_SELECTED if command.selected else Outcome.NOBODY_SELECTED


CALL: Final = Decider(category="call", initial=Call(), decide=decide, evolve=evolve)
