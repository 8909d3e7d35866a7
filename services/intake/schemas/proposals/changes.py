"""What the desk states when a proposal's contact, name or proposer changes, and when it answers claims."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from marshmallow import validates_schema

from desk.forms import Form, Part, at, optional
from desk.forms.fields import LINE, PARAGRAPH, TEXT, Choice, Day, Line, Several, Text
from services.intake.domain.content import Contact, Proposer
from services.intake.domain.proposal.changes import AnsweredClaim, ClaimAnswer, SuccessionGround
from services.intake.schemas.forms import ProposalContactForm, ProposerForm
from services.intake.schemas.proposal import CLAIMABLE, ClaimedField
from services.intake.schemas.proposals.screening import OfProposal, OfProposalForm


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactChange(OfProposal):
    """Whom to ask, from which day on."""

    changed_on: date | None
    contact: Contact = field(repr=False)


class ContactChangeForm(OfProposalForm):
    """`change_contact`."""

    makes = ContactChange
    changed_on = optional(Day())
    contact = Part(ProposalContactForm, required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Renaming(OfProposal):
    """What the proposer is called, where it is and who represents it from a day on."""

    renamed_on: date | None
    name: str = field(repr=False)
    address: str | None = field(repr=False)
    representative: str | None = field(repr=False)


class RenamingForm(OfProposalForm):
    """`rename_proposer`."""

    makes = Renaming
    renamed_on = optional(Day())
    name = Line(LINE, required=True)
    address = optional(Line(LINE))
    representative = optional(Line(LINE))


@dataclass(frozen=True, slots=True, kw_only=True)
class Succession(OfProposal):
    """Who stands in the proposer's place from a day on, how that came, and what shows it."""

    succeeded_on: date | None
    ground: SuccessionGround
    proposer: Proposer = field(repr=False)
    evidence: str = field(repr=False)


class SuccessionForm(OfProposalForm):
    """`succeed_proposer`."""

    makes = Succession
    succeeded_on = optional(Day())
    ground = Choice(SuccessionGround, required=True)
    proposer = Part(ProposerForm, required=True)
    evidence = Text(PARAGRAPH, required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimAnswers(OfProposal):
    """How the city looks at claims for the time being."""

    answers: tuple[AnsweredClaim, ...]


class AnsweredClaimForm(Form):
    """The answer to the claim on one field."""

    makes = AnsweredClaim
    field = ClaimedField(required=True)
    answer = Choice(ClaimAnswer, required=True)
    explanation = Text(TEXT, required=True)


class ClaimAnswersForm(OfProposalForm):
    """`answer_claims`: one at least."""

    makes = ClaimAnswers
    answers = Several(Part(AnsweredClaimForm), len(CLAIMABLE), required=True)

    @validates_schema
    def _one_at_least(self, values: dict[str, Any], **_: Any) -> None:
        if not values["answers"]:
            raise at("answers", "required")


class CodeRenewalForm(OfProposalForm):
    """`renew_access_code`: with a reason."""

    reason = Text(PARAGRAPH, required=True)
