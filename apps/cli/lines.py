"""What an operator says in words: one line with something to see in it, by the very rule of the staff's forms."""

from collections.abc import Callable
from typing import TypeAlias

import click
from marshmallow import ValidationError

from desk.forms.fields import Line

Callback: TypeAlias = Callable[[click.Context | None, click.Parameter | None, str | None], str | None]
"""What an option calls with what was given, None where nothing was."""


def one_line(limit: int) -> Callback:
    """Takes a line of at most `limit` characters, without outer blanks; anything else is wrong usage."""
    field = Line(limit, required=True)

    def line(_: click.Context | None, __: click.Parameter | None, given: str | None) -> str | None:
        try:
            return given if given is None else str(field.deserialize(given))
        except ValidationError:
            raise click.BadParameter(f"say it in one line of {limit} characters at most") from None

    return line
