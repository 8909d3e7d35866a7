"""The parts that several of intake's forms have."""

from typing import Any, Final

from marshmallow import validates_schema

from desk.forms import Form, at, optional, said
from desk.forms.addresses import Email
from desk.forms.fields import LINE, PARAGRAPH, Choice, Line
from desk.packs.codes import ProposerKind
from services.intake.domain.content import Contact, Proposer
from services.intake.schemas.fields import CorporateNumber, Phone


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

    codes = ("corporate_number_required",)

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _number_or_reason(self, values: dict[str, Any], original: Any, **_: Any) -> None:
        if values.get("kind") is ProposerKind.CORPORATION and not said(values, original, *_NUMBER_OR_REASON):
            raise at("corporate_number", "corporate_number_required")


_NUMBER_OR_REASON: Final = ("corporate_number", "corporate_number_absent_reason")


class ContactForm(Form):
    """Whom to ask; by phone or by mail. A proposal calls the affiliation `department`."""

    makes = Contact
    codes = ("phone_or_email_required",)
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
