"""Fields of a form: they take what JSON can say, keep texts to the letter, and refuse the rest with a code.

Each says by `shape` what it takes, as JSON Schema, and by `codes` what it refuses with, beside `required`.
"""

import unicodedata
from collections.abc import Mapping
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime
from enum import StrEnum
from typing import Any, Final

from marshmallow import fields

from desk.forms.problems import problem
from eventstore.records import StreamId

LINE, PARAGRAPH, TEXT = 200, 2_000, 20_000  # characters
MAX_YEN: Final = 10**13
MESSAGES: Final = {
    "required": "required",
    "null": "required",
    "type": "wrong_type",
    "invalid": "wrong_type",
    "invalid_utf8": "wrong_type",
    "invalid_uuid": "uuid",
    "unknown": "unknown_field",
}
_LINE_BREAKS: Final = "\n\r\t"
_UNSEEN: Final = ("Cc", "Cf", "Zl", "Zp", "Zs")  # but not private use: a name may need a 外字
_FILLERS: Final = "\u115f\u1160\u2800\u3164\uffa0"  # letters and a sign by category, blank to the eye
_UNWANTED: Final = ("Cc", "Cs")  # control characters, halves of a surrogate pair


class Field(fields.Field[Any]):
    """What all fields share: their messages are codes, `shape` is what they take, `codes` what they refuse with."""

    shape: Mapping[str, Any]
    codes: tuple[str, ...] = ("wrong_type",)
    default_error_messages = MESSAGES  # type: ignore[assignment]  # marshmallow's own type is a plain dict


class Text(Field):
    """Free text, kept to the letter; line breaks and tabs are allowed, other control characters are not.

    What shows nothing counts as not said: None, or refused where the field is required.
    """

    codes = (*Field.codes, "too_long", "control_character")
    allowed = _LINE_BREAKS
    unwanted: tuple[str, ...] = _UNWANTED

    def __init__(self, limit: int, **options: Any) -> None:
        """limit: characters at most."""
        super().__init__(**options)
        self._limit = limit
        self.shape = {"type": "string", "maxLength": limit}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> str | None:  # noqa: ARG002 - marshmallow's
        if not isinstance(value, str):
            raise problem("wrong_type")
        value = self.normalised(value)
        if len(value) > self._limit:
            raise problem("too_long", limit=self._limit)
        if any(unicodedata.category(c) in self.unwanted and c not in self.allowed for c in value):
            raise problem("control_character")
        if _is_blank(value):
            if self.required:
                raise problem("required")
            return None
        return self.checked(value)

    def normalised(self, value: str) -> str:
        """The value as it is kept: to the letter."""
        return value

    def checked(self, value: str) -> str:
        """The value in its final form. Raises ValidationError."""
        return value


def _is_blank(text: str) -> bool:
    """Whether there is nothing to see: blanks, line breaks, and characters that only format."""
    return all(unicodedata.category(c) in _UNSEEN or c in _FILLERS for c in text)


class Line(Text):
    """One line: outer blanks go, line breaks are refused, Unicode's own line and paragraph separators too."""

    allowed = ""
    unwanted = (*_UNWANTED, "Zl", "Zp")

    def normalised(self, value: str) -> str:
        return value.strip()


class Choice(Field):
    """One of a closed list."""

    codes = (*Field.codes, "unknown_choice")

    def __init__(self, codes: type[StrEnum], **options: Any) -> None:
        super().__init__(**options)
        self._codes = codes
        self.shape = {"type": "string", "enum": [str(code) for code in codes]}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> StrEnum:  # noqa: ARG002 - marshmallow's
        try:
            return self._codes(value)
        except ValueError:
            raise problem("unknown_choice" if isinstance(value, str) else "wrong_type") from None


class Several(Field):
    """A list of at most `limit`, as a tuple; choices that are named twice count once.

    Unless it is required, a list that is absent or null is one of nothing.
    """

    codes = (*Field.codes, "too_many")

    def __init__(self, inner: fields.Field[Any], limit: int, **options: Any) -> None:
        nothing: dict[str, Any] = {} if options.get("required") else {"load_default": ()}
        super().__init__(**nothing, **options)
        self._list = fields.List(inner)
        self._limit = limit
        self.inner, self.shape = inner, {"type": "array", "maxItems": limit}
        self._distinct = isinstance(inner, Choice)

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **options: Any) -> Any:
        """The tuple."""
        given = [] if value is None and not self.required else value
        return super().deserialize(given, attr, data, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise problem("wrong_type")
        if len(value) > self._limit:
            raise problem("too_many", limit=self._limit)
        items = self._list.deserialize(value, attr, data, **options) or []
        return tuple(dict.fromkeys(items) if self._distinct else items)


class YesNo(Field):
    """true or false, nothing that merely looks like it."""

    shape: Mapping[str, Any] = {"type": "boolean"}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> bool:  # noqa: ARG002 - marshmallow's
        if not isinstance(value, bool):
            raise problem("wrong_type")
        return value


class Whole(Field):
    """A whole number from `least` to `most`."""

    unit = ""
    codes = (*Field.codes, "out_of_range")

    def __init__(self, least: int, most: int, **options: Any) -> None:
        super().__init__(**options)
        self._range = range(least, most + 1)
        self._told = f"{least:,}{self.unit}から{most:,}{self.unit}まで"
        self.shape = {"type": "integer", "minimum": least, "maximum": most}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> int:  # noqa: ARG002 - marshmallow's
        if not isinstance(value, int) or isinstance(value, bool):
            raise problem("wrong_type")
        if value not in self._range:
            raise problem("out_of_range", detail=self._told)
        return value


class Version(Whole):
    """A version of a stream: 1 after its first event."""

    def __init__(self, **options: Any) -> None:
        super().__init__(1, 2**31 - 1, **options)


class Yen(Whole):
    """An amount: whole yen from 0."""

    unit = "円"

    def __init__(self, **options: Any) -> None:
        super().__init__(0, MAX_YEN, **options)


class Id(fields.UUID):
    """A UUID as text."""

    codes: Final = ("uuid",)
    default_error_messages = MESSAGES  # type: ignore[assignment]  # marshmallow's own type is a plain dict

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        if not isinstance(value, str):
            raise self.make_error("invalid_uuid")
        return super()._deserialize(value, attr, data, **options)


class Stream(Field):
    """A stream as commands name it: `proposal-<uuid>`."""

    codes = (*Field.codes, "stream")
    shape: Mapping[str, Any] = {"type": "string"}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> StreamId:  # noqa: ARG002 - marshmallow's
        if not isinstance(value, str):
            raise problem("wrong_type")
        try:
            stream = StreamId.parse(value)
        except ValueError:
            raise problem("stream") from None
        if str(stream) != value or not stream.category.isidentifier():
            raise problem("stream")
        return stream


class Day(Field):
    """A day of the calendar, `2026-11-22` (ISO 8601, extended form)."""

    codes = (*Field.codes, "date")
    shape: Mapping[str, Any] = {"type": "string", "format": "date"}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> date:  # noqa: ARG002 - marshmallow's
        if not isinstance(value, str):
            raise problem("wrong_type")
        try:
            day = date.fromisoformat(value)
        except ValueError:
            raise problem("date") from None
        if day.isoformat() != value:
            raise problem("date")
        return day


class Instant(fields.AwareDateTime):
    """An instant with its offset (ISO 8601), of a year that every time zone can tell; kept in UTC."""

    codes: Final = ("time",)

    def __init__(self, **options: Any) -> None:
        told: dict[str, Any] = {**MESSAGES, "invalid": "time", "invalid_awareness": "time", "format": "time"}
        super().__init__("iso", error_messages=told, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> datetime:
        instant = super()._deserialize(value, attr, data, **options)
        if not MINYEAR < instant.year < MAXYEAR:
            raise problem("time")
        return instant.astimezone(UTC)
