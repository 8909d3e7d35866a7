"""The window where a company is told what the departments say to its offer (逆提案, B26)."""

from typing import Any
from uuid import uuid5

from desk.commands import told
from desk.forms import load_or_refuse
from desk.letters.refusals import LetterAddressMissing, LetterErased, LetterNotDue, LetterTemplateUnknown
from desk.permissions import Permission
from eventstore.errors import NotFound
from eventstore.nameko import staff_rpc
from eventstore.records import StreamId
from services.intake.domain.offer import OFFER
from services.intake.queries.offer_answers import answer_letter
from services.intake.schemas.offers import AnswerLetter, AnswerLetterSchema
from services.intake.service.letters.desk import LetterDesk


class OfferAnswerWindow(LetterDesk):
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
        context = self.context(stated, arguments)
        letter_id = uuid5(stated.command_id, "letter")
        outcome = self.letters.earlier(letter_id, context)
        if outcome is None:
            draft = answer_letter(self.office, StreamId(OFFER.category, stated.offer_id), stated.added)
            outcome = self.letters.compose(draft, self.office.pack(), context, letter_id=letter_id)
        return {**told(outcome), "letter_id": str(letter_id)}
