"""The window where letters are composed from what was decided."""

from datetime import timedelta
from typing import Any
from uuid import uuid5

from desk.commands import told
from desk.forms import load_or_refuse
from desk.letters.commands import CodeItem
from desk.letters.composing import Draft
from desk.letters.refusals import (
    LetterAddressMissing,
    LetterAlreadyComposed,
    LetterErased,
    LetterNotDue,
    LetterTemplateUnknown,
    LetterValuesUnfit,
    LetterWithoutRemedies,
)
from desk.packs import Pack
from desk.permissions import Permission
from eventstore.errors import NotFound
from eventstore.nameko import staff_rpc
from services.intake.queries import letters as queries
from services.intake.schemas.letters import Composition, CompositionSchema
from services.intake.service.letters.desk import LetterDesk


class ComposingWindow(LetterDesk):
    """How a letter comes about."""

    @staff_rpc(
        permission=Permission.LETTER_COMPOSE,
        takes=CompositionSchema,
        refuses=(
            NotFound, LetterErased, LetterNotDue, LetterTemplateUnknown, LetterValuesUnfit, LetterAddressMissing,
            LetterAlreadyComposed, LetterWithoutRemedies,
        ),
    )  # fmt: skip
    def compose_letter(self, **arguments: Any) -> dict[str, Any]:
        """Composes a letter about a proposal or inquiry from what was decided; it goes nowhere until it is approved.

        template: a code of the pack's letters; the matter has to stand as that letter says. about: `proposal-<uuid>`
        or `inquiry-<uuid>`. means: `mail` or `post`. added: a paragraph of one's own, put at the end. code_purpose: for
        `one_time_link` alone, what its code shall allow. code_days: for how many days after today a code may be used
        where the decision names no day, 60 at most, as the pack says unless said. call_id, use_id: for
        `idea_use_request` alone, as `request_idea_use` gave them.

        Gives the event and `letter_id`.
        """
        stated: Composition = load_or_refuse(CompositionSchema(), arguments)
        context = self.context(stated, arguments)
        letter_id = uuid5(stated.command_id, "letter")
        outcome = self.letters.earlier(letter_id, context) or self.letters.compose(
            self._draft(stated), self.office.pack(), context, letter_id=letter_id
        )
        return {**told(outcome), "letter_id": str(letter_id)}

    def _draft(self, stated: Composition) -> Draft:
        if stated.about.category not in queries.MATTERS:
            raise NotFound
        days = stated.code_days or _usual_days(self.office.pack())
        occasion = queries.Occasion(
            office=self.office,
            matter=stated.about,
            events=self.office.store.load(stated.about).events,
            last_day=self.office.today() + timedelta(days=days),
            code_purpose=stated.code_purpose,
            use=_use(stated),
        )
        return queries.drafted(stated.template, occasion, stated.means, added=stated.added)


def _usual_days(pack: Pack) -> int:
    if pack.letters is None:
        raise LetterTemplateUnknown
    return pack.letters.code_days.value


def _use(stated: Composition) -> CodeItem | None:
    if stated.call_id is None and stated.use_id is None:
        return None
    if stated.call_id is None or stated.use_id is None:
        raise LetterValuesUnfit("募集（call_id）と照会（use_id）は、どちらも指定してください。")
    return CodeItem(stream_id=stated.call_id, item_id=stated.use_id)
