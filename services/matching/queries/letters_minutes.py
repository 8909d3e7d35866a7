"""The letter that asks the proposer to confirm minutes (議事録の確認のお願い): an edition, and a code for it."""

from typing import Final
from uuid import UUID

from desk.letters.commands import CodeItem
from desk.letters.composing import CodeWanted
from desk.letters.events import CodePurpose
from desk.letters.occasions import NOT_DUE, Contents, Occasion
from desk.letters.refusals import LetterNotDue, LetterOvertaken, LetterValuesUnfit
from services.matching.domain.case import CASE, Case
from services.matching.domain.case.decider import FROM
from services.matching.domain.case.dialogue import AnswerMinutes, edition_id
from services.matching.domain.case.state import Minutes
from services.matching.queries.minutes import documented

UNCONFIRMED_ALONE: Final = "市が確認した最新の版で、提案者がまだ確認していない議事録についてだけ、作成できます。"


def newest_edition(occasion: Occasion, session_id: UUID) -> CodeItem:
    """What a letter about a session's minutes asks about: the newest edition. Of one that is not there none tells."""
    minutes = CASE.fold(occasion.events).sessions.get(session_id, Minutes())
    return CodeItem(stream_id=occasion.matter.id, item_id=edition_id(session_id, minutes.edition))


def minutes_request(occasion: Occasion) -> Contents:
    """What the letter tells: an edition of minutes, by its number and whole. occasion: its item is that edition.

    Raises `LetterNotDue` unless the city stands by the newest edition and the proposer has not confirmed it,
    `LetterOvertaken` where that is a newer one than the letter's, `LetterValuesUnfit` where no session is named.
    """
    if occasion.item is None:
        raise LetterValuesUnfit("どの対話の議事録についての文書かを指定してください（session_id）。")
    case = CASE.fold(occasion.events)
    if case.status not in FROM[AnswerMinutes]:
        raise LetterNotDue(NOT_DUE)
    session_id, edition = _waiting(case, occasion.item.item_id)
    session = documented(occasion.events, session_id)
    return Contents(
        values={
            "held_on": session.held.held_on,
            "minutes": f"（第{edition}版）\n{session.drafts[edition - 1].text.reveal()}",
            "due_on": occasion.last_day,
        },
        code=CodeWanted(purpose=CodePurpose.MINUTES, valid_until=occasion.until(occasion.last_day), item=occasion.item),
    )


def _waiting(case: Case, wanted: UUID) -> tuple[UUID, int]:
    """The session and the edition of this id, which the city stands by and the proposer does not yet."""
    found = case.edition_by(wanted)
    if found is None:
        raise LetterNotDue(UNCONFIRMED_ALONE)
    session_id, edition = found
    minutes = case.sessions[session_id]
    if minutes.is_settled or minutes.by_city != minutes.edition:
        raise LetterNotDue(UNCONFIRMED_ALONE)
    if edition != minutes.edition:
        raise LetterOvertaken
    return session_id, edition
