"""The inquiry form (相談・問合せ): `data` of `InquirySubmitted`."""

from typing import Any

from services.intake.domain.content import InquiryContent
from services.intake.schemas.fields import Line, Text
from services.intake.schemas.forms import LINE, TEXT, Form, InquirerForm, InquiryContactForm, Part, optional


class InquirySchema(Form):
    """A whole inquiry; `municipality` is checked against the city by whoever receives it."""

    makes = InquiryContent
    municipality = Line(LINE, required=True)
    proposer = optional(Part(InquirerForm))
    contact = Part(InquiryContactForm, required=True)
    subject = Line(LINE, required=True)
    content = Text(TEXT, required=True)

    def made(self, values: dict[str, Any]) -> InquiryContent:
        """The content, without what is the city's own."""
        del values["municipality"]
        return InquiryContent(**values)
