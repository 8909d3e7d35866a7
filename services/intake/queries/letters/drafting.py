"""A letter about a proposal or inquiry as today's record has it: when it is composed, and again when it is approved."""

from desk.letters.commands import Recipient
from desk.letters.composing import Draft
from desk.letters.events import Means
from desk.letters.occasions import Occasion, draft_of
from desk.packs.letters import LetterCode
from services.intake.queries.letters.contents import contents
from services.intake.queries.letters.correspondents import correspondent


def drafted(template: LetterCode, occasion: Occasion, to: Means | Recipient, *, added: str | None = None) -> Draft:
    """The letter of a template on an occasion.

    to: by which means it goes to whom the record names, or to whom it goes instead. added: one more paragraph. Raises
    `NotFound` where there is no such matter, `LetterAddressMissing`, `LetterErased`, and as `contents` does.
    """
    matter = correspondent(occasion.events)
    return draft_of(template, occasion, matter, contents(template, occasion), to, added=added)
