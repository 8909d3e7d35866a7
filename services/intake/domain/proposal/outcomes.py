"""What becomes of a proposal in intake: accepted, found ineligible, redirected, withdrawn."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum, unique

from eventstore.errors import Refusal
from eventstore.protection import Business, Internal, Public
from services.intake.domain.event_types import EVENTS
from services.intake.domain.exclusions import About, Ground


@unique
class Destination(StrEnum):
    """Which way is shown to whoever proposes what this is not the way for."""

    INQUIRY = "inquiry"
    CITIZENS_CHANNEL = "citizens_channel"
    PROCUREMENT = "procurement"


@EVENTS.event(category="proposal", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalAccepted:
    """The city takes the proposal up (受理): a department is to be found for it.

    accepted_on: the legal day, in the city's time zone. Why, where somebody said so, stands in the envelope's reason.
    """

    accepted_on: date


@EVENTS.event(category="proposal", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalFoundIneligible:
    """An exclusion rule was hit, and a person decided that it applies (対象外の決定).

    about, rule, clause: as in the check that found it, or as the police were asked. grounds: why, as it is told to the
    proposer.
    """

    decided_on: date
    about: About
    rule: Business[str]
    clause: Business[str | None]
    grounds: Business[str]
    decider: Internal[str]
    approval_reference: Internal[str]


@EVENTS.event(category="proposal", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalRedirected:
    """Another way is the right one: an inquiry, the citizens' channel, a procurement.

    method: the pack's code of another way of working together, where one was named (その他連携手法). reference: of the
    procurement or of where the matter went. explanation: what the proposer is told.
    """

    redirected_on: date
    destination: Destination
    method: Public[str | None]
    reference: Internal[str | None]
    explanation: Business[str]


@EVENTS.event(category="proposal", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalWithdrawn:
    """The proposer withdrew it (取下げ): by a portal, as the envelope's channel says, or through staff on request.

    explanation: the proposer's, if there was one. A portal's message stands as received in `SubmissionTaken`.
    """

    withdrawn_on: date
    explanation: Business[str | None]


@unique
class PoliceStanding(StrEnum):
    """What the police were asked about a proposer and what they said, taken together."""

    NOTHING = "nothing"
    OPEN = "open"
    HIT = "hit"


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptProposal:
    """Accept a proposal for matching. required: what the pack in force asks to have checked.

    police: what the police said, `NOTHING` where the caller may not know that they were asked.
    """

    accepted_on: date
    required: frozenset[Ground] = frozenset()
    police: PoliceStanding = PoliceStanding.NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class FindIneligible:
    """Decide that an exclusion rule applies which a check has hit, or the police.

    police_hits: the grounds to which the police answered so; they stand in no check.
    """

    decided_on: date
    about: About
    rule: str
    clause: str | None
    grounds: str = field(repr=False)
    decider: str = field(repr=False)
    approval_reference: str = field(repr=False)
    police_hits: frozenset[Ground] = field(default=frozenset(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RedirectProposal:
    """Show another way. methods: the codes that the pack in force knows."""

    redirected_on: date
    destination: Destination
    method: str | None
    methods: frozenset[str]
    reference: str | None = field(repr=False)
    explanation: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawProposal:
    """Withdraw a proposal as its proposer wishes."""

    withdrawn_on: date
    explanation: str | None = field(repr=False)


class ProposalPledgePending(Refusal):
    """Pledges or terms of a proposal that staff entered are still to be declared."""

    code = "proposal_pledge_pending"
    sentence = "誓約・確認事項がまだ確認されていないため、受理できません。"


class ChecksMissing(Refusal):
    """Not every exclusion rule and clause of the pack was checked."""

    code = "checks_missing"


class ChecksUndecided(Refusal):
    """A check found an exclusion, or could not tell: it has to be checked again before the proposal can be accepted."""

    code = "checks_undecided"
    sentence = "対象外の要件に「該当」または「不明」の確認結果があるため、受理できません。"


class PoliceInquiryOpen(Refusal):
    """The police have not answered yet; told only to those who may know that they were asked."""

    code = "police_inquiry_open"
    sentence = "警察への照会に回答がないため、まだ受理できません。"


class PoliceInquiryHit(Refusal):
    """The police answered that an exclusion applies; told only to those who may know that they were asked."""

    code = "police_inquiry_hit"
    sentence = "警察から「該当」との回答があるため、受理できません。"


class NoSuchHit(Refusal):
    """No check has found that this rule and clause apply."""

    code = "no_such_hit"
    sentence = "この要件に「該当」とした確認の記録がないため、対象外と決定できません。"


class MethodUnknown(Refusal):
    """The pack in force knows no such way of working together."""

    code = "method_unknown"
    sentence = "この連携手法は、現在の運用ルールにありません。"
