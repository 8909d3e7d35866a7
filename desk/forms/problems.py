"""Problems of a form: a code for programs, and the sentence that a person reads."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final

from marshmallow import ValidationError

from eventstore.errors import FieldError, InvalidMessage

LABELS: Final = {
    "command_id": "操作ID",
    "expected_version": "版番号",
    "reason": "理由",
    "limit": "件数",
    "after": "続きの位置",
    "at_least": "反映を待つ版",
    "at_least.stream": "反映を待つ記録",
    "at_least.version": "反映を待つ版番号",
}
"""What the fields are called that commands and lists of every service have."""

SENTENCES: Final = {
    "required": "{label}を入力してください。",
    "wrong_type": "{label}の形式が正しくありません。",
    "unknown_field": "{label}という項目は受け付けていません。",
    "unknown_choice": "{label}の選択肢が正しくありません。",
    "too_long": "{label}は{limit}文字以内で入力してください。",
    "too_many": "{label}は{limit}件以内にしてください。",
    "control_character": "{label}に使えない文字（制御文字）が含まれています。",
    "uuid": "{label}の形式が正しくありません（UUIDで指定してください）。",
    "stream": "{label}の形式が正しくありません（種類とUUIDを「-」でつないで指定してください）。",
    "time": "{label}は、時差を付けた日時（例：2026-11-22T09:15:00+09:00）で入力してください。",
    "date": "{label}は、年月日（例：2026-11-22）で入力してください。",
    "out_of_range": "{label}は{detail}の整数で入力してください。",
    "email": "メールアドレスの形式が正しくありません。",
    "in_the_future": "{label}に未来の日時は指定できません。",
    "too_long_ago": "{label}が、運用ルールの始まる前の日付になっています。日付をお確かめください。",
}
"""A sentence for every code that the fields of this package refuse with, and for days that are none to record."""

MAX_PATH: Final = 200  # characters of a field's path that are told: its names are a stranger's
MAX_ERRORS: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """How problems are told: what each field is called, by its dotted path, and a sentence for each code.

    Paths are without positions in lists. A sentence's template may name `label`, `limit` and `detail`.
    """

    labels: Mapping[str, str]
    sentences: Mapping[str, str]


WORDS: Final = Words(labels=LABELS, sentences=SENTENCES)
"""The words that all services share."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a field. `limit` and `detail` go into the sentence; `sentence` replaces the standard one."""

    code: str
    limit: int | None = None
    detail: str | None = None
    sentence: str | None = None

    def at(self, field: str, words: Words) -> FieldError:
        """The problem at a field (dotted path, list positions as numbers)."""
        named = ".".join(part for part in field.split(".") if not part.isdigit())
        label = words.labels.get(named, f"「{field.rpartition('.')[2][:40]}」")
        sentence = self.sentence or words.sentences[self.code].format(label=label, limit=self.limit, detail=self.detail)
        return FieldError(field=field[:MAX_PATH], code=self.code, message=sentence)


def problem(code: str, *, limit: int | None = None, detail: str | None = None) -> ValidationError:
    """A `Problem` as marshmallow raises it."""
    return ValidationError([Problem(code, limit, detail)])


def field_errors(messages: object, words: Words, path: str = "") -> Iterator[FieldError]:
    """marshmallow's nested messages as a flat list, in the order of the form."""
    if isinstance(messages, Mapping):
        for name, nested in messages.items():
            yield from field_errors(nested, words, path if name == "_schema" else f"{path}.{name}".lstrip("."))
    elif isinstance(messages, Iterable) and not isinstance(messages, str):
        for message in messages:
            yield from field_errors(message, words, path)
    else:
        yield (messages if isinstance(messages, Problem) else Problem(str(messages))).at(path, words)


def refuse(errors: Iterable[FieldError]) -> None:
    """Raises `InvalidMessage` with all errors (a hundred at most: the answer must fit a message), if there are any."""
    told = tuple(islice(errors, MAX_ERRORS))
    if told:
        raise InvalidMessage("入力内容に誤りがあります。", errors=told)
