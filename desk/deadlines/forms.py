"""What the list of deadlines and an extension state."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from desk.deadlines.streams import Status
from desk.forms import LABELS, SENTENCES, CommandForm, ListForm, Listing, Stated, Words, optional
from desk.forms.fields import PARAGRAPH, Choice, Day, Id, Text

WORDS: Final = Words(
    labels={
        **LABELS,
        "status": "状態",
        "subject_id": "対象の記録",
        "deadline_id": "期限のID",
        "due_on": "延長後の期限",
        "reason": "延長の理由",
    },
    sentences=SENTENCES,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineListing(Listing):
    """Which deadlines: those of a status, those of one record, or all."""

    status: Status | None
    subject_id: UUID | None


class DeadlineListingSchema(ListForm):
    """`list_deadlines`."""

    makes = DeadlineListing
    words = WORDS
    status = optional(Choice(Status))
    subject_id = optional(Id())


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension(Stated):
    """Until when a deadline is extended."""

    deadline_id: UUID
    due_on: date


class ExtensionForm(CommandForm):
    """`extend_deadline`: never without a reason."""

    makes = Extension
    words = WORDS
    reason = Text(PARAGRAPH, required=True)
    deadline_id = Id(required=True)
    due_on = Day(required=True)
