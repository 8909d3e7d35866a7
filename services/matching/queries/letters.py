"""What letters about a case tell, and whom they go to: the proposer's contact, as intake's record says today.

Each kind of letter has a module of its own beside this one; here stands which there are.
"""

from collections.abc import Sequence
from typing import Final

from desk.letters.commands import Recipient
from desk.letters.composing import Draft
from desk.letters.events import LetterComposed, Means
from desk.letters.occasions import NOT_DUE, Occasion, Tells, contents_by, draft_of, require_as_today
from desk.letters.refusals import LetterAddressMissing, LetterNotDue, LetterOvertaken, LetterValuesUnfit
from desk.office import Office
from desk.packs import Pack
from desk.packs.letters import LetterCode
from eventstore.errors import NotFound
from eventstore.records import Recorded, StreamId
from services.matching.domain.case import CASE
from services.matching.queries.answer_places import require_only_answer
from services.matching.queries.letters_answers import ANSWERS, TELL_ANSWERS, standing_decision
from services.matching.queries.letters_minutes import minutes_request
from services.matching.queries.proposals import correspondent, proposal_as_told

TELLS: Final[Tells] = {**TELL_ANSWERS, LetterCode.MINUTES_REQUEST: minutes_request}
"""Letter → what it tells on an occasion. It raises `LetterNotDue` where the case does not stand as the letter says."""


def drafted(template: LetterCode, occasion: Occasion, to: Means | Recipient, *, added: str | None = None) -> Draft:
    """The letter of a template about a case, as the record has it today: when composed, and again when approved.

    to: by which means it goes to whom the record names, or to whom it goes instead. added: one more paragraph. Raises
    `NotFound` where there is no such case, `LetterAddressMissing`, `LetterErased`, `LetterValuesUnfit` for a session
    that the letter does not ask about, and as what tells it does.
    """
    proposal_id = CASE.fold(occasion.events).proposal_id
    if proposal_id is None:
        raise NotFound
    matter = correspondent(proposal_as_told(occasion.office.store, proposal_id))
    tells = contents_by(TELLS, template, occasion)
    if occasion.item is not None and (tells.code is None or tells.code.item is None):
        raise LetterValuesUnfit("対話の記録（session_id）は、議事録の確認のお願いにだけ、指定してください。")
    return draft_of(template, occasion, matter, tells, to, added=added)


def require_approvable(office: Office, events: Sequence[Recorded], pack: Pack) -> None:
    """Compares a letter, by its events, with the record of its case and of the proposal.

    pack: whose words the letter has. Raises `LetterNotDue` where the case does not stand as the letter says, or another
    letter has answered, `LetterOvertaken` where the letter would
    read otherwise or go elsewhere, `LetterErased` where nobody can tell.
    """
    composed: LetterComposed = events[0].event
    if composed.subject_category != CASE.category:
        raise LetterNotDue(NOT_DUE)
    try:
        require_as_today(office, events, drafted, pack)
    except LetterAddressMissing:
        raise LetterOvertaken from None
    if composed.template in ANSWERS:
        case_id = composed.subject_id
        standing = standing_decision(office.store.load_closed(StreamId(CASE.category, case_id)))
        require_only_answer(office.store, events[0].stream.id, case_id, standing.event.decision)
