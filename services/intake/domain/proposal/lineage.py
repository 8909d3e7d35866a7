"""Proposals that go on elsewhere: merged into another, or split into several."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from desk.packs.codes import ProposalKind
from eventstore.errors import Refusal
from services.intake.domain.event_types import EVENTS
from services.intake.domain.parties import Party


@EVENTS.event(category="proposal", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalMerged:
    """It goes on in another proposal. into: that one's id."""

    merged_on: date
    into: UUID


@EVENTS.event(category="proposal", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalAbsorbed:
    """Another proposal goes on in this one. proposal_id: that one's id."""

    absorbed_on: date
    proposal_id: UUID


@EVENTS.event(category="proposal", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalSplit:
    """It goes on in several proposals, each of which names it as its origin. parts: their ids."""

    split_on: date
    parts: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeTarget:
    """Of another proposal, what one has to agree with to go on in it."""

    kind: ProposalKind | None
    call_id: UUID | None
    party: Party


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeProposal:
    """Let a proposal go on in another.

    target: what that one is, None unless it is open and undecided. same_party_confirmed: a person has made sure that
    both come from one party, where only their names say so.
    """

    merged_on: date
    into: UUID
    target: MergeTarget | None = field(repr=False)
    same_party_confirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsorbProposal:
    """Note that another proposal goes on in this one."""

    absorbed_on: date
    proposal_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitProposal:
    """Let a proposal go on in several, which were received with it as their origin."""

    split_on: date
    parts: tuple[UUID, ...]


class MergeTargetUnfit(Refusal):
    """A proposal can go on only in another one that is open and undecided."""

    code = "merge_target_unfit"
    sentence = "まとめる先の提案がないか、すでに決定しているため、まとめられません。"


class MergeOfOthers(Refusal):
    """The two proposals come from different parties, or nobody has made sure that they come from one."""

    code = "merge_of_others"


class MergeAcrossCalls(Refusal):
    """The two proposals are of different kinds, or answer different calls."""

    code = "merge_across_calls"
    sentence = "種類や募集が違う提案を、一つにまとめることはできません。"


class TooFewParts(Refusal):
    """A split makes at least two proposals of one."""

    code = "too_few_parts"
    sentence = "提案を分けるには、二つ以上の提案が必要です。"
