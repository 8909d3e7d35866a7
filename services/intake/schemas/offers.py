"""What is stated of companies' offers (逆提案): posted by a portal or at the desk, and answered by departments."""

from dataclasses import dataclass, field
from typing import Any, ClassVar, Final
from uuid import UUID

from marshmallow import validates_schema

from desk.forms import CommandForm, Form, ListForm, Listing, Part, Stated, Words, at, optional, said
from desk.forms.fields import LINE, PARAGRAPH, TEXT, Choice, Day, Id, Line, Several, Text
from services.intake.domain.offer.commands import Offeror, OfferText
from services.intake.domain.offer.events import DepartmentAnswer
from services.intake.domain.offer.state import Standing
from services.intake.schemas.companies import MOST_SUBJECTS, OF_PARTY
from services.intake.schemas.forms import ProposalContactForm, ProposerForm
from services.intake.schemas.problems import LABELS, SENTENCES

PARTY: Final = ("proposer", "contact")
WORDS: Final = Words(
    labels={
        **LABELS,
        **OF_PARTY,
        "offer_id": "逆提案ID",
        "company_id": "登録された事業者",
        "title": "逆提案の件名",
        "description": "逆提案の内容",
        "wanted": "市に希望すること",
        "subjects": "分野",
        "subject": "分野",
        "until": "受付期間の終わりの日",
        "department": "回答する部署",
        "answer": "回答",
        "note": "回答の補足",
        "added": "書き添える文",
    },
    sentences={
        **SENTENCES,
        "offeror_required": "登録された事業者か、事業者と連絡先のどちらか一方を入力してください。",
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmittedOffer:
    """An offer as a portal brings it."""

    offeror: Offeror
    text: OfferText

    @property
    def proof(self) -> None:
        """None: it speaks for nothing that is known already."""


class SubmittedOfferForm(Form):
    """`OfferSubmitted`: whoever offers says who it is, and whom to reach."""

    makes: ClassVar[type[Any]] = SubmittedOffer
    words = WORDS
    municipality = Line(LINE, required=True)
    proposer = Part(ProposerForm, required=True)
    contact = Part(ProposalContactForm, required=True)
    title = Line(LINE, required=True)
    description = Text(TEXT, required=True)
    wanted = optional(Text(TEXT))
    subjects = Several(Line(LINE, required=True), limit=MOST_SUBJECTS)
    until = optional(Day())

    def made(self, values: dict[str, Any]) -> SubmittedOffer:
        """The offer, without what is the city's own."""
        del values["municipality"]
        offeror = Offeror(company_id=None, **{name: values.pop(name) for name in PARTY})
        return SubmittedOffer(offeror=offeror, text=OfferText(**values))


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting(Stated):
    """An offer that is entered for a company."""

    offeror: Offeror
    text: OfferText


class PostingOfferSchema(CommandForm):
    """`post_offer`: for a company of the register, or for a party that is stated with its contact."""

    makes = Posting
    words = WORDS
    codes = ("offeror_required",)
    company_id = optional(Id())
    proposer = optional(Part(ProposerForm))
    contact = optional(Part(ProposalContactForm))
    title = Line(LINE, required=True)
    description = Text(TEXT, required=True)
    wanted = optional(Text(TEXT))
    subjects = Several(Line(LINE, required=True), limit=MOST_SUBJECTS)
    until = optional(Day())

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _one_offeror(self, values: dict[str, Any], original: Any, **_: Any) -> None:
        named = {name for name in ("company_id", *PARTY) if said(values, original, name)}
        if named not in ({"company_id"}, set(PARTY)):
            raise at("company_id", "offeror_required")

    def made(self, values: dict[str, Any]) -> Posting:
        """The command, who offers and what in one piece each."""
        offeror = Offeror(**{name: values.pop(name) for name in Offeror.__dataclass_fields__})
        text = OfferText(**{name: values.pop(name) for name in OfferText.__dataclass_fields__})
        return Posting(offeror=offeror, text=text, **values)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnOffer(Stated):
    """Which offer a command is about."""

    offer_id: UUID


class OnOfferForm(CommandForm):
    """A command about an offer."""

    makes: ClassVar[type[Any]] = OnOffer
    words = WORDS
    offer_id = Id(required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering(OnOffer):
    """What a department says."""

    department: str
    answer: DepartmentAnswer
    note: str | None = field(repr=False)


class AnsweringSchema(OnOfferForm):
    """`answer_offer`."""

    makes = Answering
    department = Line(LINE, required=True)
    answer = Choice(DepartmentAnswer, required=True)
    note = optional(Text(PARAGRAPH))


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenOfferListing(Listing):
    """Which open offers: those of a subject, or all."""

    subject: str | None

    @property
    def subjects(self) -> list[str] | None:
        """What their subjects have to contain; None for whatever they are."""
        return None if self.subject is None else [self.subject]


class OpenOfferListingSchema(ListForm):
    """`list_offers_to_answer`."""

    makes: ClassVar[type[Any]] = OpenOfferListing
    words = WORDS
    subject = optional(Line(LINE))


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferListing(OpenOfferListing):
    """Which offers: those of a subject, those that stand so by the record, or all."""

    status: Standing | None


class OfferListingSchema(OpenOfferListingSchema):
    """`list_offers`."""

    makes = OfferListing
    status = optional(Choice(Standing))


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLetter(OnOffer):
    """A letter that tells the company what the departments answered. added: a paragraph of the desk's own."""

    added: str | None = field(repr=False)


class AnswerLetterSchema(OnOfferForm):
    """`compose_offer_answer`."""

    makes = AnswerLetter
    added = optional(Text(PARAGRAPH))
