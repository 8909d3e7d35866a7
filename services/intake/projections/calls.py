"""The lists of calls and of answered questions, made of open fields alone: what a call is about appears as it opens."""

from typing import Final

from desk.rows import change_row
from desk.turns import Turn
from eventstore.following.subscriptions import On, Subscription
from eventstore.records import Recorded
from services.intake.domain.call.events import (
    CallAnswered,
    CallExtended,
    CallOpened,
    CallQuestionAnswered,
    CallScheduled,
)
from services.intake.domain.call.state import Standing


def on_call_drafted(turn: Turn, recorded: Recorded) -> None:
    """A row of its own, which tells nothing of what the call is about."""
    turn.connection.execute(
        "INSERT INTO intake_calls (call_id, version, status, recorded_at, position) VALUES (%s, %s, %s, %s, %s)",
        (recorded.stream.id, recorded.version, Standing.DRAFTED, recorded.recorded_at, turn.position),
    )


def on_call_revised(turn: Turn, recorded: Recorded) -> None:
    """Drafted again: a schedule that was approved for another text has fallen."""
    _set(turn, recorded, status=Standing.DRAFTED, opens_at=None, closes_at=None)


def on_call_scheduled(turn: Turn, recorded: Recorded) -> None:
    """When it opens and closes."""
    scheduled: CallScheduled = recorded.event
    _set(turn, recorded, status=Standing.SCHEDULED, opens_at=scheduled.opens_at, closes_at=scheduled.closes_at)


def on_call_opened(turn: Turn, recorded: Recorded) -> None:
    """What it is for and what it says: both are public now."""
    opened: CallOpened = recorded.event
    _set(
        turn, recorded, status=Standing.OPEN, aim=opened.aim, department=opened.department,
        purposes=list(opened.purposes), subjects=list(opened.subjects), opens_at=opened.opens_at,
        closes_at=opened.closes_at, title=opened.title, issue=opened.issue, conditions=opened.conditions,
    )  # fmt: skip


def on_call_extended(turn: Turn, recorded: Recorded) -> None:
    """When it closes now."""
    extended: CallExtended = recorded.event
    _set(turn, recorded, closes_at=extended.closes_at)


def on_call_closed(turn: Turn, recorded: Recorded) -> None:
    """Nothing more is taken."""
    _set(turn, recorded, status=Standing.CLOSED)


def on_call_answered(turn: Turn, recorded: Recorded) -> None:
    """What came of it."""
    answered: CallAnswered = recorded.event
    _set(
        turn, recorded, status=Standing.ANSWERED, outcome=answered.outcome, selected=list(answered.selected),
        explanation=answered.explanation,
    )  # fmt: skip


def on_call_archived(turn: Turn, recorded: Recorded) -> None:
    """Done with."""
    _set(turn, recorded, status=Standing.ARCHIVED)


def on_call_touched(turn: Turn, recorded: Recorded) -> None:
    """Its version: what is asked and consulted changes nothing else that the list shows."""
    _set(turn, recorded)


def on_call_question_answered(turn: Turn, recorded: Recorded) -> None:
    """Question and answer as all read them."""
    answered: CallQuestionAnswered = recorded.event
    turn.connection.execute(
        "INSERT INTO intake_call_questions (question_id, call_id, question, answer, answered_on, position)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        (
            answered.question_id, recorded.stream.id, answered.question, answered.answer, answered.answered_on,
            turn.position,
        ),
    )  # fmt: skip


def _set(turn: Turn, recorded: Recorded, **columns: object) -> None:
    change_row(turn, "intake_calls", "call_id", recorded.stream.id, version=recorded.version, **columns)


CALLS: Final = Subscription(
    name="calls",
    tables=("intake_calls",),
    on=(
        On("CallDrafted", on_call_drafted),
        On("CallRevised", on_call_revised),
        On("CallScheduled", on_call_scheduled),
        On("CallOpened", on_call_opened),
        On("CallExtended", on_call_extended),
        On("CallClosed", on_call_closed),
        On("CallAnswered", on_call_answered),
        On("CallArchived", on_call_archived),
        On("CallQuestionAsked", on_call_touched),
        On("CallQuestionAnswered", on_call_touched),
        On("IdeaUseRequested", on_call_touched),
        On("IdeaUseAnswered", on_call_touched),
        On("IdeaUsed", on_call_touched),
    ),
)
CALL_QUESTIONS: Final = Subscription(
    name="call_questions",
    tables=("intake_call_questions",),
    on=(On("CallQuestionAnswered", on_call_question_answered),),
)
