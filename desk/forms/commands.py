"""What every command states beside its content."""

from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID

from desk.forms.fields import PARAGRAPH, Id, Text, Version
from desk.forms.form import Form, optional


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """The command's id; the stream's version that the person saw, and why, where they are said.

    A service extends it with what its command is about.
    """

    command_id: UUID
    expected_version: int | None
    reason: str | None = field(repr=False)


class CommandForm(Form):
    """A command: what every one states; a service's form has its own fields too."""

    makes: ClassVar[type[Any]] = Stated
    command_id = Id(required=True)
    expected_version = optional(Version())
    reason = optional(Text(PARAGRAPH))
