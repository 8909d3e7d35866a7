"""A request to use an idea (N10): the passage that the record of the call asks for, and the code to answer with.

What the call is to be is still deliberation: the letter does not tell its title.
"""

from typing import Final
from uuid import UUID

from desk.letters.commands import CodeItem
from desk.letters.composing import CodeWanted
from desk.letters.events import CodePurpose
from desk.letters.occasions import NOT_DUE, Contents, Occasion
from desk.letters.refusals import LetterNotDue, LetterValuesUnfit
from eventstore.records import StreamId
from eventstore.store import EventStore
from services.intake.domain.call import CALL
from services.intake.domain.call.events import IdeaUseRequested

USE: Final = "民間事業者等に広く提案を募る課題提案の文案の作成"


def idea_use(occasion: Occasion) -> Contents:
    """What the letter tells, and its code, by which the answer is known to be about this use.

    Raises `LetterNotDue` where that proposer was not asked, or has answered.
    """
    if occasion.item is None:
        raise LetterValuesUnfit("どの募集のどの照会についての文書かを指定してください。")
    requested = unanswered_use(occasion.office.store, occasion.item, proposal_id=occasion.matter.id)
    due_on = occasion.last_day
    return Contents(
        values={"passage": requested.passage.reveal(), "use": USE, "due_on": due_on},
        code=CodeWanted(purpose=CodePurpose.CONSENT, valid_until=occasion.until(due_on), item=occasion.item),
    )


def unanswered_use(store: EventStore, use: CodeItem, *, proposal_id: UUID) -> IdeaUseRequested:
    """What the proposer of a proposal was asked of a use, by call and use, and has not answered.

    Raises `LetterNotDue` where that is not so.
    """
    events = store.load(StreamId(CALL.category, use.stream_id)).events
    asked = CALL.fold(events).uses.get(use.item_id)
    if asked is None or asked.proposal_id != proposal_id or asked.answer is not None:
        raise LetterNotDue(NOT_DUE)
    return next(
        one.event for one in events if isinstance(one.event, IdeaUseRequested) and one.event.use_id == use.item_id
    )
