"""The window where a company is told what the departments say to its offer (逆提案, B26)."""

from typing import Any

from desk.forms import load_or_refuse
from desk.letters.refusals import LetterAddressMissing, LetterErased, LetterNotDue, LetterTemplateUnknown
from desk.permissions import Permission
from desk.windows.letters.desk import LetterDesk
from eventstore.errors import NotFound
from eventstore.nameko import staff_rpc
from eventstore.records import StreamId
from services.intake.domain.offer import OFFER
from services.intake.queries.offer_answers import answer_letter
from services.intake.schemas.offers import AnswerLetter, AnswerLetterSchema
from services.intake.service.window import Window


class OfferAnswerWindow(LetterDesk, Window):
    """How a company hears of answers."""

    @staff_rpc(
        permission=Permission.LETTER_COMPOSE,
        takes=AnswerLetterSchema,
        refuses=(NotFound, LetterErased, LetterNotDue, LetterTemplateUnknown, LetterAddressMissing),
    )
    def compose_offer_answer(self, **arguments: Any) -> dict[str, Any]:
        """Composes the letter that tells a company what the departments say to its offer; their notes are not in it.

        offer_id: as `post_offer` gave it; a department has to have answered. added: a paragraph of one's own, put at
        the end. It goes nowhere until it is approved (`approve_letter`).

        Gives the event and `letter_id`.
        """
        stated: AnswerLetter = load_or_refuse(AnswerLetterSchema(), arguments)
        offer = StreamId(OFFER.category, stated.offer_id)
        return self.composed(
            stated, arguments, lambda: answer_letter(self.office, offer, self.office.pack(), added=stated.added)
        )
