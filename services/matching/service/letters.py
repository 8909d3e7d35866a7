"""The letters' window of matching: composed about a case from what was decided; all else is as with any letters."""

from collections.abc import Sequence
from typing import Any

from desk.forms import load_or_refuse
from desk.letters.commands import CodeItem
from desk.letters.composing import Draft
from desk.permissions import Permission
from desk.windows import letters
from eventstore.errors import NotFound
from eventstore.nameko import staff_rpc
from eventstore.records import Recorded
from services.matching.domain.case import CASE
from services.matching.queries.letters import drafted, require_approvable
from services.matching.schemas.letters import CaseComposition, CaseCompositionSchema
from services.matching.service.window import CaseWindow


class LetterWindow(letters.LetterWindow, CaseWindow):
    """What the desk does with letters about cases."""

    @staff_rpc(permission=Permission.LETTER_COMPOSE, takes=CaseCompositionSchema, refuses=letters.COMPOSING_REFUSALS)
    def compose_letter(self, **arguments: Any) -> dict[str, Any]:
        """Composes a letter about a case to the proposer, from what was decided; it goes nowhere until it is approved.

        template: a code of the pack's letters; the case has to stand as that letter says. about: `case-<uuid>`. means:
        `mail` or `post`; the letter goes to the contact that the proposal's record names today. added: a paragraph of
        one's own, put at the end. code_days: for how many days after today a code may be used, 60 at most, as the pack
        says unless said. session_id: for `minutes_request` alone, as `hold_session` gave it.

        Gives the event and `letter_id`.
        """
        stated: CaseComposition = load_or_refuse(CaseCompositionSchema(), arguments)
        if stated.about.category != CASE.category:
            raise NotFound
        self.visible(stated.about.id)
        return self.composed(stated, arguments, lambda: self._draft(stated))

    def require_approvable(self, events: Sequence[Recorded]) -> None:
        require_approvable(self.office, events)

    def _draft(self, stated: CaseComposition) -> Draft:
        session_id = stated.session_id
        session = None if session_id is None else CodeItem(stream_id=stated.about.id, item_id=session_id)
        return drafted(stated.template, self.occasion(stated, item=session), stated.means, added=stated.added)
