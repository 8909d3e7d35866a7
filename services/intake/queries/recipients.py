"""Whom the desk writes to about a company or its offer: by mail where there is an address of mail, else by post."""

from uuid import UUID

from desk.letters.commands import Recipient
from desk.letters.composing import addressee
from desk.letters.events import Means
from eventstore.protection import Sealed
from eventstore.records import StreamId
from eventstore.store import EventStore
from services.intake.domain.company import COMPANY
from services.intake.domain.company.events import ProfileStated
from services.intake.domain.offer.events import OfferPosted


def recipient_of(stated: ProfileStated) -> Recipient | None:
    """Whom to write to for a company of the register. None where nobody can be reached any more."""
    lines = _lines(stated.company_name, stated.contact_affiliation, stated.contact_name)
    return _recipient(stated.contact_id, lines, stated.contact_email, stated.address)


def offeror_of(store: EventStore, posted: OfferPosted) -> Recipient | None:
    """Whom to write to about an offer: the company by its entry as it stands now, or the party that the offer states.

    None where nobody can be reached, or not any more.
    """
    if posted.company_id is not None:
        stated = COMPANY.fold(store.load(StreamId(COMPANY.category, posted.company_id)).events).stated
        return recipient_of(stated) if stated else None
    lines = _lines(posted.offeror_name, posted.contact_affiliation, posted.contact_name)
    return _recipient(posted.contact_id, lines, posted.contact_email, posted.offeror_address)


def _lines(*names: Sealed[str] | Sealed[str | None]) -> tuple[str, ...]:
    organisation, department, person = map(_opened, names)
    return addressee(organisation, department, person)


def _recipient(
    person: UUID, lines: tuple[str, ...], email: Sealed[str | None], address: Sealed[str | None]
) -> Recipient | None:
    for means, found in ((Means.MAIL, _opened(email)), (Means.POST, _opened(address))):
        if lines and found:
            return Recipient(id=person, lines=lines, means=means, address=found)
    return None


def _opened(value: Sealed[str] | Sealed[str | None]) -> str | None:
    return value.reveal() if value.is_open else None
