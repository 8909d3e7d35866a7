"""Answers: when the letter that tells the decision goes out, the proposer has been answered.

It is the decision from which the letter was written that counts: one that tells an earlier decision, and was under way
when somebody decided anew, answers nothing, whatever its text says. One that comes back later was sent all the same.
"""

from datetime import date
from typing import Final

from desk.letters.events import LetterComposed
from desk.letters.refusals import LetterNotDue
from desk.turns import Turn
from eventstore.following.subscriptions import Handler, On, Subscription
from eventstore.records import Recorded, StreamId
from services.matching.domain.case import CASE
from services.matching.domain.case.feasibility import AnswerProposer, FeasibilityDecided
from services.matching.queries.answer_places import tells
from services.matching.queries.letters_answers import ANSWERS, standing_decision


def answered_on(day: str) -> Handler[Turn]:
    """Records the answer on the day on which its letter went out, which stands in the event under this name."""

    def on_letter_out(turn: Turn, recorded: Recorded) -> None:
        letter: LetterComposed = turn.store.load(recorded.stream).events[0].event
        if letter.template in ANSWERS:
            _answer(turn, recorded, letter, getattr(recorded.event, day))

    return on_letter_out


def _answer(turn: Turn, recorded: Recorded, letter: LetterComposed, day: date) -> None:
    case = StreamId(letter.subject_category, letter.subject_id)
    try:
        standing = standing_decision(turn.store.load(case).events)
    except LetterNotDue:
        return
    decided: FeasibilityDecided = standing.event
    if tells(turn.store, recorded.stream.id, case.id, decided.decision):
        command = AnswerProposer(decision=decided.decision, letter_id=recorded.stream.id, answered_on=day)
        turn.react(CASE, case, command, recorded)


ANSWER_PROPOSERS: Final[Subscription[Turn]] = Subscription(
    name="answer_proposers",
    on=(
        On("LetterDispatched", answered_on("dispatched_on")),
        On("LetterPosted", answered_on("posted_on")),
    ),
)
