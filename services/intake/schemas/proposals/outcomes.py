"""What the desk states when it decides on a proposal, or ends it on its proposer's request."""

from dataclasses import dataclass, field

from desk.forms import optional
from desk.forms.fields import LINE, PARAGRAPH, TEXT, Choice, Line, Text
from services.intake.domain.exclusions import About
from services.intake.domain.proposal.outcomes import Destination
from services.intake.schemas.proposals.screening import OfProposal, OfProposalForm


@dataclass(frozen=True, slots=True, kw_only=True)
class Ineligibility(OfProposal):
    """Which rule and clause apply, why, who decided it, and the approval's reference."""

    about: About
    rule: str
    clause: str | None
    grounds: str = field(repr=False)
    decider: str = field(repr=False)
    approval_reference: str = field(repr=False)


class IneligibilityForm(OfProposalForm):
    """`find_ineligible`."""

    makes = Ineligibility
    about = Choice(About, required=True)
    rule = Line(LINE, required=True)
    clause = optional(Line(LINE))
    grounds = Text(TEXT, required=True)
    decider = Line(LINE, required=True)
    approval_reference = Line(LINE, required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirection(OfProposal):
    """Which way is shown, by which method of the pack, with what reference, and what the proposer is told."""

    destination: Destination
    method: str | None
    reference: str | None = field(repr=False)
    explanation: str = field(repr=False)


class RedirectionForm(OfProposalForm):
    """`redirect_proposal`."""

    makes = Redirection
    destination = Choice(Destination, required=True)
    method = optional(Line(LINE))
    reference = optional(Line(LINE))
    explanation = Text(TEXT, required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal(OfProposal):
    """What the proposer said, if anything."""

    explanation: str | None = field(repr=False)


class WithdrawalForm(OfProposalForm):
    """`withdraw_proposal`: by staff, so with a reason."""

    makes = Withdrawal
    reason = Text(PARAGRAPH, required=True)
    explanation = optional(Text(TEXT))
