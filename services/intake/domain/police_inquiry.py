"""An inquiry to the police about a proposer (警察への照会): that there is one is itself protected.

Its streams are of a category of their own, which never leaves on the broker and stands in no list. Everything in them
is of class `safety`, the proposal's id too: a link in clear would betray whom the city asks about.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum, unique
from typing import Annotated, Final, TypeAlias, assert_never
from uuid import UUID

from eventstore.decider import Decider
from eventstore.errors import NotFound, Refusal
from eventstore.protection import Protection, Safety, Seal, Sealed
from services.intake.domain.event_types import EVENTS

PROPOSAL_INDEX: Final = "police_inquiry_proposal"
"""The look-up that finds the inquiries about a proposal."""


@unique
class PoliceResult(StrEnum):
    """What the police answered."""

    HIT = "hit"
    CLEAR = "clear"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An officer of the party (役員等) or the party itself, as the police are asked about."""

    name: str = field(repr=False)
    kana: str | None = field(repr=False)
    birth_date: date | None = field(repr=False)
    position: str | None = field(repr=False)


@EVENTS.event(category="police_inquiry", version=1, reason_protection=Protection.SAFETY, existence_protected=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class PoliceInquired:
    """The city asks the police.

    proposal_id: the proposal's, as text. party: the company's name as it was asked about. authority: who was asked.
    reference: the number of the letter (文書番号).
    """

    proposal_id: Annotated[Sealed[str], Seal(protection=Protection.SAFETY, blind_index=PROPOSAL_INDEX)]
    asked_on: Safety[date]
    party: Safety[str]
    persons: Safety[tuple[Person, ...]]
    authority: Safety[str]
    reference: Safety[str | None]


@EVENTS.event(category="police_inquiry", version=1, reason_protection=Protection.SAFETY, existence_protected=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class PoliceAnswered:
    """The police answered; of several answers the last one counts, and the earlier ones stay on record."""

    answered_on: Safety[date]
    result: Safety[PoliceResult]
    reference: Safety[str | None]


PoliceInquiryEvent: TypeAlias = PoliceInquired | PoliceAnswered


@dataclass(frozen=True, slots=True, kw_only=True)
class InquirePolice:
    """Record that the police are asked. today: the legal day on which it is recorded; else as `PoliceInquired`."""

    proposal_id: UUID = field(repr=False)
    asked_on: date
    party: str = field(repr=False)
    persons: tuple[Person, ...] = field(repr=False)
    authority: str = field(repr=False)
    reference: str | None = field(repr=False)
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPoliceAnswer:
    """Record what the police answered. today: the legal day on which it is recorded."""

    answered_on: date
    result: PoliceResult = field(repr=False)
    reference: str | None = field(repr=False)
    today: date


PoliceInquiryCommand: TypeAlias = InquirePolice | RecordPoliceAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class PoliceInquiry:
    """What later decisions need to know of an inquiry."""

    asked: PoliceInquired | None = None
    answered: PoliceAnswered | None = None


class PoliceAlreadyInquired(Refusal):
    """An inquiry is recorded once; another one is a matter of its own."""

    code = "police_already_inquired"
    sentence = "この照会はすでに記録しています。"


class PoliceDayInFuture(Refusal):
    """A letter to or from the police is recorded when it has been sent or has come."""

    code = "police_day_in_future"
    sentence = "未来の日付は指定できません。"


class PoliceAnsweredBeforeAsked(Refusal):
    """An answer does not come before the question."""

    code = "police_answered_before_asked"
    sentence = "回答の日が、照会の日より前になっています。"


def decide(command: PoliceInquiryCommand, inquiry: PoliceInquiry) -> Sequence[PoliceInquiryEvent]:
    """The events that follow from a command; none where it was already so."""
    match command:
        case InquirePolice():
            return _inquire(command, inquiry)
        case RecordPoliceAnswer():
            return _answer(command, inquiry)
        case _:
            assert_never(command)


def _inquire(command: InquirePolice, inquiry: PoliceInquiry) -> Sequence[PoliceInquired]:
    if inquiry.asked is not None:
        raise PoliceAlreadyInquired
    _require_come(command.asked_on, command.today)
    return [
        PoliceInquired(
            proposal_id=Sealed(str(command.proposal_id)),
            asked_on=Sealed(command.asked_on),
            party=Sealed(command.party),
            persons=Sealed(command.persons),
            authority=Sealed(command.authority),
            reference=Sealed(command.reference),
        )
    ]


def _answer(command: RecordPoliceAnswer, inquiry: PoliceInquiry) -> Sequence[PoliceAnswered]:
    if inquiry.asked is None:
        raise NotFound
    _require_come(command.answered_on, command.today)
    asked_on = inquiry.asked.asked_on
    if asked_on.is_open and command.answered_on < asked_on.reveal():
        raise PoliceAnsweredBeforeAsked
    answered = PoliceAnswered(
        answered_on=Sealed(command.answered_on),
        result=Sealed(command.result),
        reference=Sealed(command.reference),
    )
    return [] if answered == inquiry.answered else [answered]


def _require_come(day: date, today: date) -> None:
    if day > today:
        raise PoliceDayInFuture


def evolve(inquiry: PoliceInquiry, event: PoliceInquiryEvent) -> PoliceInquiry:
    """The inquiry after an event."""
    match event:
        case PoliceInquired():
            return replace(inquiry, asked=event)
        case PoliceAnswered():
            return replace(inquiry, answered=event)
        case _:
            assert_never(event)


POLICE_INQUIRY: Final = Decider(category="police_inquiry", initial=PoliceInquiry(), decide=decide, evolve=evolve)
