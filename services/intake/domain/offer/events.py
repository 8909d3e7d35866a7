"""What is recorded of an offer."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum, unique
from typing import Annotated, TypeAlias
from uuid import UUID

from desk.packs.codes import ProposerKind
from eventstore.protection import Business, Internal, Public, Sealed, personal
from services.intake.domain.event_types import EVENTS
from services.intake.domain.parties import NUMBER_INDEX, found_by_name


@unique
class DepartmentAnswer(StrEnum):
    """What a department says to an offer."""

    INTERESTED = "interested"
    TALK = "talk"
    """It would like to hear more first."""
    NOT_NOW = "not_now"


@EVENTS.event(category="offer", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class OfferPosted:
    """A company offers something, to whichever department can use it.

    until: the last day on which departments may answer, None without one. subjects: codes of the policy pack.
    company_id: the company's entry in the register; None where who offers stands here: then kind, name and contact do.
    offeror_id, contact_id: random ids with data keys of their own. wanted: what is wanted of the city.
    """

    posted_on: date
    until: date | None
    subjects: tuple[Public[str], ...]
    company_id: UUID | None
    offeror_kind: ProposerKind | None
    offeror_id: UUID
    contact_id: UUID
    offeror_name: Annotated[Sealed[str | None], found_by_name(of="offeror_id")]
    corporate_number: Annotated[Sealed[str | None], personal(of="offeror_id", blind_index=NUMBER_INDEX)]
    offeror_address: Annotated[Sealed[str | None], personal(of="offeror_id")]
    contact_affiliation: Annotated[Sealed[str | None], personal(of="contact_id")]
    contact_name: Annotated[Sealed[str | None], personal(of="contact_id")]
    contact_phone: Annotated[Sealed[str | None], personal(of="contact_id", blind_index="phone")]
    contact_email: Annotated[Sealed[str | None], personal(of="contact_id", blind_index="email")]
    title: Business[str]
    description: Business[str]
    wanted: Business[str | None]


@EVENTS.event(category="offer", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class OfferAnswered:
    """A department answered, or thought again: its last answer counts. department: code of the policy pack."""

    department: Public[str]
    answer: DepartmentAnswer
    answered_on: date
    note: Internal[str | None]


@EVENTS.event(category="offer", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class OfferLapsed:
    """The offer's last day has passed. lapsed_on: the day after it, however late that is recorded."""

    lapsed_on: date


@EVENTS.event(category="offer", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class OfferClosed:
    """The desk is done with the offer."""

    closed_on: date


@EVENTS.event(category="offer", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class OfferWithdrawn:
    """The company took the offer back."""

    withdrawn_on: date


OfferEvent: TypeAlias = OfferPosted | OfferAnswered | OfferLapsed | OfferClosed | OfferWithdrawn
