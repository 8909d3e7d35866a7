"""Questions to a call: asked while it is open, answered to all or not at all (S10)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, assert_never

from eventstore.protection import Sealed
from services.intake.domain.call.commands import AnswerQuestion, AskQuestion
from services.intake.domain.call.events import CallQuestionAnswered, CallQuestionAsked
from services.intake.domain.call.refusals import QuestionAlreadyAnswered, QuestionUnknown
from services.intake.domain.call.state import Call, Standing

NOT_PUBLIC: Final = frozenset({Standing.ABSENT, Standing.DRAFTED, Standing.SCHEDULED})
"""To who asks from outside, these all are no call."""
RESULTS_OUT: Final = frozenset({Standing.ANSWERED, Standing.ARCHIVED})


def standing(at: datetime, call: Call) -> Standing:
    """Where a call stands for a question that counts at an instant: by its schedule alone, until results are out."""
    if call.schedule is None or call.recorded in RESULTS_OUT:
        return call.recorded
    return call.schedule.standing(at)


def decide(command: AskQuestion | AnswerQuestion, call: Call) -> Sequence[CallQuestionAsked | CallQuestionAnswered]:
    """What follows, the call standing as it has to."""
    match command:
        case AskQuestion():
            return _ask(command, call)
        case AnswerQuestion():
            return _answer(command, call)
        case _:
            assert_never(command)


def _ask(command: AskQuestion, call: Call) -> Sequence[CallQuestionAsked]:
    if command.question_id in call.questions:
        return []
    return [
        CallQuestionAsked(
            question_id=command.question_id,
            asker_id=command.asker_id,
            asked_at=command.at,
            question=Sealed(command.question),
            asker=Sealed(command.asker),
        )
    ]


def _answer(command: AnswerQuestion, call: Call) -> Sequence[CallQuestionAnswered]:
    if command.question_id not in call.questions:
        raise QuestionUnknown
    if call.questions[command.question_id]:
        raise QuestionAlreadyAnswered
    return [
        CallQuestionAnswered(
            question_id=command.question_id,
            question=command.question,
            answer=command.answer,
            answered_on=command.answered_on,
        )
    ]
