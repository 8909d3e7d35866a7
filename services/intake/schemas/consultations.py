"""What is stated of questions to calls and of the use of ideas in them: by the desk, and by companies themselves."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from marshmallow import validates_schema

from desk.forms import Form, ListForm, Listing, Part, at, optional
from desk.forms.fields import PARAGRAPH, TEXT, Choice, Day, Id, Instant, Text
from services.intake.domain.call.events import IdeaUseAnswer
from services.intake.domain.content import Contact
from services.intake.schemas.calls import WORDS, OnCall, OnCallForm
from services.intake.schemas.forms import InquiryContactForm


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(OnCall):
    """A question that staff take down. asked_at: when it came, if that was earlier than now."""

    asked_at: datetime | None
    question: str = field(repr=False)
    contact: Contact = field(repr=False)


class QuestionSchema(OnCallForm):
    """`ask_question`: what came earlier than now needs a reason."""

    makes = Question
    codes = ("reason_required",)
    question = Text(TEXT, required=True)
    contact = Part(InquiryContactForm, required=True)
    asked_at = optional(Instant())

    @validates_schema
    def _reason_for_a_late_entry(self, values: dict[str, Any], **_: Any) -> None:
        if values["asked_at"] is not None and values["reason"] is None:
            raise at("reason", "reason_required")


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAnswer(OnCall):
    """Question and answer as all read them."""

    question_id: UUID
    question: str
    answer: str


class QuestionAnswerSchema(OnCallForm):
    """`answer_question`."""

    makes = QuestionAnswer
    question_id = Id(required=True)
    question = Text(TEXT, required=True)
    answer = Text(TEXT, required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class UseRequest(OnCall):
    """Which passage of which proposal would be used."""

    proposal_id: UUID
    passage: str = field(repr=False)


class UseRequestSchema(OnCallForm):
    """`request_idea_use`."""

    makes = UseRequest
    proposal_id = Id(required=True)
    passage = Text(TEXT, required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class UseAnswer(OnCall):
    """What the proposer said, and on which day."""

    use_id: UUID
    answer: IdeaUseAnswer
    answered_on: date | None
    conditions: str | None = field(repr=False)


class UseAnswerSchema(OnCallForm):
    """`record_idea_use_answer`."""

    makes = UseAnswer
    use_id = Id(required=True)
    answer = Choice(IdeaUseAnswer, required=True)
    answered_on = optional(Day())
    conditions = optional(Text(PARAGRAPH))


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionListing(Listing):
    """The questions of which call."""

    call_id: UUID


class QuestionListingSchema(ListForm):
    """`list_questions`."""

    makes = QuestionListing
    words = WORDS
    call_id = Id(required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmittedQuestion:
    """`data` of `CallQuestionSubmitted` beside its address and proof. contact: None where a proof names the asker."""

    call_id: UUID
    question: str = field(repr=False)
    contact: Contact | None = field(repr=False)


class SubmittedQuestionForm(Form):
    """The question as a company writes it; who receives it adds `municipality` and `proof`."""

    makes = SubmittedQuestion
    words = WORDS
    call_id = Id(required=True)
    question = Text(TEXT, required=True)
    contact = optional(Part(InquiryContactForm))


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmittedConsent:
    """`data` of `ConsentGiven` to the use of an idea, beside its address and proof.

    call_id, use_id: None where the code of a letter says which use of an idea it is.
    """

    call_id: UUID | None
    use_id: UUID | None
    answer: IdeaUseAnswer
    conditions: str | None = field(repr=False)


class SubmittedConsentForm(Form):
    """The answer as a company writes it; who receives it adds `municipality` and `proof`."""

    makes = SubmittedConsent
    words = WORDS
    call_id = optional(Id())
    use_id = optional(Id())
    answer = Choice(IdeaUseAnswer, required=True)
    conditions = optional(Text(PARAGRAPH))
