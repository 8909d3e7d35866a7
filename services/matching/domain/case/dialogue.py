"""Dialogue (対話): sessions, and their minutes, which both sides confirm over the same edition (S07)."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum, unique
from typing import Annotated, TypeAlias
from uuid import UUID, uuid5

from eventstore.errors import Refusal
from eventstore.protection import Business, Sealed, personal
from services.matching.domain.event_types import EVENTS


@unique
class Setting(StrEnum):
    """How a session was held: in one room, online, or by phone."""

    IN_PERSON = "in_person"
    ONLINE = "online"
    PHONE = "phone"


@unique
class Side(StrEnum):
    """The two sides of a partnership."""

    CITY = "city"
    PROPOSER = "proposer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """Who took part, for which side, and as what."""

    side: Side
    name: str = field(repr=False)
    position: str | None = field(repr=False)


@EVENTS.event(category="case", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class SessionHeld:
    """City and proposer met. participants_id: random; its key ends with the names, and with nothing else."""

    session_id: UUID
    held_on: date
    setting: Setting
    participants_id: UUID
    participants: Annotated[Sealed[tuple[Participant, ...]], personal(of="participants_id")]
    subject: Business[str]


@EVENTS.event(category="case", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class MinutesDrafted:
    """Minutes of a session were written, or written again. edition: 1 for the first."""

    session_id: UUID
    edition: int
    drafted_on: date
    text: Business[str]


@EVENTS.event(category="case", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class MinutesConfirmedByCity:
    """The city stands by this edition. file_sha256: of the document that both sides confirm, which is kept apart."""

    session_id: UUID
    edition: int
    confirmed_on: date
    file_sha256: Business[bytes]


@EVENTS.event(category="case", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class MinutesConfirmedByProposer:
    """The proposer stands by the same edition: the minutes are confirmed by both sides (双方確認)."""

    session_id: UUID
    edition: int
    confirmed_on: date


@EVENTS.event(category="case", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class MinutesObjected:
    """The proposer does not stand by this edition, and says what is to be changed."""

    session_id: UUID
    edition: int
    objected_on: date
    objection: Business[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldSession:
    """Record a session that was held. proposed_on: the day on which the proposal was received, None where unknown."""

    session_id: UUID
    held_on: date
    proposed_on: date | None = None
    setting: Setting
    participants_id: UUID
    participants: tuple[Participant, ...]
    subject: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftMinutes:
    """Write the next edition of a session's minutes."""

    session_id: UUID
    drafted_on: date
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmMinutes:
    """Stand by an edition for the city. file: the PDF of that edition."""

    session_id: UUID
    edition: int
    confirmed_on: date
    file: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerMinutes:
    """What the proposer says of an edition. objection: what is to be changed, None where it stands by it."""

    session_id: UUID
    edition: int
    answered_on: date
    objection: str | None = field(repr=False)


DialogueEvent: TypeAlias = (
    SessionHeld | MinutesDrafted | MinutesConfirmedByCity | MinutesConfirmedByProposer | MinutesObjected
)
DialogueCommand: TypeAlias = HoldSession | DraftMinutes | ConfirmMinutes | AnswerMinutes


def edition_id(session_id: UUID, edition: int) -> UUID:
    """The id of an edition of a session's minutes: its document is kept under it, and a letter's code is for it."""
    return uuid5(session_id, str(edition))


class SessionUnknown(Refusal):
    """No session was held under this id."""

    code = "session_unknown"
    sentence = "この対話の記録は見つかりません。"


class MinutesAbsent(Refusal):
    """No minutes of the session were written yet."""

    code = "minutes_absent"
    sentence = "この対話の議事録は、まだ作成されていません。"


class MinutesOutdated(Refusal):
    """There is a newer edition, or the city does not stand by this one."""

    code = "minutes_outdated"
    sentence = "この版の議事録は、確認いただける最新の版ではありません。"


class MinutesSettled(Refusal):
    """Both sides have confirmed the minutes: they are what they are."""

    code = "minutes_settled"
    sentence = "この議事録は双方が確認済みのため、変更できません。"
