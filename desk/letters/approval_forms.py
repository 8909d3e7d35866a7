"""What the desk states when letters are approved (決裁): one, or several by one decision."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

from marshmallow import validates_schema

from desk.forms import CommandForm, Form, Part, Stated, at, optional
from desk.forms.fields import LINE, Day, Id, Line, Several, Version
from desk.letters.forms import WORDS

LETTERS_AT_MOST: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided(Stated):
    """Who decided, under which number, and the date of what was decided on; today unless said."""

    approver: str = field(repr=False)
    approval_reference: str = field(repr=False)
    delegation: str | None = field(repr=False)
    issued_on: date | None


class DecidedForm(CommandForm):
    """What every approval states."""

    words = WORDS
    approver = Line(LINE, required=True)
    approval_reference = Line(LINE, required=True)
    delegation = optional(Line(LINE))
    issued_on = optional(Day())


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalOfLetter(Decided):
    """That a letter goes out, and its document number."""

    letter_id: UUID
    document_number: str = field(repr=False)


class ApprovalSchema(DecidedForm):
    """`approve_letter`."""

    makes = ApprovalOfLetter
    letter_id = Id(required=True)
    document_number = Line(LINE, required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """One of several letters with its document number; expected_version: as the person saw it."""

    letter_id: UUID
    document_number: str = field(repr=False)
    expected_version: int | None


class NumberedForm(Form):
    """One of several letters."""

    makes = Numbered
    letter_id = Id(required=True)
    document_number = Line(LINE, required=True)
    expected_version = optional(Version())


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalOfLetters(Decided):
    """That several letters go out."""

    letters: tuple[Numbered, ...]


class ApprovalsSchema(DecidedForm):
    """`approve_letters`: one at least, each once, each with a number of its own."""

    makes = ApprovalOfLetters
    codes = ("named_twice",)
    letters = Several(Part(NumberedForm), LETTERS_AT_MOST, required=True)

    @validates_schema
    def _each_once(self, values: dict[str, Any], **_: Any) -> None:
        letters: tuple[Numbered, ...] = values["letters"]
        if not letters:
            raise at("letters", "required")
        for named in ({one.letter_id for one in letters}, {one.document_number for one in letters}):
            if len(named) < len(letters):
                raise at("letters", "named_twice")
