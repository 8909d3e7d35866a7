"""What may be asked of an offer; days and ids are given."""

from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias
from uuid import UUID

from services.intake.domain.content import Contact, Proposer
from services.intake.domain.offer.events import DepartmentAnswer
from services.intake.domain.party_rules import PartyRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Offeror:
    """Who offers: an entry of the register, or a party with its contact, never both."""

    company_id: UUID | None
    proposer: Proposer | None = field(repr=False)
    contact: Contact | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferText:
    """What is offered, and what is wanted of the city. until: the last day on which departments may answer."""

    subjects: tuple[str, ...]
    until: date | None
    title: str = field(repr=False)
    description: str = field(repr=False)
    wanted: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostOffer:
    """Post an offer. today: the legal day. is_registered: whether the register shows the entry that offers, if any."""

    offer_id: UUID
    offeror: Offeror
    is_registered: bool
    text: OfferText
    today: date
    rules: PartyRules


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerOffer:
    """Answer for a department, as whoever answers states it. departments: the codes of the pack in force."""

    department: str
    answer: DepartmentAnswer
    note: str | None = field(repr=False)
    today: date
    departments: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LapseOffer:
    """Record that the offer's last day has passed, if it has."""

    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseOffer:
    """Be done with the offer."""

    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawOffer:
    """Take the offer back, as the company asked."""

    today: date


OfferCommand: TypeAlias = PostOffer | AnswerOffer | LapseOffer | CloseOffer | WithdrawOffer
