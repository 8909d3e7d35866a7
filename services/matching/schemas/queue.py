"""What is asked of the work queue: which cases, by whom and by when, and the words that they are found by."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, Final
from uuid import UUID

from desk.bigrams import LEAST, folded
from desk.forms import ListForm, Listing, Words, optional, problem
from desk.forms.fields import LINE, Choice, Day, Id, Line, Several, YesNo
from services.matching.domain.case import Status
from services.matching.schemas.words import WORDS as OF_MATCHING

MOST_WORDS: Final = 8
WORDS: Final = Words(
    labels={
        **OF_MATCHING.labels,
        "due_before": "期日",
        "person": "担当者",
        "silent": "連絡が途絶えた案件",
        "flagged": "注意のある案件",
        "orphaned": "廃止された部署の案件",
        "minutes_waiting": "提案者の確認を待つ議事録のある案件",
        "minutes_objected": "提案者から異議のある議事録のある案件",
        "search": "検索する語",
        "derivation": "期日の算出根拠",
    },
    sentences={
        **OF_MATCHING.sentences,
        "word_too_short": "{label}は、1語につき2文字以上で入力してください。",
    },
)


class SearchedWords(Line):
    """Words with blanks between them, each of two characters or more, as they are searched for."""

    codes = (*Line.codes, "word_too_short", "too_many")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        words = tuple(dict.fromkeys(folded(super()._deserialize(value, attr, data, **options) or "").split()))
        if any(len(word) < LEAST for word in words):
            raise problem("word_too_short")
        if len(words) > MOST_WORDS:
            raise problem("too_many", limit=MOST_WORDS)
        return words


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkListing(Listing):
    """Which cases: None or nothing where any will do.

    search: words, folded; a case has all of them. derivation: whether each date is to be explained.
    """

    department: str | None
    status: tuple[Status, ...]
    due_before: date | None
    person: UUID | None
    silent: bool | None
    flagged: bool | None
    orphaned: bool | None
    minutes_waiting: bool | None
    minutes_objected: bool | None
    search: tuple[str, ...] | None = field(repr=False)
    derivation: bool | None


class WorkListingForm(ListForm):
    """`list_work`."""

    makes: ClassVar[type[Any]] = WorkListing
    words = WORDS
    department = optional(Line(LINE))
    status = Several(Choice(Status), len(Status))
    due_before = optional(Day())
    person = optional(Id())
    silent = optional(YesNo())
    flagged = optional(YesNo())
    orphaned = optional(YesNo())
    minutes_waiting = optional(YesNo())
    minutes_objected = optional(YesNo())
    search = optional(SearchedWords(LINE))
    derivation = optional(YesNo())
