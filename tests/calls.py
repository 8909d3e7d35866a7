"""A call at each place where it may stand, and a command of every kind: for the tests of its rules."""

from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

from desk.packs.codes import Purpose
from eventstore.protection import Sealed
from services.intake.domain.call.commands import (
    AnswerCall,
    AnswerIdeaUse,
    AnswerQuestion,
    ArchiveCall,
    AskQuestion,
    CallCommand,
    CallText,
    CloseCall,
    DraftCall,
    ExtendCall,
    OpenCall,
    PlannedUse,
    RequestIdeaUse,
    ReviseCall,
    ScheduleCall,
)
from services.intake.domain.call.events import (
    Aim,
    Asker,
    CallAnswered,
    CallArchived,
    CallClosed,
    CallDrafted,
    CallEvent,
    CallOpened,
    CallQuestionAsked,
    CallScheduled,
    IdeaUseAnswer,
    IdeaUseAnswered,
    IdeaUseRequested,
    Outcome,
)
from services.intake.domain.call.state import Standing
from services.intake.domain.content import Contact

SECOND: Final = timedelta(seconds=1)
OPENS: Final = datetime(2026, 12, 1, 0, 0, tzinfo=UTC)
CLOSES: Final = datetime(2026, 12, 25, 8, 0, tzinfo=UTC)
BEFORE, WITHIN, AFTER = OPENS - SECOND, OPENS, CLOSES
DAY: Final = date(2026, 12, 26)
CALL_ID, QUESTION, USE, PROPOSAL, OTHER = (UUID(int=n) for n in range(1, 6))
DEPARTMENTS: Final = frozenset({"tourism", "roads"})
SUBJECTS: Final = frozenset({"tourism", "snow"})
ASKER: Final = Asker(
    contact=Contact(affiliation=None, name="成田 一郎", phone="017-700-7777", email=None), proposal_id=None
)

TEXT: Final = CallText(
    aim=Aim.SELECTS_PARTNERS,
    department="tourism",
    purposes=(Purpose.REGIONAL_VITALITY,),
    subjects=("tourism",),
    draws_on=(),
    title="冬の観光の課題",
    issue="冬に訪れる人が減っています。",
    conditions=None,
)

DRAFTED: Final = CallDrafted(
    aim=Sealed(Aim.SELECTS_PARTNERS),
    department=Sealed("tourism"),
    purposes=Sealed((Purpose.REGIONAL_VITALITY,)),
    subjects=Sealed(("tourism",)),
    draws_on=Sealed(()),
    title=Sealed("冬の観光の課題"),
    issue=Sealed("冬に訪れる人が減っています。"),
    conditions=Sealed(None),
)
SCHEDULED: Final = CallScheduled(
    opens_at=OPENS, closes_at=CLOSES, approver=Sealed("市長"), approval_reference=Sealed("企連第7号")
)
OPENED: Final = CallOpened(
    aim=Aim.SELECTS_PARTNERS,
    department="tourism",
    purposes=(Purpose.REGIONAL_VITALITY,),
    subjects=("tourism",),
    title="冬の観光の課題",
    issue="冬に訪れる人が減っています。",
    conditions=None,
    opens_at=OPENS,
    closes_at=CLOSES,
)
ASKED: Final = CallQuestionAsked(
    question_id=QUESTION, asker_id=OTHER, asked_at=OPENS, question=Sealed("補助はありますか。"), asker=Sealed(ASKER)
)
CLOSED: Final = CallClosed(closed_at=CLOSES)
ANSWERED: Final = CallAnswered(
    outcome=Outcome.NOBODY_SELECTED, selected=(), explanation="選定に至りませんでした。", answered_on=DAY
)
ARCHIVED: Final = CallArchived(archived_on=DAY)
REQUESTED: Final = IdeaUseRequested(
    use_id=USE, proposal_id=Sealed(PROPOSAL), requested_on=date(2026, 11, 20), passage=Sealed("雪の日の臨時便")
)

HISTORIES: Final[dict[Standing, tuple[CallEvent, ...]]] = {
    Standing.ABSENT: (),
    Standing.DRAFTED: (DRAFTED, REQUESTED),
    Standing.SCHEDULED: (DRAFTED, REQUESTED, SCHEDULED),
    Standing.OPEN: (DRAFTED, REQUESTED, SCHEDULED, OPENED, ASKED),
    Standing.CLOSED: (DRAFTED, REQUESTED, SCHEDULED, OPENED, ASKED, CLOSED),
    Standing.ANSWERED: (DRAFTED, REQUESTED, SCHEDULED, OPENED, ASKED, CLOSED, ANSWERED),
    Standing.ARCHIVED: (DRAFTED, REQUESTED, SCHEDULED, OPENED, ASKED, CLOSED, ANSWERED, ARCHIVED),
}
"""What has happened to a call that stands so."""
INSTANTS: Final = {
    Standing.ABSENT: BEFORE,
    Standing.DRAFTED: BEFORE,
    Standing.SCHEDULED: BEFORE,
    Standing.OPEN: WITHIN,
    Standing.CLOSED: AFTER,
    Standing.ANSWERED: AFTER,
    Standing.ARCHIVED: AFTER,
}
"""An instant at which it may stand so."""


def revise(at: datetime, text: CallText = TEXT, *uses: PlannedUse) -> ReviseCall:
    """A revision to this text."""
    return ReviseCall(at=at, text=text, uses=uses, departments=DEPARTMENTS, subjects=SUBJECTS)


def schedule(at: datetime, opens_at: datetime = OPENS, closes_at: datetime = CLOSES) -> ScheduleCall:
    """The decision on a schedule."""
    return ScheduleCall(at=at, opens_at=opens_at, closes_at=closes_at, approver="市長", approval_reference="企連第8号")


def ask(at: datetime, question_id: UUID = OTHER) -> AskQuestion:
    """A question that counts at this instant."""
    return AskQuestion(question_id=question_id, asker_id=OTHER, at=at, question="いつまでですか。", asker=ASKER)


def answer(*selected: UUID) -> AnswerCall:
    """What came of it; of the proposals to it there is one."""
    return AnswerCall(
        selected=selected, proposals={PROPOSAL: True}, explanation="結果をお知らせします。", answered_on=DAY
    )


def consent(answer: IdeaUseAnswer = IdeaUseAnswer.CONSENTED, conditions: str | None = None) -> IdeaUseAnswered:
    """What the proposer answered."""
    return IdeaUseAnswered(use_id=USE, answer=answer, answered_on=DAY, conditions=Sealed(conditions))


def commands(at: datetime) -> dict[str, CallCommand]:
    """A command of every kind, as it may be given at an instant."""
    return {
        "draft": DraftCall(text=TEXT, departments=DEPARTMENTS, subjects=SUBJECTS),
        "revise": revise(at),
        "schedule": schedule(at, at + SECOND, at + 2 * SECOND),
        "open": OpenCall(at=at),
        "extend": ExtendCall(at=at, closes_at=CLOSES + SECOND, explanation="大雪のため延長します。"),
        "close": CloseCall(at=at),
        "answer": answer(),
        "archive": ArchiveCall(archived_on=DAY),
        "ask": ask(at),
        "answer_question": AnswerQuestion(
            question_id=QUESTION, at=at, question="補助はあるか。", answer="ありません。", answered_on=DAY
        ),
        "request_use": RequestIdeaUse(
            use_id=OTHER,
            proposal_id=PROPOSAL,
            is_proposal_known=True,
            at=at,
            requested_on=DAY,
            passage="雪の日の臨時便",
        ),
        "answer_use": AnswerIdeaUse(
            use_id=USE, proposal_id=None, answer=IdeaUseAnswer.CONSENTED, answered_on=DAY, conditions=None
        ),
    }
