"""A call before it opens: its text, and the decision when it opens and closes."""

from collections.abc import Sequence
from typing import assert_never

from eventstore.protection import Sealed
from services.intake.domain.call import ideas
from services.intake.domain.call.commands import CallText, DraftCall, ReviseCall, ScheduleCall
from services.intake.domain.call.events import CallDrafted, CallRevised, CallScheduled, IdeaUsed
from services.intake.domain.call.refusals import (
    CallClosesBeforeOpening,
    CallOpensInThePast,
    DepartmentUnknown,
    IdeaUseNotConsented,
)
from services.intake.domain.call.state import Call, Draft, Schedule
from services.intake.domain.party_rules import require_known


def decide(
    command: DraftCall | ReviseCall | ScheduleCall, call: Call
) -> Sequence[CallDrafted | CallRevised | CallScheduled | IdeaUsed]:
    """What follows, the call standing as it has to."""
    match command:
        case DraftCall():
            _require_in_pack(command)
            written = _draft(command.text)
            return [
                CallDrafted(
                    aim=written.aim,
                    department=written.department,
                    purposes=written.purposes,
                    subjects=written.subjects,
                    draws_on=written.draws_on,
                    title=written.title,
                    issue=written.issue,
                    conditions=written.conditions,
                )
            ]
        case ReviseCall():
            return _revise(command, call)
        case ScheduleCall():
            return _schedule(command, call)
        case _:
            assert_never(command)


def _revise(command: ReviseCall, call: Call) -> Sequence[CallRevised | IdeaUsed]:
    _require_in_pack(command)
    ideas.require_consent(command.uses, call)
    written, named = _draft(command.text), tuple(use.use_id for use in command.uses)
    if written == call.draft and frozenset(named) == call.named:
        return []
    revised = CallRevised(
        aim=written.aim,
        department=written.department,
        purposes=written.purposes,
        subjects=written.subjects,
        draws_on=written.draws_on,
        uses=named,
        title=written.title,
        issue=written.issue,
        conditions=written.conditions,
    )
    return [revised, *ideas.used(command.uses)]


def _schedule(command: ScheduleCall, call: Call) -> Sequence[CallScheduled]:
    if call.schedule == Schedule(opens_at=command.opens_at, closes_at=command.closes_at):
        return []
    if command.opens_at <= command.at:
        raise CallOpensInThePast
    if command.closes_at <= command.opens_at:
        raise CallClosesBeforeOpening
    if not call.is_consulted:
        raise IdeaUseNotConsented("提案者の同意の記録がないアイデアが含まれているため、募集できません。")
    return [
        CallScheduled(
            opens_at=command.opens_at,
            closes_at=command.closes_at,
            approver=Sealed(command.approver),
            approval_reference=Sealed(command.approval_reference),
        )
    ]


def _draft(text: CallText) -> Draft:
    return Draft(
        aim=Sealed(text.aim),
        department=Sealed(text.department),
        purposes=Sealed(text.purposes),
        subjects=Sealed(text.subjects),
        draws_on=Sealed(text.draws_on),
        title=Sealed(text.title),
        issue=Sealed(text.issue),
        conditions=Sealed(text.conditions),
    )


def _require_in_pack(command: DraftCall | ReviseCall) -> None:
    if command.text.department not in command.departments:
        raise DepartmentUnknown
    require_known(command.text.subjects, command.subjects)
