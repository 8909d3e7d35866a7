"""The parts that several forms have: every part is made into its dataclass, strangers are refused."""

from typing import Any, ClassVar, Final

from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validates_schema

from desk.packs.codes import ProposerKind
from services.intake.domain.content import Contact, Proposer
from services.intake.schemas.fields import MESSAGES, Choice, CorporateNumber, Email, Line, Phone
from services.intake.schemas.problems import Problem

LINE, PARAGRAPH, TEXT = 200, 2_000, 20_000  # characters


class Form(Schema):
    """A strict form: `makes` is the dataclass that its values go to; what is not said is None."""

    class Meta:
        unknown = RAISE

    makes: ClassVar[type[Any]]
    error_messages = {"unknown": "unknown_field", "type": "wrong_type"}  # noqa: RUF012 - marshmallow's own declaration

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> Any:
        return self.made(values)

    def made(self, values: dict[str, Any]) -> Any:
        """The dataclass of checked values."""
        return self.makes(**values)


def optional(field: fields.Field[Any]) -> fields.Field[Any]:
    """The field, which may be absent or null."""
    field.allow_none = True
    field.load_default = None
    return field


class Part(fields.Nested):
    """A part of a form."""

    default_error_messages: Final = MESSAGES  # type: ignore[misc, assignment]  # marshmallow's own type is a plain dict


class InquirerForm(Form):
    """For whom someone asks: kind and name, the rest if it is known."""

    makes = Proposer
    kind = Choice(ProposerKind, required=True)
    name = Line(LINE, required=True)
    corporate_number = optional(CorporateNumber())
    corporate_number_absent_reason = optional(Line(PARAGRAPH))
    address = optional(Line(LINE))
    representative = optional(Line(LINE))


class ProposerForm(InquirerForm):
    """Who proposes; a corporation has a corporate number or says why not."""

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _number_or_reason(self, values: dict[str, Any], original: Any, **_: Any) -> None:
        if values.get("kind") is ProposerKind.CORPORATION and not said(values, original, *_NUMBER_OR_REASON):
            raise at("corporate_number", "corporate_number_required")


_NUMBER_OR_REASON: Final = ("corporate_number", "corporate_number_absent_reason")


class ContactForm(Form):
    """Whom to ask; by phone or by mail. A proposal calls the affiliation `department`."""

    makes = Contact
    name = Line(LINE, required=True)
    phone = optional(Phone())
    email = optional(Email())

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _phone_or_mail(self, values: dict[str, Any], original: Any, **_: Any) -> None:
        if isinstance(original, dict) and not said(values, original, "phone", "email"):
            raise at("phone", "phone_or_email_required")


class ProposalContactForm(ContactForm):
    """The contact of a proposal."""

    affiliation = optional(Line(LINE, data_key="department"))


class InquiryContactForm(ContactForm):
    """The contact of an inquiry."""

    affiliation = optional(Line(LINE))


def said(values: dict[str, Any], original: Any, *names: str) -> bool:
    """Whether one of these fields has a value, or says something that is an error of its own."""
    given = original if isinstance(original, dict) else {}
    return any(values[name] is not None if name in values else bool(given.get(name)) for name in names)


def at(field: str, code: str) -> ValidationError:
    """A problem of a whole form, told at one of its fields."""
    return ValidationError({field: [Problem(code)]})
