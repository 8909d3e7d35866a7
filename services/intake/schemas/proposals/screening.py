"""What the desk states in screening: contact, checks, a correction asked for, a hold, pledges."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, Final
from uuid import UUID

from marshmallow import validates_schema

from desk.forms import CommandForm, Form, Part, Stated, at, optional
from desk.forms.fields import LINE, PARAGRAPH, TEXT, Choice, Day, Id, Line, Several, Text
from desk.packs.codes import Channel, PledgeCode
from services.intake.domain.exclusions import About, Basis, Check, CheckResult
from services.intake.schemas.proposals.words import WORDS

MOST_CHECKS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class OfProposal(Stated):
    """Which proposal a command is about."""

    proposal_id: UUID


class OfProposalForm(CommandForm):
    """A command on a proposal that states nothing else, or what its own form adds."""

    makes: ClassVar[type[Any]] = OfProposal
    words = WORDS
    proposal_id = Id(required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacted(OfProposal):
    """When and how the desk was in touch, and what was said."""

    contacted_on: date | None
    means: Channel
    note: str | None = field(repr=False)


class ContactedForm(OfProposalForm):
    """`record_contact`."""

    makes = Contacted
    contacted_on = optional(Day())
    means = Choice(Channel, required=True)
    note = optional(Text(TEXT))


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked(OfProposal):
    """What was checked."""

    checks: tuple[Check, ...]


class CheckForm(Form):
    """One check."""

    makes = Check
    about = Choice(About, required=True)
    rule = Line(LINE, required=True)
    clause = optional(Line(LINE))
    basis = Choice(Basis, required=True)
    result = Choice(CheckResult, required=True)
    barred_from = optional(Day())
    barred_until = optional(Day())
    source = optional(Text(PARAGRAPH))
    grounds = optional(Text(TEXT))
    decider = optional(Line(LINE))
    approval_reference = optional(Line(LINE))


class CheckedForm(OfProposalForm):
    """`record_checks`: one at least."""

    makes = Checked
    checks = Several(Part(CheckForm), MOST_CHECKS, required=True)

    @validates_schema
    def _one_at_least(self, values: dict[str, Any], **_: Any) -> None:
        if not values["checks"]:
            raise at("checks", "required")


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned(OfProposal):
    """What is to be corrected, and until when that is hoped for."""

    points: str = field(repr=False)
    answer_by: date | None


class ReturnedForm(OfProposalForm):
    """`return_proposal`."""

    makes = Returned
    points = Text(TEXT, required=True)
    answer_by = optional(Day())


@dataclass(frozen=True, slots=True, kw_only=True)
class Held(OfProposal):
    """When a proposal on hold is looked at again."""

    review_on: date | None


class HeldForm(OfProposalForm):
    """`hold_proposal`: with a reason."""

    makes = Held
    reason = Text(PARAGRAPH, required=True)
    review_on = optional(Day())


@dataclass(frozen=True, slots=True, kw_only=True)
class Pledged(OfProposal):
    """What the proposer has declared by now."""

    pledges: tuple[PledgeCode, ...]
    terms_version: str | None


class PledgedForm(OfProposalForm):
    """`declare_pledges`."""

    makes = Pledged
    pledges = Several(Choice(PledgeCode), limit=len(PledgeCode))
    terms_version = optional(Line(LINE))
