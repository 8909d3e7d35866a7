"""What is stated of obligations (約束)."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, Final
from uuid import UUID

from desk.forms import CommandForm, Form, ListForm, Listing, Stated, Words, optional
from desk.forms.fields import LINE, PARAGRAPH, Choice, Day, Id, Line, Text, YesNo
from services.matching.domain.case.dialogue import Side
from services.matching.domain.obligation import Kind, Status
from services.matching.schemas.cases import OfCase, OfCaseForm
from services.matching.schemas.words import WORDS

OF_OBLIGATIONS: Final = Words(
    labels={
        **WORDS.labels,
        "obligation_id": "約束ID",
        "side": "約束をした側",
        "kind": "約束の種類",
        "text": "約束の内容",
        "undertaken_on": "約束をした日",
        "due_on": "約束の期日",
        "fulfilled_on": "約束を果たした日",
        "note": "果たした内容",
        "orphaned": "部署が担当を外れた約束",
    },
    sentences=WORDS.sentences,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Undertaking(OfCase):
    """What is promised. undertaken_on: None for today."""

    side: Side
    kind: Kind
    department: str | None
    undertaken_on: date | None
    due_on: date
    text: str = field(repr=False)


class UndertakingForm(OfCaseForm):
    """`undertake_obligation`."""

    makes = Undertaking
    words = OF_OBLIGATIONS
    side = Choice(Side, required=True)
    kind = Choice(Kind, required=True)
    department = optional(Line(LINE))
    undertaken_on = optional(Day())
    due_on = Day(required=True)
    text = Text(PARAGRAPH, required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfObligation(Stated):
    """Which obligation a command is about."""

    obligation_id: UUID


class OfObligationForm(CommandForm):
    """A command on an obligation."""

    makes: ClassVar[type[Any]] = OfObligation
    words = OF_OBLIGATIONS
    obligation_id = Id(required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueChange(OfObligation):
    """The day on which both sides agreed."""

    due_on: date


class DueChangeForm(OfObligationForm):
    """`change_obligation_due`."""

    makes = DueChange
    due_on = Day(required=True)
    reason = Text(PARAGRAPH, required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reassignment(OfObligation):
    """The department that keeps the promise from now on."""

    department: str


class ReassignmentForm(OfObligationForm):
    """`reassign_obligation`."""

    makes = Reassignment
    department = Line(LINE, required=True)
    reason = Text(PARAGRAPH, required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fulfilment(OfObligation):
    """When it was done, None for today, and what."""

    fulfilled_on: date | None
    note: str | None = field(repr=False)


class FulfilmentForm(OfObligationForm):
    """`fulfil_obligation`."""

    makes = Fulfilment
    fulfilled_on = optional(Day())
    note = optional(Text(PARAGRAPH))


class ReleaseForm(OfObligationForm):
    """`release_obligation`."""

    reason = Text(PARAGRAPH, required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationListing(Listing):
    """Which obligations: those of a case, of a side, of a department, those that stand so, or all.

    orphaned: whether the department that owes it has the case no more.
    """

    case_id: UUID | None
    side: Side | None
    department: str | None
    status: Status | None
    orphaned: bool | None


class ObligationListingForm(ListForm):
    """`list_obligations`."""

    makes = ObligationListing
    words = OF_OBLIGATIONS
    case_id = optional(Id())
    side = optional(Choice(Side))
    department = optional(Line(LINE))
    status = optional(Choice(Status))
    orphaned = optional(YesNo())


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerWanted:
    """Whose obligations are counted: those of a case, those that concern a department, or all."""

    case_id: UUID | None
    department: str | None


class LedgerForm(Form):
    """`get_obligation_ledger`."""

    makes = LedgerWanted
    words = OF_OBLIGATIONS
    case_id = optional(Id())
    department = optional(Line(LINE))
