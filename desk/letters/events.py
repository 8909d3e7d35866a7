"""What happens to a letter: the events, and the streams of their own that they stand in, one for each letter.

A letter's texts and its file are what one person was told; addressee, address and file end with that person's key.
Who composed, approved or recorded, when and why stand in the envelope.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum, unique
from typing import Annotated, Final, TypeAlias
from unicodedata import normalize
from uuid import UUID

from eventstore.events import EventTypes
from eventstore.protection import Business, Internal, Protection, Public, Seal, Sealed, personal

NUMBER_INDEX: Final = "document_number"


@unique
class Means(StrEnum):
    """How a letter goes out."""

    MAIL = "mail"
    POST = "post"


@unique
class CodePurpose(StrEnum):
    """What a one-time code allows: one thing, once."""

    CORRECTION = "correction"
    WITHDRAWAL = "withdrawal"
    CLAIM = "claim"
    CALL_QUESTION = "call_question"
    CONSENT = "consent"
    MINUTES = "minutes"
    OPINION = "opinion"
    PROFILE = "profile"
    NOTICES_END = "notices_end"


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterComposed:
    """A letter was written, from a template of the pack and what was decided; it goes nowhere until it is approved.

    template: its code. subject_category, subject_id: the stream that it is about. recipient_id: the random id of the
    contact or company, whose key seals who gets it and where. adverse: it tells an adverse decision, so that `remedies`
    (教示) are there. code_purpose, code_valid_until, code: of the one-time code that it carries, None without one.
    code_stream_id, code_item_id: where the code is for one thing in another stream than the subject's, for instance the
    use of an idea in a call: that stream, whose category follows from the purpose, and the thing; both or neither. They
    are sealed, as side by side with the subject they tell whose idea a call draws on before anybody may know.
    code_notice: the paragraph that tells the code, kept apart from the body because it ends with the recipient's key.
    """

    template: Public[str]
    subject_category: Public[str]
    subject_id: UUID
    recipient_id: UUID
    means: Means
    adverse: bool
    code_purpose: CodePurpose | None
    code_valid_until: datetime | None
    addressee: Annotated[Sealed[tuple[str, ...]], personal(of="recipient_id")]
    address: Annotated[Sealed[str], personal(of="recipient_id")]
    code: Annotated[Sealed[str | None], personal(of="recipient_id", blind_index="one_time_code")]
    code_notice: Annotated[Sealed[str | None], personal(of="recipient_id")]
    code_stream_id: Internal[UUID | None]
    code_item_id: Internal[UUID | None]
    title: Business[str]
    body: Business[tuple[str, ...]]
    remedies: Business[str | None]


def document_number_form(number: str) -> str:
    """The form of a document number (文書番号) in which it is looked up: in any width, with or without blanks."""
    return "".join(normalize("NFKC", number).split())


DocumentNumber: TypeAlias = Annotated[
    Sealed[str],
    Seal(protection=Protection.INTERNAL, blind_index=NUMBER_INDEX, index_form=document_number_form),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterApproved:
    """A person decided that the letter goes out (決裁), as it stands in `file`.

    series: 1, one more each time that it is approved again after its address changed. issued_on: its date (文書日付).
    document_number: of the city's document management system (文書番号). approver and approval_reference: who decided,
    and the number of that decision; delegation: the rule by which that person may (専決), None where it needs none.
    file: the PDF that is sent or printed, with its SHA-256.
    """

    series: int
    issued_on: date
    recipient_id: UUID
    document_number: DocumentNumber
    approver: Internal[str]
    approval_reference: Internal[str]
    delegation: Internal[str | None]
    file: Annotated[Sealed[bytes], personal(of="recipient_id")]
    file_sha256: Annotated[Sealed[bytes], personal(of="recipient_id")]


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterDispatched:
    """The city's mail server took the letter over. attempt: which of the series; message_id: as in the mail's head."""

    series: int
    attempt: int
    dispatched_on: date
    message_id: Internal[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterDispatchFailed:
    """The mail server did not take the letter.

    permanent: it is not tried again until a person decides. next_attempt_at: when it is tried again, None where it is
    not. smtp_code: the server's answer, None where there was none. diagnostics: its words, which may name the address.
    """

    series: int
    attempt: int
    permanent: bool
    smtp_code: int | None
    next_attempt_at: datetime | None
    recipient_id: UUID
    diagnostics: Annotated[Sealed[str], personal(of="recipient_id")]


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterBounced:
    """A letter that had been sent by mail came back. diagnostics: what the report or the person says of it."""

    series: int
    bounced_on: date
    recipient_id: UUID
    diagnostics: Annotated[Sealed[str | None], personal(of="recipient_id")]


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterPosted:
    """The printed letter was handed to the post (発送)."""

    posted_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterReturned:
    """The post brought the letter back (返戻)."""

    returned_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterReaddressed:
    """The letter gets another address, or another way to it; it has to be approved again before it goes there."""

    means: Means
    recipient_id: UUID
    addressee: Annotated[Sealed[tuple[str, ...]], personal(of="recipient_id")]
    address: Annotated[Sealed[str], personal(of="recipient_id")]


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterCancelled:
    """The letter is not to go out any more; why stands in the envelope's reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OneTimeCodeUsed:
    """The letter's code was used; the envelope's command is what it allowed, recorded in the same transaction."""

    purpose: CodePurpose


@dataclass(frozen=True, slots=True, kw_only=True)
class OneTimeCodeRevoked:
    """The letter's code opens nothing any more: it may be in the wrong hands."""

    purpose: CodePurpose


LetterEvent: TypeAlias = (
    LetterComposed
    | LetterApproved
    | LetterDispatched
    | LetterDispatchFailed
    | LetterBounced
    | LetterPosted
    | LetterReturned
    | LetterReaddressed
    | LetterCancelled
    | OneTimeCodeUsed
    | OneTimeCodeRevoked
)
LETTER_EVENTS: Final[tuple[type[LetterEvent], ...]] = (
    LetterComposed,
    LetterApproved,
    LetterDispatched,
    LetterDispatchFailed,
    LetterBounced,
    LetterPosted,
    LetterReturned,
    LetterReaddressed,
    LetterCancelled,
    OneTimeCodeUsed,
    OneTimeCodeRevoked,
)


def declare_letters(types: EventTypes) -> None:
    """Declares letters among the events of a service, in streams of the category `<service>_letter`."""
    declare: Callable[[type[LetterEvent]], type[LetterEvent]] = types.event(
        category=letter_category(types.service), version=1
    )
    for event in LETTER_EVENTS:
        declare(event)


def letter_category(service: str) -> str:
    """The category of a service's letters."""
    return f"{service}_letter"
