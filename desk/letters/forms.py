"""What is stated of letters; a service that has more to say when it composes one extends `CompositionSchema`."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, Final
from uuid import UUID

from marshmallow import validates_schema

from desk.forms import LABELS, SENTENCES, CommandForm, ListForm, Listing, Stated, Words, at, optional
from desk.forms.addresses import Email
from desk.forms.fields import LINE, PARAGRAPH, Choice, Day, Id, Line, Several, Stream, Text, Whole, YesNo
from desk.letters.events import Means
from desk.letters.state import Status
from desk.packs.letters import CODE_DAYS_AT_MOST, LetterCode
from eventstore.records import StreamId

WORDS: Final = Words(
    labels={
        **LABELS,
        "letter_id": "文書ID",
        "template": "文書の種類",
        "about": "対象の記録",
        "means": "送付方法",
        "added": "追記",
        "code_days": "一回限りの番号の有効日数",
        "document_number": "文書番号",
        "issued_on": "文書の日付",
        "approver": "決裁者",
        "approval_reference": "決裁番号",
        "delegation": "専決の根拠",
        "posted_on": "郵送した日",
        "already_posted": "すでに発送済みか",
        "returned_on": "返戻の日",
        "bounced_on": "メールが戻った日",
        "diagnostics": "戻った理由",
        "addressee": "宛名",
        "email": "メールアドレス",
        "postal_address": "住所",
        "status": "状態",
        "subject_id": "対象の記録",
        "letters": "文書",
        "letters.letter_id": "文書ID",
        "letters.document_number": "文書番号",
        "letters.expected_version": "版",
    },
    sentences={**SENTENCES, "named_twice": "同じ文書または同じ文書番号が、二度指定されています。"},
)
LINES_AT_MOST: Final = 6


class LetterForm(CommandForm):
    """What every command on a letter states."""

    words = WORDS
    letter_id = Id(required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnLetter(Stated):
    """Which letter."""

    letter_id: UUID


class CancellationSchema(LetterForm):
    """`cancel_letter`."""

    makes = OnLetter


class RevocationSchema(LetterForm):
    """`revoke_code`."""

    makes = OnLetter
    reason = Text(PARAGRAPH, required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition(Stated):
    """Which letter about what. code_days: for how many days its code may be used, None where it is as the pack says."""

    template: LetterCode
    about: StreamId
    means: Means
    added: str | None = field(repr=False)
    code_days: int | None


class CompositionSchema(CommandForm):
    """`compose_letter`, as far as it is the same for every service."""

    makes: ClassVar[type[Any]] = Composition
    words = WORDS
    template = Choice(LetterCode, required=True)
    about = Stream(required=True)
    means = Choice(Means, required=True)
    added = optional(Text(PARAGRAPH))
    code_days = optional(Whole(1, CODE_DAYS_AT_MOST))


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting(OnLetter):
    """When it was posted. already_posted: before anybody could ask whether the letter still holds."""

    posted_on: date
    already_posted: bool | None


class PostingSchema(LetterForm):
    """`record_posting`."""

    makes = Posting
    posted_on = Day(required=True)
    already_posted = optional(YesNo())

    @validates_schema
    def _reason_for_what_is_past_asking(self, values: dict[str, Any], **_: Any) -> None:
        if values["already_posted"] and values["reason"] is None:
            raise at("reason", "required")


@dataclass(frozen=True, slots=True, kw_only=True)
class Return(OnLetter):
    """When it came back by post."""

    returned_on: date


class ReturnSchema(LetterForm):
    """`record_return`."""

    makes = Return
    returned_on = Day(required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class BounceStated(OnLetter):
    """When it came back by mail, and what was said."""

    bounced_on: date
    diagnostics: str | None = field(repr=False)


class BounceSchema(LetterForm):
    """`record_bounce`."""

    makes = BounceStated
    bounced_on = Day(required=True)
    diagnostics = optional(Text(PARAGRAPH))


@dataclass(frozen=True, slots=True, kw_only=True)
class Readdressing(OnLetter):
    """Where it goes instead: to a mail address, or else to a postal one."""

    addressee: tuple[str, ...] = field(repr=False)
    email: str | None = field(repr=False)
    postal_address: str | None = field(repr=False)


class ReaddressingSchema(LetterForm):
    """`readdress_letter`."""

    makes = Readdressing
    addressee = Several(Line(LINE, required=True), LINES_AT_MOST, required=True)
    email = optional(Email())
    postal_address = optional(Line(LINE))


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterListing(Listing):
    """Which letters: of a status, about one record, or all."""

    status: Status | None
    subject_id: UUID | None


class LetterListingSchema(ListForm):
    """`list_letters`."""

    makes = LetterListing
    words = WORDS
    status = optional(Choice(Status))
    subject_id = optional(Id())
