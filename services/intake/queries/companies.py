"""What the register of companies answers: its lists, one company opened, and who is found by number or name."""

from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from desk.forms import Listing
from desk.lists import ReadModel
from desk.office import Office
from desk.openings import opened
from desk.packs import Pack
from eventstore.errors import NotFound
from eventstore.records import Actor, StreamId
from eventstore.store import EventStore, Stream
from services.intake.domain.company import COMPANY, Standing
from services.intake.domain.offer import OFFER
from services.intake.domain.parties import Party
from services.intake.domain.party_rules import PartyRules
from services.intake.domain.proposal import PROPOSAL
from services.intake.projections.companies import CALL_NOTICES, COMPANIES
from services.intake.queries.records import opened_fields
from services.intake.queries.registers import Search, party_now, streams_about, told_about

COMPANY_LIST: Final = ReadModel(
    subscription=COMPANIES,
    key="company_id",
    columns=(
        "company_id", "version", "status", "kind", "subjects", "wants_notices", "registered_on", "recorded_at",
    ),
)  # fmt: skip
NOTICE_LIST: Final = ReadModel(
    subscription=CALL_NOTICES, key="letter_id", columns=("letter_id", "call_id", "company_id")
)


def call_notices(office: Office, listing: Listing, call_id: UUID) -> dict[str, Any]:
    """The letters that tell companies of a call, and `owed`: how many companies are still to be told of it."""
    page = NOTICE_LIST.page(office, listing, call_id=call_id)
    with office.database.connection() as connection:
        counted = connection.execute(
            "SELECT count(*) FROM intake_companies WHERE %s = ANY(owed)", (call_id,)
        ).fetchone()
    return {**page, "owed": counted[0] if counted else 0}


def party_rules(pack: Pack) -> PartyRules:
    """What a pack says of whoever is registered or offers something."""
    refusals = {kind: pack.refusal_of(kind) for kind in pack.proposers}
    return PartyRules(
        subjects=frozenset(pack.subjects),
        sent_on={kind: refusal.message for kind, refusal in refusals.items() if refusal},
    )


def is_registered(store: EventStore, company_id: UUID) -> bool:
    """Whether the register has such a company, and still shows it."""
    company = COMPANY.fold(store.load(StreamId(COMPANY.category, company_id)).events)
    return company.standing is Standing.REGISTERED


def is_number_taken(store: EventStore, company: StreamId, number: str | None) -> bool:
    """Whether another company stands in the register under a corporate number."""
    if number is None:
        return False
    party = Party(corporate_number=number)
    for found in streams_about(store, party, COMPANY.category) - {company}:
        read = store.load(found)
        stands = COMPANY.fold(read.events).standing is Standing.REGISTERED
        if stands and party_now(read).corporate_number == number:
            return True
    return False


def opened_company(office: Office, stream: StreamId, actor: Actor, purpose: object) -> dict[str, Any]:
    """A company with its profile opened, after it was recorded that the actor opens it.

    Raises as `opened` does.
    """
    return opened(office, stream, actor, purpose, _in_full)


def _in_full(read: Stream) -> dict[str, Any]:
    company = COMPANY.fold(read.events)
    if company.stated is None:
        raise NotFound
    return {
        **opened_fields(company.stated),
        **_in_clear(read),
        "noticed": sorted(map(str, company.noticed)),
    }


def found(office: Office, search: Search, proposal_reader: Actor | None) -> dict[str, Any]:
    """Companies, proposals and offers of a party, each with what agrees, as `told_about` tells them.

    proposal_reader: who searches, in the role that may know of proposals; without one `proposals` is None. Raises as
    `told_about` does.
    """
    of_proposals = proposal_reader and replace(search, actor=proposal_reader)
    return {
        "companies": told_about(office, COMPANY.category, search, _in_clear),
        "proposals": of_proposals and told_about(office, PROPOSAL.category, of_proposals, _proposal),
        "offers": told_about(office, OFFER.category, search, _offer),
    }


def _proposal(read: Stream) -> dict[str, Any]:
    return {"proposal_id": str(read.id.id), "status": PROPOSAL.fold(read.events).status}


def _offer(read: Stream) -> dict[str, Any]:
    return {"offer_id": str(read.id.id)}


def _in_clear(read: Stream) -> dict[str, Any]:
    company = COMPANY.fold(read.events)
    if company.stated is None:
        raise NotFound
    return {
        "company_id": str(read.id.id),
        "version": read.version,
        "status": company.standing,
        "kind": company.stated.kind,
        "subjects": list(company.stated.subjects),
        "wants_notices": company.wants_notices,
    }
