"""What every letter window has: intake's letters, and how a command on one is carried out."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from desk.commands import context_of, told
from desk.forms import Stated
from desk.letters.commands import LetterCommand
from desk.letters.composing import Letters
from desk.paper import render
from eventstore.nameko import off_hub
from eventstore.records import Context
from services.intake.declaration import INTAKE
from services.intake.service.window import Window


def typeset(template: str, values: Mapping[str, Any]) -> bytes:
    """A PDF, made off the hub, so that whoever else calls is not kept waiting."""
    return off_hub(render, template, values)


class LetterDesk(Window):
    """A part of the window of letters."""

    @property
    def letters(self) -> Letters:
        """Intake's letters, set in type off the hub."""
        return Letters(INTAKE.name, self.office.store, typeset=typeset)

    def carried_out(self, letter_id: UUID, command: LetterCommand, stated: Stated, arguments: object) -> dict[str, Any]:
        """What a command on a letter caused."""
        context = self.context(stated, arguments)
        return told(self.letters.carry_out(letter_id, command, context, expected_version=stated.expected_version))

    def context(self, stated: Stated, arguments: object, command_id: UUID | None = None) -> Context:
        """What the record says beside the content. command_id: where it is not the one that was stated."""
        return context_of(self.office, self.actor, stated, arguments, command_id)
