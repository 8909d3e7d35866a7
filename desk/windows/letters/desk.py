"""What every window of letters has: the service's letters, and how one is composed and a command on one carried out."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from desk.commands import context_of, told
from desk.forms import Stated
from desk.letters.commands import CodeItem, LetterCommand
from desk.letters.composing import Draft, Letters
from desk.letters.events import CodePurpose
from desk.letters.forms import Composition
from desk.letters.occasions import Occasion
from desk.letters.refusals import LetterTemplateUnknown
from desk.office import Office
from desk.packs import Pack
from desk.paper import render
from desk.windows.window import Window
from eventstore.nameko import off_hub
from eventstore.records import Context, Recorded


def typeset(template: str, values: Mapping[str, Any]) -> bytes:
    """A PDF, made off the hub, so that whoever else calls is not kept waiting."""
    return off_hub(render, template, values)


class LetterDesk(Window, ABC):
    """A part of the window of letters."""

    @staticmethod
    @abstractmethod
    def require_approvable(office: Office, events: Sequence[Recorded], pack: Pack) -> None:
        """What the service asks of a letter before it is approved, and before it goes out (`RequireApprovable`).

        Raises `LetterNotDue` where the matter does not stand as the letter says, `LetterOvertaken` where the letter
        would read otherwise or go elsewhere, `LetterErased` where nobody can tell.
        """

    @property
    def letters(self) -> Letters:
        """The service's letters, set in type off the hub."""
        return Letters(self.office.service, self.office.store, typeset=typeset)

    def carried_out(self, letter_id: UUID, command: LetterCommand, stated: Stated, arguments: object) -> dict[str, Any]:
        """What a command on a letter caused."""
        context = self.context(stated, arguments)
        return told(self.letters.carry_out(letter_id, command, context, expected_version=stated.expected_version))

    def composed(
        self, stated: Stated, arguments: object, draft: Callable[[], Draft], *, letter_id: UUID | None = None
    ) -> dict[str, Any]:
        """The events of a letter that is composed, and its id; the same command again gives the same letter.

        draft: made where it was not composed before. letter_id: where a letter has a place of its own, one for each
        command unless given. Refused with what `draft` raises, and what `Letters.compose` does.
        """
        context = self.context(stated, arguments)
        letter_id = letter_id or uuid5(stated.command_id, "letter")
        outcome = self.letters.earlier(letter_id, context)
        if outcome is None:
            outcome = self.letters.compose(draft(), self.office.pack(), context, letter_id=letter_id)
        return {**told(outcome), "letter_id": str(letter_id)}

    def occasion(
        self, stated: Composition, *, item: CodeItem | None = None, code_purpose: CodePurpose | None = None
    ) -> Occasion:
        """The occasion of a letter that is to be composed. item, code_purpose: as of `Occasion`.

        Refused with `LetterTemplateUnknown` where the pack has no letters.
        """
        days = stated.code_days or _usual_days(self.office.pack())
        return Occasion(
            office=self.office,
            matter=stated.about,
            events=self.office.store.load(stated.about).events,
            last_day=self.office.today() + timedelta(days=days),
            code_purpose=code_purpose,
            item=item,
        )

    def context(self, stated: Stated, arguments: object, command_id: UUID | None = None) -> Context:
        """What the record says beside the content. command_id: where it is not the one that was stated."""
        return context_of(self.office, self.actor, stated, arguments, command_id)


def _usual_days(pack: Pack) -> int:
    if pack.letters is None:
        raise LetterTemplateUnknown
    return pack.letters.code_days.value
