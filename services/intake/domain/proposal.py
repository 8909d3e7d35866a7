"""A proposal (提案): received whole, as it was handed in, with every text sealed."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum, unique
from typing import Annotated, Final, TypeAlias, assert_never
from uuid import UUID, uuid5

from desk.packs.codes import PledgeCode, ProposalKind, ProposerKind, Purpose
from eventstore.decider import Decider
from eventstore.errors import NotFound, Refusal
from eventstore.protection import Business, Public, Sealed, personal
from services.intake.domain.content import Claim, Cost, Indicator, Merits, ProposalContent, Roles, Support
from services.intake.domain.event_types import EVENTS
from services.intake.domain.receipts import ContentReceipt, DocumentDigest, DocumentText, ReceiptNumber


@unique
class Status(StrEnum):
    """Where a proposal stands."""

    ABSENT = "absent"
    RECEIVED = "received"
    ACCEPTED = "accepted"


@EVENTS.event(category="proposal", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalReceived:
    """A proposal reached the city.

    received_on: the legal day, in the city's time zone. submitted_at: the instant that the sender states.
    document_id, proposer_id, representative_id, contact_id: random ids, each with a data key of its own, so that one
    person can be erased without the others; the document names them all and ends with any of them.
    pledges_pending: entered on someone's behalf, the pledge is still to be given.
    """

    kind: ProposalKind
    call_id: UUID | None
    received_on: date
    submitted_at: datetime
    purposes: tuple[Purpose, ...]
    proposer_kind: ProposerKind
    support_wanted: tuple[Support, ...]
    handles_personal_data: bool | None
    may_be_published: bool | None
    pledges: tuple[PledgeCode, ...]
    pledges_pending: bool
    terms_version: Public[str | None]
    document_id: UUID
    proposer_id: UUID
    representative_id: UUID
    contact_id: UUID
    receipt_number: ReceiptNumber
    document: DocumentText
    content_nonce: DocumentDigest
    content_sha256: DocumentDigest
    proposer_name: Annotated[Sealed[str], personal(of="proposer_id")]
    corporate_number: Annotated[Sealed[str | None], personal(of="proposer_id", blind_index="corporate_number")]
    corporate_number_absent_reason: Annotated[Sealed[str | None], personal(of="proposer_id")]
    proposer_address: Annotated[Sealed[str | None], personal(of="proposer_id")]
    representative: Annotated[Sealed[str | None], personal(of="representative_id")]
    contact_affiliation: Annotated[Sealed[str | None], personal(of="contact_id")]
    contact_name: Annotated[Sealed[str], personal(of="contact_id")]
    contact_phone: Annotated[Sealed[str | None], personal(of="contact_id", blind_index="phone")]
    contact_email: Annotated[Sealed[str | None], personal(of="contact_id", blind_index="email")]
    title: Business[str]
    summary: Business[str]
    problem: Business[str | None]
    merits: Business[Merits | None]
    roles: Business[Roles | None]
    period: Business[str | None]
    place: Business[str | None]
    cost_total_yen: Business[int | None]
    city_share_yen: Business[int | None]
    cost_bearer: Business[str | None]
    indicators: Business[tuple[Indicator, ...]]
    track_record: Business[str | None]
    third_party_ip: Business[tuple[str, ...]]
    claims: Business[tuple[Claim, ...]]


@EVENTS.event(category="proposal", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalAccepted:
    """The city takes the proposal up (受理): a department is to be found for it.

    accepted_on: the legal day, in the city's time zone. Why, where somebody said so, stands in the envelope's reason.
    """

    accepted_on: date


ProposalEvent: TypeAlias = ProposalReceived | ProposalAccepted


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveProposal:
    """Receive a proposal whose content is valid and which the city takes.

    document: the body as received. receipt_number and content_receipt: as they will be told.
    """

    proposal_id: UUID
    content: ProposalContent = field(repr=False)
    document: bytes = field(repr=False)
    received_on: date
    submitted_at: datetime
    pledges_pending: bool
    receipt_number: str
    content_receipt: ContentReceipt


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptProposal:
    """Accept a proposal for matching."""

    accepted_on: date


ProposalCommand: TypeAlias = ReceiveProposal | AcceptProposal


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What later decisions need to know of a proposal."""

    status: Status = Status.ABSENT
    received_on: date | None = None
    pledges_pending: bool = False


class ProposalAlreadyReceived(Refusal):
    """A proposal is received once."""

    code = "proposal_already_received"


class ProposalPledgePending(Refusal):
    """Pledges or terms of a proposal that staff entered are still to be declared."""

    code = "proposal_pledge_pending"


def decide(command: ProposalCommand, proposal: Proposal) -> Sequence[ProposalEvent]:
    """The events that follow from a command; none where it was already so."""
    match command:
        case ReceiveProposal():
            return _receive(command, proposal)
        case AcceptProposal():
            return _accept(command, proposal)
        case _:
            assert_never(command)


def _receive(command: ReceiveProposal, proposal: Proposal) -> Sequence[ProposalEvent]:
    if proposal.status is not Status.ABSENT:
        raise ProposalAlreadyReceived("この提案はすでに受け付けています。")
    content = command.content
    cost = content.cost or Cost(total_yen=None, city_share_yen=None, bearer=None)
    return [
        ProposalReceived(
            kind=content.kind,
            call_id=content.call_id,
            received_on=command.received_on,
            submitted_at=command.submitted_at,
            purposes=content.purposes,
            proposer_kind=content.proposer.kind,
            support_wanted=content.support_wanted,
            handles_personal_data=content.handles_personal_data,
            may_be_published=content.may_be_published,
            pledges=content.pledges,
            pledges_pending=command.pledges_pending,
            terms_version=content.terms_version,
            document_id=uuid5(command.proposal_id, "document"),
            proposer_id=uuid5(command.proposal_id, "proposer"),
            representative_id=uuid5(command.proposal_id, "representative"),
            contact_id=uuid5(command.proposal_id, "contact"),
            receipt_number=Sealed(command.receipt_number),
            document=Sealed(command.document),
            content_nonce=Sealed(command.content_receipt.nonce),
            content_sha256=Sealed(command.content_receipt.sha256),
            proposer_name=Sealed(content.proposer.name),
            corporate_number=Sealed(content.proposer.corporate_number),
            corporate_number_absent_reason=Sealed(content.proposer.corporate_number_absent_reason),
            proposer_address=Sealed(content.proposer.address),
            representative=Sealed(content.proposer.representative),
            contact_affiliation=Sealed(content.contact.affiliation),
            contact_name=Sealed(content.contact.name),
            contact_phone=Sealed(content.contact.phone),
            contact_email=Sealed(content.contact.email),
            title=Sealed(content.title),
            summary=Sealed(content.summary),
            problem=Sealed(content.problem),
            merits=Sealed(content.merits),
            roles=Sealed(content.roles),
            period=Sealed(content.period),
            place=Sealed(content.place),
            cost_total_yen=Sealed(cost.total_yen),
            city_share_yen=Sealed(cost.city_share_yen),
            cost_bearer=Sealed(cost.bearer),
            indicators=Sealed(content.indicators),
            track_record=Sealed(content.track_record),
            third_party_ip=Sealed(content.third_party_ip),
            claims=Sealed(content.claims),
        )
    ]


def _accept(command: AcceptProposal, proposal: Proposal) -> Sequence[ProposalEvent]:
    match proposal.status:
        case Status.ABSENT:
            raise NotFound
        case Status.ACCEPTED:
            return []
        case Status.RECEIVED if proposal.pledges_pending:
            raise ProposalPledgePending("誓約・確認事項がまだ確認されていないため、受理できません。")
        case Status.RECEIVED:
            return [ProposalAccepted(accepted_on=command.accepted_on)]
        case _:
            assert_never(proposal.status)


def evolve(proposal: Proposal, event: ProposalEvent) -> Proposal:
    """The proposal after an event."""
    match event:
        case ProposalReceived():
            return replace(
                proposal,
                status=Status.RECEIVED,
                received_on=event.received_on,
                pledges_pending=event.pledges_pending,
            )
        case ProposalAccepted():
            return replace(proposal, status=Status.ACCEPTED)
        case _:
            assert_never(event)


PROPOSAL: Final = Decider(category="proposal", initial=Proposal(), decide=decide, evolve=evolve)
