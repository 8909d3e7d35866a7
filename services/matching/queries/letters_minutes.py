"""The letter that asks the proposer to confirm minutes (議事録の確認のお願い): the newest edition, with a code."""

from typing import Final

from desk.letters.composing import CodeWanted
from desk.letters.events import CodePurpose
from desk.letters.occasions import NOT_DUE, Contents, Occasion
from desk.letters.refusals import LetterNotDue, LetterValuesUnfit
from services.matching.domain.case import CASE
from services.matching.domain.case.decider import FROM
from services.matching.domain.case.dialogue import AnswerMinutes
from services.matching.domain.case.state import Minutes
from services.matching.queries.minutes import documented

UNCONFIRMED_ALONE: Final = "市が確認した最新の版で、提案者がまだ確認していない議事録についてだけ、作成できます。"


def minutes_request(occasion: Occasion) -> Contents:
    """What the letter tells: the newest edition, by its number and whole. occasion: its item is a session of the case.

    Once there is a newer edition, the letter would read otherwise and does not go out any more. Raises `LetterNotDue`
    unless the city stands by the newest edition and the proposer has not confirmed it, `LetterValuesUnfit` where no
    session is named.
    """
    if occasion.item is None:
        raise LetterValuesUnfit("どの対話の議事録についての文書かを指定してください（session_id）。")
    case = CASE.fold(occasion.events)
    if occasion.item.item_id not in case.sessions or case.status not in FROM[AnswerMinutes]:
        raise LetterNotDue(NOT_DUE)
    edition = _waiting(case.sessions[occasion.item.item_id])
    session = documented(occasion.events, occasion.item.item_id)
    return Contents(
        values={
            "held_on": session.held.held_on,
            "minutes": f"（第{edition}版）\n{session.drafts[edition - 1].text.reveal()}",
            "due_on": occasion.last_day,
        },
        code=CodeWanted(purpose=CodePurpose.MINUTES, valid_until=occasion.until(occasion.last_day), item=occasion.item),
    )


def _waiting(minutes: Minutes) -> int:
    """The edition that the city stands by and the proposer does not yet. Raises `LetterNotDue` where none is."""
    if minutes.is_settled or not 0 < minutes.edition == minutes.by_city:
        raise LetterNotDue(UNCONFIRMED_ALONE)
    return minutes.edition
