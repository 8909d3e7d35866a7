"""A letter about a proposal or inquiry as today's record has it: when it is composed, and again when it is approved."""

from desk.letters.commands import Recipient
from desk.letters.composing import Draft
from desk.letters.events import Means
from desk.packs.letters import PLACES, LetterCode
from services.intake.queries.letters.contents import contents
from services.intake.queries.letters.correspondents import correspondent
from services.intake.queries.letters.occasion import Occasion


def drafted(template: LetterCode, occasion: Occasion, to: Means | Recipient, *, added: str | None = None) -> Draft:
    """The letter of a template on an occasion.

    to: by which means it goes to whom the record names, or to whom it goes instead. added: one more paragraph. Raises
    `NotFound` where there is no such matter, `LetterAddressMissing`, `LetterErased`, and as `contents` does.
    """
    matter = correspondent(occasion.events)
    tells = contents(template, occasion)
    values = {**matter.values, **tells.values}
    return Draft(
        template=template,
        about=occasion.matter,
        recipient=to if isinstance(to, Recipient) else matter.recipient(to),
        values={name: value for name, value in values.items() if name in PLACES[template]},
        added=added,
        code=tells.code,
    )
