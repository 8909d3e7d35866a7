"""Ideas of proposers in a call's text: only with recorded consultation (N10; in Aomori's terms: 協議・配慮)."""

from collections.abc import Iterator, Sequence
from typing import assert_never

from eventstore.errors import NotFound
from eventstore.protection import Sealed
from services.intake.domain.call.commands import AnswerIdeaUse, PlannedUse, RequestIdeaUse
from services.intake.domain.call.events import IdeaUseAnswer, IdeaUseAnswered, IdeaUsed, IdeaUseRequested
from services.intake.domain.call.refusals import (
    IdeaUseAlreadyAnswered,
    IdeaUseConditionsMissing,
    IdeaUseConditionsNotAcknowledged,
    IdeaUseNotConsented,
    IdeaUseUnknown,
)
from services.intake.domain.call.state import Call


def decide(command: RequestIdeaUse | AnswerIdeaUse, call: Call) -> Sequence[IdeaUseRequested | IdeaUseAnswered]:
    """What follows, the call standing as it has to."""
    match command:
        case RequestIdeaUse():
            return _request(command, call)
        case AnswerIdeaUse():
            return _answer(command, call)
        case _:
            assert_never(command)


def _request(command: RequestIdeaUse, call: Call) -> Sequence[IdeaUseRequested]:
    if command.use_id in call.uses:
        return []
    if not command.is_proposal_known:
        raise NotFound
    return [
        IdeaUseRequested(
            use_id=command.use_id,
            proposal_id=Sealed(command.proposal_id),
            requested_on=command.requested_on,
            passage=Sealed(command.passage),
        )
    ]


def _answer(command: AnswerIdeaUse, call: Call) -> Sequence[IdeaUseAnswered]:
    use = call.uses.get(command.use_id)
    if use is None or command.proposal_id not in (None, use.proposal_id):
        raise IdeaUseUnknown
    if use.answer is not None:
        raise IdeaUseAlreadyAnswered
    if (command.answer is IdeaUseAnswer.CONSENTED_WITH_CONDITIONS) != (command.conditions is not None):
        raise IdeaUseConditionsMissing
    return [
        IdeaUseAnswered(
            use_id=command.use_id,
            answer=command.answer,
            answered_on=command.answered_on,
            conditions=Sealed(command.conditions),
        )
    ]


def require_consent(planned: Sequence[PlannedUse], call: Call) -> None:
    """Raises where a use was not asked for, not consented to, or has conditions that nobody acknowledges."""
    for use in planned:
        asked = call.uses.get(use.use_id)
        if asked is None:
            raise IdeaUseUnknown
        if asked.answer in (None, IdeaUseAnswer.REFUSED):
            raise IdeaUseNotConsented("提案者の同意が記録されていないため、このアイデアは使えません。")
        if asked.answer is IdeaUseAnswer.CONSENTED_WITH_CONDITIONS and not use.conditions_acknowledged:
            raise IdeaUseConditionsNotAcknowledged


def used(planned: Sequence[PlannedUse]) -> Iterator[IdeaUsed]:
    """What is put on record of the uses that a text names."""
    for use in planned:
        yield IdeaUsed(
            use_id=use.use_id,
            conditions_acknowledged=use.conditions_acknowledged,
            what=Sealed(use.what),
        )
