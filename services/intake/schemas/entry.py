"""What staff tools state beside a form that they enter on someone's behalf."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from marshmallow import validates_schema

from desk.forms import Form, at, optional, problem
from desk.forms.fields import PARAGRAPH, Choice, Id, Instant, Text, Version
from desk.packs.codes import Channel
from services.intake.schemas.problems import WORDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The command's id, the way the matter came; where it came earlier than now: when, and why it is entered late."""

    command_id: UUID
    channel: Channel
    received_at: datetime | None
    reason: str | None = field(repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """The ids of what the entry is about, beside what it brings."""
        return ()


class _Way(Choice):
    """A way by which a matter reaches staff: what comes by a portal comes from the portal itself."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> StrEnum:
        way = super()._deserialize(value, attr, data, **options)
        if way is Channel.PORTAL:
            raise problem("unknown_choice")
        return way


class EntrySchema(Form):
    """A late entry needs a reason."""

    makes: ClassVar[type[Any]] = Entry
    codes = ("reason_required",)
    words = WORDS
    command_id = Id(required=True)
    channel = _Way(Channel, required=True)
    received_at = optional(Instant())
    reason = optional(Text(PARAGRAPH))

    @validates_schema
    def _reason_for_a_late_entry(self, values: dict[str, Any], **_: Any) -> None:
        if values["received_at"] is not None and values["reason"] is None:
            raise at("reason", "reason_required")


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionEntry(Entry):
    """An entry of a corrected proposal: which one, and the version that the person saw, where it is said."""

    proposal_id: UUID
    expected_version: int | None

    @property
    def names(self) -> tuple[str, ...]:
        """The proposal."""
        return (str(self.proposal_id),)


class CorrectionEntrySchema(EntrySchema):
    """`resubmit_proposal`, beside the form."""

    makes = CorrectionEntry
    proposal_id = Id(required=True)
    expected_version = optional(Version())


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversionEntry(Entry):
    """An entry of a proposal made from an inquiry: which one, and the version that the person saw, where it is said."""

    inquiry_id: UUID
    expected_version: int | None

    @property
    def names(self) -> tuple[str, ...]:
        """The inquiry."""
        return (str(self.inquiry_id),)


class ConversionEntrySchema(EntrySchema):
    """`convert_inquiry`, beside the form."""

    makes = ConversionEntry
    inquiry_id = Id(required=True)
    expected_version = optional(Version())
