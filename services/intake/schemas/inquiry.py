"""The inquiry form (相談・問合せ): `data` of `InquirySubmitted`."""

from typing import Any

from desk.forms import Form, Part, optional
from desk.forms.fields import LINE, TEXT, Line, Text
from services.intake.domain.content import InquiryContent
from services.intake.schemas.forms import InquirerForm, InquiryContactForm
from services.intake.schemas.problems import WORDS


class InquirySchema(Form):
    """A whole inquiry; `municipality` is checked against the city by whoever receives it."""

    makes = InquiryContent
    words = WORDS
    municipality = Line(LINE, required=True)
    proposer = optional(Part(InquirerForm))
    contact = Part(InquiryContactForm, required=True)
    subject = Line(LINE, required=True)
    content = Text(TEXT, required=True)

    def made(self, values: dict[str, Any]) -> InquiryContent:
        """The content, without what is the city's own."""
        del values["municipality"]
        return InquiryContent(**values)
