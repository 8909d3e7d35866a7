"""Where a letter stands, and what its events make of it."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum, unique
from typing import assert_never
from uuid import UUID

from desk.letters.commands import CodeItem
from desk.letters.events import (
    CodePurpose,
    LetterApproved,
    LetterBounced,
    LetterCancelled,
    LetterComposed,
    LetterDispatched,
    LetterDispatchFailed,
    LetterEvent,
    LetterPosted,
    LetterReaddressed,
    LetterReturned,
    Means,
    OneTimeCodeRevoked,
    OneTimeCodeUsed,
)
from eventstore.records import StreamId


@unique
class Status(StrEnum):
    """Where a letter stands. An approved one waits for the mail server or for the post."""

    ABSENT = "absent"
    COMPOSED = "composed"
    APPROVED = "approved"
    DISPATCHED = "dispatched"
    FAILED = "failed"
    BOUNCED = "bounced"
    POSTED = "posted"
    RETURNED = "returned"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What later decisions need to know of a letter.

    series: how often it was approved; issued_on: the date that it got then. attempts: how often its dispatch was tried
    in this series; next_attempt_at: None where the next may be at once. series_sent: which of them the mail server
    took over, those included of which that became known only after the letter had got another address.
    """

    status: Status = Status.ABSENT
    about: StreamId | None = None
    recipient_id: UUID | None = None
    means: Means = Means.POST
    adverse: bool = False
    series: int = 0
    issued_on: date | None = None
    attempts: int = 0
    next_attempt_at: datetime | None = None
    code_purpose: CodePurpose | None = None
    code_item: CodeItem | None = None
    code_valid_until: datetime | None = None
    code_used: bool = False
    code_revoked: bool = False
    series_sent: frozenset[int] = frozenset()


def evolve(letter: Letter, event: LetterEvent) -> Letter:  # noqa: C901 - one short line for each event
    """The letter after an event."""
    match event:
        case LetterComposed():
            return _composed(event)
        case LetterApproved():
            return _approved(letter, event)
        case LetterDispatched():
            return _dispatched(letter, event)
        case LetterDispatchFailed():
            return replace(
                letter,
                status=Status.FAILED if event.permanent else letter.status,
                attempts=event.attempt,
                next_attempt_at=event.next_attempt_at,
            )
        case LetterBounced():
            return replace(letter, status=Status.BOUNCED)
        case LetterPosted():
            return replace(letter, status=Status.POSTED)
        case LetterReturned():
            return replace(letter, status=Status.RETURNED)
        case LetterReaddressed():
            return replace(letter, status=Status.COMPOSED, means=event.means, next_attempt_at=None)
        case LetterCancelled():
            return replace(letter, status=Status.CANCELLED, next_attempt_at=None)
        case OneTimeCodeUsed():
            return replace(letter, code_used=True)
        case OneTimeCodeRevoked():
            return replace(letter, code_revoked=True)
        case _:
            assert_never(event)


def is_overtaken(letter: Letter, series: int) -> bool:
    """Whether the letter has got another address since it was approved as this series: what is told of it is past."""
    return series < letter.series or (letter.status is Status.COMPOSED and series == letter.series > 0)


def _approved(letter: Letter, event: LetterApproved) -> Letter:
    return replace(
        letter,
        status=Status.APPROVED,
        series=event.series,
        issued_on=event.issued_on,
        attempts=0,
        next_attempt_at=None,
    )


def _dispatched(letter: Letter, event: LetterDispatched) -> Letter:
    sent = letter.series_sent | {event.series}
    if is_overtaken(letter, event.series):
        return replace(letter, series_sent=sent)
    return replace(letter, status=Status.DISPATCHED, attempts=event.attempt, next_attempt_at=None, series_sent=sent)


def _composed(event: LetterComposed) -> Letter:
    return Letter(
        status=Status.COMPOSED,
        about=StreamId(event.subject_category, event.subject_id),
        recipient_id=event.recipient_id,
        means=event.means,
        adverse=event.adverse,
        code_purpose=event.code_purpose,
        code_item=code_item(event),
        code_valid_until=event.code_valid_until,
    )


def code_item(composed: LetterComposed) -> CodeItem | None:
    """What a letter's code is for; None where its subject says that, or where it cannot be opened."""
    if not (composed.code_stream_id.is_open and composed.code_item_id.is_open):
        return None
    stream_id, item_id = composed.code_stream_id.reveal(), composed.code_item_id.reveal()
    if stream_id is None or item_id is None:
        return None
    return CodeItem(stream_id=stream_id, item_id=item_id)
