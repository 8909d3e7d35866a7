"""The proposal form (提案): `data` of `ProposalSubmitted`, and what staff enter on someone's behalf."""

from typing import Any, Final

from marshmallow import validates_schema

from desk.forms import Form, Part, at, optional, problem, said
from desk.forms.fields import LINE, PARAGRAPH, TEXT, Choice, Id, Line, Several, Text, Yen, YesNo
from desk.packs.codes import PledgeCode, ProposalKind, Purpose
from services.intake.domain.content import Claim, Cost, Indicator, Merits, ProposalContent, Roles, Support
from services.intake.schemas.forms import ProposalContactForm, ProposerForm
from services.intake.schemas.problems import WORDS

CLAIMABLE: Final = frozenset(
    {
        "title", "summary", "problem", "merits", "merits.city", "merits.citizens", "merits.proposer", "roles",
        "roles.city", "roles.proposer", "period", "place", "cost", "cost.total_yen", "cost.city_share_yen",
        "cost.bearer", "indicators", "track_record", "third_party_ip", "proposer", "proposer.name",
        "proposer.corporate_number", "proposer.address", "proposer.representative", "contact", "contact.department",
        "contact.name", "contact.phone", "contact.email", "attachments",
    }
)  # fmt: skip
"""What a proposer may claim to be confidential, as named in the form."""


class MeritsForm(Form):
    """Merits of the three sides."""

    makes = Merits
    city = optional(Text(PARAGRAPH))
    citizens = optional(Text(PARAGRAPH))
    proposer = optional(Text(PARAGRAPH))


class RolesForm(Form):
    """Roles of the two sides."""

    makes = Roles
    city = optional(Text(PARAGRAPH))
    proposer = optional(Text(PARAGRAPH))


class CostForm(Form):
    """Cost and who bears it."""

    makes = Cost
    codes = ("city_share_above_total",)
    total_yen = optional(Yen())
    city_share_yen = optional(Yen())
    bearer = optional(Text(PARAGRAPH))

    @validates_schema
    def _share_within_total(self, values: dict[str, Any], **_: Any) -> None:
        total, share = values["total_yen"], values["city_share_yen"]
        if total is not None and share is not None and share > total:
            raise at("city_share_yen", "city_share_above_total")


class IndicatorForm(Form):
    """How success would be seen."""

    makes = Indicator
    name = Line(LINE, required=True)
    baseline = optional(Line(LINE))
    target = optional(Line(LINE))


class ClaimedField(Line):
    """The name of a field of this form."""

    codes = (*Line.codes, "unknown_choice")

    def __init__(self, **options: Any) -> None:
        super().__init__(LINE, **options)
        self.shape = {"type": "string", "enum": sorted(CLAIMABLE)}

    def checked(self, value: str) -> str:
        if value not in CLAIMABLE:
            raise problem("unknown_choice")
        return value


class ClaimForm(Form):
    """A claim that a field is confidential."""

    makes = Claim
    field = ClaimedField(required=True)
    reason = Text(PARAGRAPH, required=True)
    on_condition_of_non_publication = YesNo(load_default=False)


class AttachmentForm(Form):
    """An attachment handed in before, by the token that its upload was given."""

    makes = dict
    upload_token = Line(LINE, required=True)
    name = Line(LINE, required=True)
    media_type = Line(LINE, required=True)


class ProposalSchema(Form):
    """A whole proposal; `municipality` and `attachments` are checked against the city by whoever receives it."""

    makes = ProposalContent
    codes = ("call_required", "call_not_wanted")
    words = WORDS
    municipality = Line(LINE, required=True)
    kind = Choice(ProposalKind, required=True)
    call_id = optional(Id())
    title = Line(LINE, required=True)
    summary = Text(TEXT, required=True)
    problem = optional(Text(TEXT))
    purposes = Several(Choice(Purpose), limit=len(Purpose))
    proposer = Part(ProposerForm, required=True)
    contact = Part(ProposalContactForm, required=True)
    merits = optional(Part(MeritsForm))
    roles = optional(Part(RolesForm))
    support_wanted = Several(Choice(Support), limit=len(Support))
    period = optional(Text(PARAGRAPH))
    place = optional(Text(PARAGRAPH))
    cost = optional(Part(CostForm))
    indicators = Several(Part(IndicatorForm), limit=50)
    track_record = optional(Text(TEXT))
    handles_personal_data = optional(YesNo())
    third_party_ip = Several(Line(PARAGRAPH, required=True), limit=50)
    claims = Several(Part(ClaimForm), limit=50, data_key="confidential")
    may_be_published = optional(YesNo())
    pledges = Several(Choice(PledgeCode), limit=len(PledgeCode))
    terms_version = optional(Line(LINE))
    attachments = Several(Part(AttachmentForm), limit=20)

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _call_where_wanted(self, values: dict[str, Any], original: Any, **_: Any) -> None:
        kind, is_given = values.get("kind"), said(values, original, "call_id")
        if kind is ProposalKind.CALL and not is_given:
            raise at("call_id", "call_required")
        if kind is ProposalKind.FREE and is_given:
            raise at("call_id", "call_not_wanted")

    def made(self, values: dict[str, Any]) -> ProposalContent:
        """The content, without what is the city's own."""
        del values["municipality"]
        return ProposalContent(**values | {"attachments": len(values["attachments"])})
