"""What may be asked of a letter; texts come finished, instants and dates are given."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeAlias
from uuid import UUID

from desk.letters.events import CodePurpose, Means
from eventstore.records import StreamId


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who gets a letter. lines: as the addressee stands on it, top to bottom; address: of mail, or the postal one."""

    id: UUID
    lines: tuple[str, ...] = field(repr=False)
    means: Means
    address: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeItem:
    """One thing that a code is for, where it stands in another stream than the letter's subject, by the ids of both."""

    stream_id: UUID
    item_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeGiven:
    """A one-time code that a letter carries, what it allows, until when (UTC), and the paragraph that tells it.

    item: what it is for, where the letter's subject does not say that.
    """

    purpose: CodePurpose
    valid_until: datetime
    code: str = field(repr=False)
    notice: str = field(repr=False)
    item: CodeItem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposeLetter:
    """Keep a letter's texts as they are to go out. remedies: 教示, there wherever the template is adverse."""

    template: str
    about: StreamId
    recipient: Recipient
    adverse: bool
    title: str = field(repr=False)
    body: tuple[str, ...] = field(repr=False)
    remedies: str | None = field(repr=False)
    code: CodeGiven | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Who decided that a letter goes out, and under which number; the fields are those of `LetterApproved`."""

    document_number: str
    approver: str
    approval_reference: str
    delegation: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveLetter:
    """Approve a letter as this file (PDF), dated `issued_on`, at an instant."""

    approval: Approval
    at: datetime
    issued_on: date
    file: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordDispatch:
    """The mail server took the letter of this series over, at this attempt of it."""

    series: int
    attempt: int
    dispatched_on: date
    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFailure:
    """The mail server did not take it. at: the instant; is_permanent: a repetition would be answered the same."""

    series: int
    at: datetime
    is_permanent: bool
    smtp_code: int | None
    diagnostics: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordBounce:
    """The letter came back by mail. series: which sending the report names, None for the latest."""

    bounced_on: date
    series: int | None = None
    diagnostics: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPosting:
    """The printed letter was handed to the post."""

    posted_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordReturn:
    """The post brought the letter back."""

    returned_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaddressLetter:
    """Send the letter elsewhere, once it is approved again."""

    means: Means
    lines: tuple[str, ...] = field(repr=False)
    address: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelLetter:
    """Do not send the letter any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UseCode:
    """Use the letter's one-time code for what it allows, at an instant."""

    purpose: CodePurpose
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeCode:
    """Let the letter's one-time code open nothing any more."""


LetterCommand: TypeAlias = (
    ComposeLetter
    | ApproveLetter
    | RecordDispatch
    | RecordFailure
    | RecordBounce
    | RecordPosting
    | RecordReturn
    | ReaddressLetter
    | CancelLetter
    | UseCode
    | RevokeCode
)
