"""What the desk states of inquiries."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, Final
from uuid import UUID

from desk.forms import CommandForm, ListForm, Listing, Stated, Words, optional
from desk.forms.fields import TEXT, Choice, Day, Id, Text
from desk.packs.codes import Channel
from services.intake.domain.inquiry import InquiryStatus
from services.intake.schemas.problems import LABELS, SENTENCES

WORDS: Final = Words(
    labels={**LABELS, "inquiry_id": "相談", "means": "回答の方法", "answer": "回答の内容", "answered_on": "回答した日"},
    sentences=SENTENCES,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnInquiry(Stated):
    """Which inquiry a command is about."""

    inquiry_id: UUID


class OnInquiryForm(CommandForm):
    """A command about an inquiry."""

    makes: ClassVar[type[Any]] = OnInquiry
    words = WORDS
    inquiry_id = Id(required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering(OnInquiry):
    """What was answered by which means, and when, if that was earlier than today."""

    means: Channel
    answered_on: date | None
    answer: str = field(repr=False)


class AnsweringForm(OnInquiryForm):
    """`answer_inquiry`."""

    makes = Answering
    means = Choice(Channel, required=True)
    answered_on = optional(Day())
    answer = Text(TEXT, required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class InquiryListing(Listing):
    """Which inquiries: those that stand so, or all."""

    status: InquiryStatus | None


class InquiryListingSchema(ListForm):
    """`list_inquiries`."""

    makes = InquiryListing
    words = WORDS
    status = optional(Choice(InquiryStatus))
