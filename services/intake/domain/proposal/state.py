"""What later decisions need to know of a proposal, and what each event makes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final, TypeAlias, assert_never
from uuid import UUID

from desk.packs.codes import PledgeCode, ProposalKind
from eventstore.protection import Sealed
from services.intake.domain.content import Claim
from services.intake.domain.exclusions import About, Finding, Ground
from services.intake.domain.parties import Likeness, Party, likeness
from services.intake.domain.proposal.changes import (
    AccessCodeRenewed,
    ClaimsAnswered,
    ConfidentialityClaimed,
    ContactChanged,
    ProposalFlagCleared,
    ProposalFlagged,
    ProposerRenamed,
    ProposerSucceeded,
)
from services.intake.domain.proposal.lineage import ProposalAbsorbed, ProposalMerged, ProposalSplit
from services.intake.domain.proposal.origin import ProposalDerived
from services.intake.domain.proposal.outcomes import (
    ProposalAccepted,
    ProposalFoundIneligible,
    ProposalRedirected,
    ProposalWithdrawn,
)
from services.intake.domain.proposal.screening import (
    ExclusionChecked,
    PledgesDeclared,
    ProposalHeld,
    ProposalResumed,
    ProposalReturned,
    ProposerContacted,
    ScreeningBegun,
)
from services.intake.domain.proposal.standing import status_after
from services.intake.domain.proposal.status import Status
from services.intake.domain.proposal.submission import ProposalReceived, ProposalResubmitted

ProposalEvent: TypeAlias = (
    ProposalReceived
    | ProposalDerived
    | ProposalResubmitted
    | ScreeningBegun
    | ProposerContacted
    | ExclusionChecked
    | ProposalReturned
    | ProposalHeld
    | ProposalResumed
    | PledgesDeclared
    | ProposalAccepted
    | ProposalFoundIneligible
    | ProposalRedirected
    | ProposalWithdrawn
    | ProposalMerged
    | ProposalAbsorbed
    | ProposalSplit
    | ContactChanged
    | ProposerRenamed
    | ProposerSucceeded
    | AccessCodeRenewed
    | ProposalFlagged
    | ProposalFlagCleared
    | ConfidentialityClaimed
    | ClaimsAnswered
)

NOBODY: Final = Party()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What later decisions need to know of a proposal.

    edition: 1 as received, one more for each correction. pledges, terms_version: what has been declared. party: who
    proposes, as far as it can be opened. contact_id: who is asked, None where a successor has not named anybody yet.
    code_generation: how often its access code was replaced. checks: the latest finding for each ground that can be
    opened; what was checked of an edition or a proposer says nothing of the next one. flags: the register entries that
    concern its proposer. claimed: the fields for which confidentiality is claimed.
    """

    status: Status = Status.ABSENT
    received_on: date | None = None
    kind: ProposalKind | None = None
    call_id: UUID | None = None
    edition: int = 0
    pledges: frozenset[PledgeCode] = frozenset()
    terms_version: str | None = None
    pledges_pending: bool = False
    party: Party = field(default=NOBODY, repr=False)
    contact_id: UUID | None = None
    code_generation: int = 0
    checks: Mapping[Ground, Finding] = field(default_factory=dict)
    flags: frozenset[UUID] = frozenset()
    claimed: frozenset[str] = frozenset()
    absorbed: frozenset[UUID] = frozenset()


def evolve(proposal: Proposal, event: ProposalEvent) -> Proposal:
    """The proposal after an event."""
    match event:
        case ProposalReceived() | ProposalResubmitted():
            return _handed_in(proposal, event)
        case PledgesDeclared():
            return replace(proposal, **_declared(event))
        case ProposerSucceeded() | ProposerRenamed() | ContactChanged() | AccessCodeRenewed():
            return _represented(proposal, event)
        case ExclusionChecked():
            return replace(proposal, checks={**proposal.checks, **_found(event)})
        case ProposalFlagged() | ProposalFlagCleared() | ConfidentialityClaimed() | ProposalAbsorbed():
            return _marked(proposal, event)
        case ProposalDerived() | ProposerContacted() | ClaimsAnswered():
            return proposal
        case _:
            return replace(proposal, status=status_after(event))


def _handed_in(proposal: Proposal, event: ProposalReceived | ProposalResubmitted) -> Proposal:
    """The first edition, or the next one, which is screened again."""
    party = _party(event)
    stands = replace(
        proposal,
        status=Status.SCREENING,
        edition=proposal.edition + 1,
        claimed=proposal.claimed | _fields(event.claims),
        party=party,
        contact_id=event.contact_id,
        checks=_still_said(proposal, party),
        **_declared(event),
    )
    if isinstance(event, ProposalResubmitted):
        return stands
    return replace(
        stands, status=Status.RECEIVED, received_on=event.received_on, kind=event.kind, call_id=event.call_id
    )


def _represented(
    proposal: Proposal, event: ProposerSucceeded | ProposerRenamed | ContactChanged | AccessCodeRenewed
) -> Proposal:
    """Who proposes, and who may speak for it: a successor takes its place with a new code and names its own contact."""
    match event:
        case ProposerSucceeded():
            return replace(
                proposal,
                party=_party(event),
                contact_id=None,
                code_generation=proposal.code_generation + 1,
                checks=_checks_about(proposal, About.PROJECT),
            )
        case ProposerRenamed():
            return replace(proposal, party=replace(proposal.party, name=_opened(event.proposer_name)))
        case ContactChanged():
            return replace(proposal, contact_id=event.contact_id)
        case AccessCodeRenewed():
            return replace(proposal, code_generation=proposal.code_generation + 1)
        case _:
            assert_never(event)


def _marked(
    proposal: Proposal, event: ProposalFlagged | ProposalFlagCleared | ConfidentialityClaimed | ProposalAbsorbed
) -> Proposal:
    match event:
        case ProposalFlagged():
            return replace(proposal, flags=proposal.flags | {event.entry_id})
        case ProposalFlagCleared():
            return replace(proposal, flags=proposal.flags - {event.entry_id})
        case ConfidentialityClaimed():
            return replace(proposal, claimed=proposal.claimed | _fields(event.claims))
        case ProposalAbsorbed():
            return replace(proposal, absorbed=proposal.absorbed | {event.proposal_id})
        case _:
            assert_never(event)


def _fields(claims: Sealed[tuple[Claim, ...]]) -> frozenset[str]:
    """The fields that claims are about, as far as they can still be opened."""
    return frozenset(claim.field for claim in claims.reveal()) if claims.is_open else frozenset()


def _declared(event: ProposalReceived | ProposalResubmitted | PledgesDeclared) -> dict[str, Any]:
    return {
        "pledges": frozenset(event.pledges),
        "terms_version": event.terms_version,
        "pledges_pending": event.pledges_pending,
    }


def _party(event: ProposalReceived | ProposalResubmitted | ProposerSucceeded) -> Party:
    return Party(name=_opened(event.proposer_name), corporate_number=_opened(event.corporate_number))


def _opened(value: Sealed[Any]) -> Any:
    return value.reveal() if value.is_open else None


def _still_said(proposal: Proposal, party: Party) -> Mapping[Ground, Finding]:
    """What was checked and holds for the next edition: of the proposer, unless that names somebody else."""
    return _checks_about(proposal, About.PROPOSER) if _is_same(proposal.party, party) else {}


def _is_same(one: Party, other: Party) -> bool:
    """The number decides where both have one, the name where neither has."""
    if one.corporate_number is None and other.corporate_number is None:
        return likeness(one, other) is not Likeness.NONE
    return likeness(one, other) is Likeness.SAME


def _checks_about(proposal: Proposal, about: About) -> Mapping[Ground, Finding]:
    return {ground: found for ground, found in proposal.checks.items() if ground[0] is about}


def _found(checked: ExclusionChecked) -> dict[Ground, Finding]:
    if not (checked.rule.is_open and checked.clause.is_open and checked.result.is_open):
        return {}
    found = Finding(result=checked.result.reveal(), barred_until=_opened(checked.barred_until))
    return {(checked.about, checked.rule.reveal(), checked.clause.reveal()): found}
