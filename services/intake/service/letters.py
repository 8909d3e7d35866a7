"""The letters' window: composed about a proposal or inquiry from what was decided; all else is as with any letters."""

from typing import Any

from desk.forms import load_or_refuse
from desk.letters.commands import CodeItem
from desk.letters.composing import Draft
from desk.letters.refusals import LetterValuesUnfit
from desk.permissions import Permission
from desk.windows import letters
from eventstore.errors import NotFound
from eventstore.nameko import staff_rpc
from services.intake.queries.letters import MATTERS, drafted, require_approvable
from services.intake.schemas.letters import IntakeComposition, IntakeCompositionSchema
from services.intake.service.window import Window


class LetterWindow(letters.LetterWindow, Window):
    """What the desk does with letters."""

    require_approvable = staticmethod(require_approvable)

    @staff_rpc(permission=Permission.LETTER_COMPOSE, takes=IntakeCompositionSchema, refuses=letters.COMPOSING_REFUSALS)
    def compose_letter(self, **arguments: Any) -> dict[str, Any]:
        """Composes a letter about a proposal or inquiry from what was decided; it goes nowhere until it is approved.

        template: a code of the pack's letters; the matter has to stand as that letter says. about: `proposal-<uuid>`
        or `inquiry-<uuid>`. means: `mail` or `post`. added: a paragraph of one's own, put at the end. code_purpose: for
        `one_time_link` alone, what its code shall allow. code_days: for how many days after today a code may be used
        where the decision names no day, 60 at most, as the pack says unless said. call_id, use_id: for
        `idea_use_request` alone, as `request_idea_use` gave them.

        Gives the event and `letter_id`.
        """
        stated: IntakeComposition = load_or_refuse(IntakeCompositionSchema(), arguments)
        return self.composed(stated, arguments, lambda: self._draft(stated))

    def _draft(self, stated: IntakeComposition) -> Draft:
        if stated.about.category not in MATTERS:
            raise NotFound
        occasion = self.occasion(stated, item=_use(stated), code_purpose=stated.code_purpose)
        return drafted(stated.template, occasion, stated.means, added=stated.added)


def _use(stated: IntakeComposition) -> CodeItem | None:
    """The use of an idea that the letter asks about."""
    if stated.call_id is None and stated.use_id is None:
        return None
    if stated.call_id is None or stated.use_id is None:
        raise LetterValuesUnfit("募集（call_id）と照会（use_id）は、どちらも指定してください。")
    return CodeItem(stream_id=stated.call_id, item_id=stated.use_id)
