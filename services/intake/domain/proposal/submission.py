"""What proposers hand in: a proposal whole, as it came, and whole again when it is corrected, every text sealed."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID, uuid5

from desk.packs.codes import PledgeCode, ProposalKind, ProposerKind, Purpose
from desk.portal.receipts import ContentReceipt, DocumentDigest
from eventstore.errors import Refusal
from eventstore.protection import Business, Public, Sealed, personal
from services.intake.domain.content import Claim, Cost, Indicator, Merits, ProposalContent, Roles, Support
from services.intake.domain.event_types import EVENTS
from services.intake.domain.parties import found_by_name
from services.intake.domain.proposal.origin import Origin, ProposalDerived
from services.intake.domain.receipts import DocumentText, ReceiptNumber


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
    proposer_name: Annotated[Sealed[str], found_by_name(of="proposer_id")]
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
class ProposalResubmitted:
    """A corrected proposal came (補正), whole: nothing of the versions before is changed or lost.

    edition: 2 for the first correction. resubmitted_on: the legal day. The other fields are those of
    `ProposalReceived`; kind, call and receipt number stay what they were. Claims that are not among those of the
    proposal as received are later ones: their date is this one's (N4).
    """

    edition: int
    resubmitted_on: date
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
    document: DocumentText
    content_nonce: DocumentDigest
    content_sha256: DocumentDigest
    proposer_name: Annotated[Sealed[str], found_by_name(of="proposer_id")]
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveProposal:
    """Receive a proposal whose content is valid and which the city takes.

    document: the body as received. receipt_number and content_receipt: as they will be told. origin, origin_id: what
    it was made from, if it was.
    """

    proposal_id: UUID
    content: ProposalContent = field(repr=False)
    document: bytes = field(repr=False)
    received_on: date
    submitted_at: datetime
    pledges_pending: bool
    receipt_number: str
    content_receipt: ContentReceipt
    origin: Origin | None = None
    origin_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResubmitProposal:
    """Hand in a corrected proposal; the fields are those of `ReceiveProposal`."""

    proposal_id: UUID
    content: ProposalContent = field(repr=False)
    document: bytes = field(repr=False)
    resubmitted_on: date
    submitted_at: datetime
    pledges_pending: bool
    content_receipt: ContentReceipt


class ProposalAlreadyReceived(Refusal):
    """A proposal is received once."""

    code = "proposal_already_received"
    sentence = "この提案はすでに受け付けています。"


class ProposalKindFixed(Refusal):
    """A correction cannot turn a proposal of one's own accord into one for a call, nor change the call."""

    code = "proposal_kind_fixed"
    sentence = "補正で、提案の種類や募集を変えることはできません。"


def received(command: ReceiveProposal) -> list[ProposalReceived | ProposalDerived]:
    """The proposal as it came and, where it was made from something, what from."""
    content = command.content
    first = ProposalReceived(
        kind=content.kind,
        call_id=content.call_id,
        received_on=command.received_on,
        submitted_at=command.submitted_at,
        pledges_pending=command.pledges_pending,
        receipt_number=Sealed(command.receipt_number),
        **_ids(command.proposal_id, ""),
        **_document(command.document, command.content_receipt),
        **_content(content),
    )
    if command.origin is None or command.origin_id is None:
        return [first]
    return [first, ProposalDerived(origin=command.origin, origin_id=command.origin_id)]


def resubmitted(command: ResubmitProposal, edition: int) -> ProposalResubmitted:
    """A corrected proposal. Each edition's persons have ids of their own: one may be erased without the others."""
    return ProposalResubmitted(
        edition=edition,
        resubmitted_on=command.resubmitted_on,
        submitted_at=command.submitted_at,
        pledges_pending=command.pledges_pending,
        **_ids(command.proposal_id, f"/{edition}"),
        **_document(command.document, command.content_receipt),
        **_content(command.content),
    )


def _ids(proposal_id: UUID, edition: str) -> dict[str, Any]:
    names = ("document", "proposer", "representative", "contact")
    return {f"{name}_id": uuid5(proposal_id, name + edition) for name in names}


def _document(document: bytes, receipt: ContentReceipt) -> dict[str, Any]:
    return {
        "document": Sealed(document),
        "content_nonce": Sealed(receipt.nonce),
        "content_sha256": Sealed(receipt.sha256),
    }


def _content(content: ProposalContent) -> dict[str, Any]:
    """What both events tell of the content, by the names of their fields."""
    cost = content.cost or Cost(total_yen=None, city_share_yen=None, bearer=None)
    in_clear = (
        "purposes", "support_wanted", "handles_personal_data", "may_be_published", "pledges", "terms_version",
    )  # fmt: skip
    as_they_are = (
        "title", "summary", "problem", "merits", "roles", "period", "place", "indicators", "track_record",
        "third_party_ip", "claims",
    )  # fmt: skip
    return {
        "proposer_kind": content.proposer.kind,
        **{name: getattr(content, name) for name in in_clear},
        **{name: Sealed(getattr(content, name)) for name in as_they_are},
        "cost_total_yen": Sealed(cost.total_yen),
        "city_share_yen": Sealed(cost.city_share_yen),
        "cost_bearer": Sealed(cost.bearer),
        "proposer_name": Sealed(content.proposer.name),
        "corporate_number": Sealed(content.proposer.corporate_number),
        "corporate_number_absent_reason": Sealed(content.proposer.corporate_number_absent_reason),
        "proposer_address": Sealed(content.proposer.address),
        "representative": Sealed(content.proposer.representative),
        "contact_affiliation": Sealed(content.contact.affiliation),
        "contact_name": Sealed(content.contact.name),
        "contact_phone": Sealed(content.contact.phone),
        "contact_email": Sealed(content.contact.email),
    }
