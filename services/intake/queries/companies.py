"""What the register of companies answers: its lists, one company opened, and who is found by number or name."""

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
from services.intake.domain.parties import Likeness, Party, likeness
from services.intake.domain.party_rules import PartyRules
from services.intake.domain.proposal import PROPOSAL
from services.intake.projections.companies import CALL_NOTICES, COMPANIES
from services.intake.queries.records import opened_fields
from services.intake.queries.registers import party_now, streams_about

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


def require_registered(store: EventStore, company_id: UUID) -> None:
    """Raises `NotFound` where the register has no such company, or shows it no more."""
    company = COMPANY.fold(store.load(StreamId(COMPANY.category, company_id)).events)
    if company.standing is not Standing.REGISTERED:
        raise NotFound


def is_number_taken(store: EventStore, company: StreamId, number: str | None) -> bool:
    """Whether another company stands in the register under a corporate number."""
    if number is None:
        return False
    party = Party(corporate_number=number)
    for found in streams_about(store, party, COMPANY.category) - {company}:
        read = store.load(found)
        is_registered = COMPANY.fold(read.events).standing is Standing.REGISTERED
        if is_registered and party_now(read).corporate_number == number:
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


def found(store: EventStore, sought: Party) -> dict[str, Any]:
    """Companies, proposals and offers of a party, each with what agrees (`number` or `name`); none is opened."""
    companies = [{**_in_clear(read), "agrees": agrees} for read, agrees in _agreeing(store, sought, COMPANY.category)]
    proposals = [
        {"proposal_id": str(read.id.id), "status": PROPOSAL.fold(read.events).status, "agrees": agrees}
        for read, agrees in _agreeing(store, sought, PROPOSAL.category)
    ]
    offers = [
        {"offer_id": str(read.id.id), "agrees": agrees} for read, agrees in _agreeing(store, sought, OFFER.category)
    ]
    return {"companies": companies, "proposals": proposals, "offers": offers}


def _agreeing(store: EventStore, sought: Party, category: str) -> list[tuple[Stream, str]]:
    told = []
    for one in sorted(streams_about(store, sought, category), key=str):
        read = store.load(one)
        alike = likeness(party_now(read), sought)
        if alike is not Likeness.NONE:
            told.append((read, "number" if alike is Likeness.SAME else "name"))
    return told


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
