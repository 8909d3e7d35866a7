"""The letters' window of matching: composed about a case from what was decided; all else is as with any letters."""

from dataclasses import replace
from typing import Any

from desk.forms import load_or_refuse
from desk.letters.composing import Draft
from desk.permissions import Permission
from desk.windows import letters
from eventstore.errors import NotFound
from eventstore.nameko import staff_rpc
from services.matching.domain.case import CASE
from services.matching.queries.answers_due import place_of_answer
from services.matching.queries.letters import drafted, require_approvable
from services.matching.queries.letters_answers import ANSWERS
from services.matching.queries.letters_minutes import newest_edition
from services.matching.schemas.letters import CaseComposition, CaseCompositionSchema
from services.matching.service.window import CaseWindow


class LetterWindow(letters.LetterWindow, CaseWindow):
    """What the desk does with letters about cases."""

    require_approvable = staticmethod(require_approvable)

    @staff_rpc(permission=Permission.LETTER_COMPOSE, takes=CaseCompositionSchema, refuses=letters.COMPOSING_REFUSALS)
    def compose_letter(self, **arguments: Any) -> dict[str, Any]:
        """Composes a letter about a case to the proposer, from what was decided; it goes nowhere until it is approved.

        template: a code of the pack's letters; the case has to stand as that letter says. about: `case-<uuid>`. means:
        `mail` or `post`; the letter goes to the contact that the proposal's record names today. added: a paragraph of
        one's own, put at the end. code_days: for how many days after today a code may be used, 60 at most, as the pack
        says unless said. session_id: for `minutes_request` alone, as `hold_session` gave it.

        A decision is told by one letter: another is refused while one waits or is out, and possible once that one came
        back, could not be sent, was cancelled or was overtaken.

        Gives the event and `letter_id`.
        """
        stated: CaseComposition = load_or_refuse(CaseCompositionSchema(), arguments)
        if stated.about.category != CASE.category:
            raise NotFound
        self.visible(stated.about.id)
        letter_id = None
        if stated.template in ANSWERS:
            letter_id = place_of_answer(self.office, stated.about.id, stated.command_id)
        return self.composed(stated, arguments, lambda: self._draft(stated), letter_id=letter_id)

    def _draft(self, stated: CaseComposition) -> Draft:
        occasion = self.occasion(stated)
        if stated.session_id is not None:
            occasion = replace(occasion, item=newest_edition(occasion, stated.session_id))
        return drafted(stated.template, occasion, stated.means, added=stated.added)
