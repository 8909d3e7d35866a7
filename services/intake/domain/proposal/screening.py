"""Screening (審査): contact with the proposer, checks rule by rule, correction asked, on hold.

A check is a record of its own for every exclusion rule and clause of the pack in force (the envelope's `policy` says
which); who checked is the envelope's actor. What was asked of the police is not here: it has streams of its own.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum, unique
from uuid import UUID

from desk.packs.codes import Channel, PledgeCode
from eventstore.errors import Refusal
from eventstore.protection import Business, Deliberation, Internal, Public
from services.intake.domain.event_types import EVENTS
from services.intake.domain.exclusions import About, Basis, Catalogue, Check, CheckResult


@EVENTS.event(category="proposal", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningBegun:
    """Somebody took the proposal up. begun_on: the legal day."""

    begun_on: date


@EVENTS.event(category="proposal", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class ProposerContacted:
    """The desk was in touch with the proposer. contacted_on: the legal day. note: what was said."""

    contacted_on: date
    means: Channel
    note: Internal[str | None]


@EVENTS.event(category="proposal", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class ExclusionChecked:
    """One exclusion rule, or one clause of it, was checked.

    rule, clause: the pack's codes; clause None where the rule has none. barred_from, barred_until: the period of a hit,
    None where it has no end or nothing was hit. source: where it was looked up. grounds, decider, approval_reference:
    of a discretionary rule (市長が認めるもの), where it was hit.
    """

    check_id: UUID
    checked_on: date
    about: About
    rule: Business[str]
    clause: Business[str | None]
    basis: Business[Basis]
    result: Business[CheckResult]
    barred_from: Business[date | None]
    barred_until: Business[date | None]
    source: Business[str | None]
    grounds: Deliberation[str | None]
    decider: Internal[str | None]
    approval_reference: Internal[str | None]


@EVENTS.event(category="proposal", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalReturned:
    """A correction was asked for (補正の求め): the clock stops. points: what is to be corrected, as it is told.

    answer_by: until when it is hoped for, None where nothing was said.
    """

    returned_on: date
    answer_by: date | None
    points: Business[str]


@EVENTS.event(category="proposal", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalHeld:
    """The screening is on hold (保留); why stands in the envelope's reason. review_on: when it is looked at again."""

    held_on: date
    review_on: date | None


@unique
class Waiting(StrEnum):
    """What a screening may wait for: the correction that was asked for, or the end of a hold."""

    CORRECTION = "correction"
    HOLD = "hold"


@EVENTS.event(category="proposal", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalResumed:
    """The screening goes on. after: what it waited for; a correction is not asked for any more (補正の求めの撤回)."""

    resumed_on: date
    after: Waiting


@EVENTS.event(category="proposal", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class PledgesDeclared:
    """The proposer declared what was still to be declared when staff entered the proposal.

    pledges, terms_version: all that has been declared by now. pledges_pending: whether something is still to come.
    """

    declared_on: date
    pledges: tuple[PledgeCode, ...]
    terms_version: Public[str | None]
    pledges_pending: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginScreening:
    """Take a proposal up."""

    begun_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordContact:
    """Record that the desk was in touch with the proposer."""

    contacted_on: date
    means: Channel
    note: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordChecks:
    """Record checks. check_ids: one for each. catalogue: what the pack in force asks for, which each has to fit."""

    checked_on: date
    checks: tuple[Check, ...]
    check_ids: tuple[UUID, ...]
    catalogue: Catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnProposal:
    """Ask for a correction."""

    returned_on: date
    answer_by: date | None
    points: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldProposal:
    """Put the screening on hold."""

    held_on: date
    review_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeProposal:
    """Go on after a hold, or without the correction that was asked for."""

    resumed_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclarePledges:
    """Declare what is pending, or a part of it. terms_version: the version acknowledged, None where that is to come.

    required, terms_in_force: what the pack in force asks for.
    """

    declared_on: date
    pledges: tuple[PledgeCode, ...]
    terms_version: str | None
    required: frozenset[PledgeCode]
    terms_in_force: str


class NothingPending(Refusal):
    """Pledges and terms were declared before."""

    code = "no_pledges_pending"
    sentence = "誓約・確認事項は、すでに確認されています。"


class TermsNotInForce(Refusal):
    """Another version of the terms is in force than the one that was acknowledged."""

    code = "terms_not_in_force"


class DayPassed(Refusal):
    """The day until which an answer is asked for, or on which it is looked at again, has passed already."""

    code = "day_passed"
    sentence = "過ぎた日を期限や再検討の日に指定することはできません。"
