"""What is stated of companies in the register, and what is asked of it."""

from dataclasses import dataclass, field
from typing import Any, ClassVar, Final
from uuid import UUID

from marshmallow import validates_schema

from desk.forms import CommandForm, Form, ListForm, Listing, Part, Stated, Words, at, optional, said
from desk.forms.fields import LINE, PARAGRAPH, TEXT, Choice, Id, Line, Several, Text, YesNo
from desk.openings import PURPOSE_LIMIT
from services.intake.domain.company.commands import Profile
from services.intake.domain.company.decider import Standing
from services.intake.domain.parties import Party
from services.intake.schemas.fields import CorporateNumber
from services.intake.schemas.forms import ProposalContactForm, ProposerForm
from services.intake.schemas.problems import LABELS, SENTENCES

MOST_SUBJECTS: Final = 30
OF_PARTY: Final = {
    "proposer": "事業者",
    "proposer.kind": "事業者の区分",
    "proposer.name": "事業者の名称",
}
WORDS: Final = Words(
    labels={
        **LABELS,
        **OF_PARTY,
        "company_id": "事業者ID",
        "subjects": "関心のある分野",
        "subject": "分野",
        "strengths": "事業者の紹介",
        "wants_notices": "募集のお知らせの希望",
        "name": "事業者の名称",
        "corporate_number": "法人番号",
        "call_id": "募集",
        "purpose": "閲覧の目的",
    },
    sentences={**SENTENCES, "number_or_name_required": "法人番号か名称のどちらかを入力してください。"},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration(Stated):
    """A company that is entered."""

    profile: Profile = field(repr=False)
    wants_notices: bool


class _ProfileForm(CommandForm):
    """A command that states a whole profile."""

    words = WORDS
    proposer = Part(ProposerForm, required=True)
    contact = Part(ProposalContactForm, required=True)
    subjects = Several(Line(LINE, required=True), limit=MOST_SUBJECTS)
    strengths = optional(Text(TEXT))

    def made(self, values: dict[str, Any]) -> Any:
        """The command, its profile in one piece."""
        profile = Profile(**{name: values.pop(name) for name in Profile.__dataclass_fields__})
        return self.makes(profile=profile, **values)


class RegistrationSchema(_ProfileForm):
    """`register_company`."""

    makes = Registration
    wants_notices = YesNo(required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileChange(Stated):
    """A company's profile as it is to stand."""

    company_id: UUID
    profile: Profile = field(repr=False)


class ProfileChangeSchema(_ProfileForm):
    """`change_company`."""

    makes = ProfileChange
    company_id = Id(required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCompany(Stated):
    """Which company a command is about."""

    company_id: UUID


class OnCompanyForm(CommandForm):
    """A command about a company."""

    makes: ClassVar[type[Any]] = OnCompany
    words = WORDS
    company_id = Id(required=True)


class RemovalSchema(OnCompanyForm):
    """`remove_company`."""

    reason = Text(PARAGRAPH, required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyListing(Listing):
    """Which companies: those that a subject interests, those that stand so, or all."""

    subject: str | None
    status: Standing | None
    wants_notices: bool | None


class CompanyListingSchema(ListForm):
    """`list_companies`."""

    makes = CompanyListing
    words = WORDS
    subject = optional(Line(LINE))
    status = optional(Choice(Standing))
    wants_notices = optional(YesNo())


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeListing(Listing):
    """The notices of which call."""

    call_id: UUID


class NoticeListingSchema(ListForm):
    """`list_call_notices`."""

    makes = NoticeListing
    words = WORDS
    call_id = Id(required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class SoughtCompany:
    """The party that is looked for, and what for, in the reader's own words."""

    name: str | None = field(repr=False)
    corporate_number: str | None = field(repr=False)
    purpose: str | None = field(repr=False)

    @property
    def party(self) -> Party:
        """The party, as far as it is stated."""
        return Party(name=self.name, corporate_number=self.corporate_number)


class SoughtCompanySchema(Form):
    """`find_companies`."""

    makes = SoughtCompany
    words = WORDS
    codes = ("number_or_name_required",)
    name = optional(Line(LINE))
    corporate_number = optional(CorporateNumber())
    purpose = optional(Line(PURPOSE_LIMIT))

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _number_or_name(self, values: dict[str, Any], original: Any, **_: Any) -> None:
        if not said(values, original, "name", "corporate_number"):
            raise at("corporate_number", "number_or_name_required")
