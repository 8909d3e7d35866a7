"""Fields of a form: they take what people type, normalise numbers, keep texts to the letter, and refuse the rest."""

import unicodedata
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from enum import StrEnum
from typing import Any, Final

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from marshmallow import fields
from stdnum.exceptions import ValidationError as NumberInvalid
from stdnum.jp import cn

from services.intake.schemas.problems import problem

MESSAGES: Final = {
    "required": "required",
    "null": "required",
    "type": "wrong_type",
    "invalid": "wrong_type",
    "invalid_utf8": "wrong_type",
    "invalid_uuid": "uuid",
    "unknown": "unknown_field",
}
REGION: Final = "JP"
MAX_YEN: Final = 10**13
_LINE_BREAKS: Final = "\n\r\t"
_UNSEEN: Final = ("Cc", "Cf", "Zl", "Zp", "Zs")  # but not private use: a name may need a 外字
_UNWANTED: Final = ("Cc", "Cs")  # control characters, halves of a surrogate pair


class _Form(fields.Field[Any]):
    """What all fields share: their messages are codes."""

    default_error_messages = MESSAGES  # type: ignore[assignment]  # marshmallow's own type is a plain dict


class Text(_Form):
    """Free text, kept to the letter; line breaks and tabs are allowed, other control characters are not."""

    allowed = _LINE_BREAKS

    def __init__(self, limit: int, **options: Any) -> None:
        """limit: characters at most."""
        super().__init__(**options)
        self._limit = limit

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> str | None:  # noqa: ARG002 - marshmallow's
        if not isinstance(value, str):
            raise problem("wrong_type")
        value = self.normalised(value)
        if len(value) > self._limit:
            raise problem("too_long", limit=self._limit)
        if any(unicodedata.category(c) in _UNWANTED and c not in self.allowed for c in value):
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
    return all(unicodedata.category(c) in _UNSEEN for c in text)


class Line(Text):
    """One line: outer blanks go, line breaks are refused."""

    allowed = ""

    def normalised(self, value: str) -> str:
        return value.strip()


class CorporateNumber(Line):
    """法人番号: 13 digits with check digit, in any width and with hyphens (法人番号の指定等に関する省令2条)."""

    def __init__(self, **options: Any) -> None:
        super().__init__(40, **options)

    def normalised(self, value: str) -> str:
        narrow = unicodedata.normalize("NFKC", value)
        return "".join(c for c in narrow if not (c.isspace() or unicodedata.category(c) == "Pd" or c in "−ー"))

    def checked(self, value: str) -> str:
        if len(value) != 13 or not (value.isascii() and value.isdigit()):
            raise problem("not_13_digits")
        try:
            return str(cn.validate(value))
        except NumberInvalid:
            raise problem("check_digit") from None


class Phone(Line):
    """A telephone number, in any width, kept as it is dialled in Japan, abroad with its country code."""

    def __init__(self, **options: Any) -> None:
        super().__init__(60, **options)

    def normalised(self, value: str) -> str:
        return unicodedata.normalize("NFKC", value).strip().replace("ー", "-").replace("内線", " ext. ")

    def checked(self, value: str) -> str:
        try:
            number = phonenumbers.parse(value, REGION)
        except phonenumbers.NumberParseException:
            raise problem("phone") from None
        if not phonenumbers.is_possible_number(number):
            raise problem("phone")
        home = number.country_code == phonenumbers.country_code_for_region(REGION)
        form = phonenumbers.PhoneNumberFormat
        written = phonenumbers.format_number(number, form.NATIONAL if home else form.INTERNATIONAL)
        return written.replace(" ext. ", " 内線")


class Email(Line):
    """A mail address, in any width; whether it can be reached is not asked."""

    def __init__(self, **options: Any) -> None:
        super().__init__(254, **options)

    def normalised(self, value: str) -> str:
        return unicodedata.normalize("NFKC", value).strip()

    def checked(self, value: str) -> str:
        try:
            return validate_email(value, check_deliverability=False).normalized
        except EmailNotValidError:
            raise problem("email") from None


class Choice(_Form):
    """One of a closed list."""

    def __init__(self, codes: type[StrEnum], **options: Any) -> None:
        super().__init__(**options)
        self._codes = codes

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> StrEnum:  # noqa: ARG002 - marshmallow's
        try:
            return self._codes(value)
        except ValueError:
            raise problem("unknown_choice" if isinstance(value, str) else "wrong_type") from None


class Several(_Form):
    """A list of at most `limit`, as a tuple; choices that are named twice count once."""

    def __init__(self, inner: fields.Field[Any], limit: int, **options: Any) -> None:
        super().__init__(load_default=(), **options)
        self._list = fields.List(inner)
        self._limit = limit
        self._distinct = isinstance(inner, Choice)

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **options: Any) -> Any:
        """The tuple; null is a list of nothing."""
        return super().deserialize([] if value is None else value, attr, data, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise problem("wrong_type")
        if len(value) > self._limit:
            raise problem("too_many", limit=self._limit)
        items = self._list.deserialize(value, attr, data, **options) or []
        return tuple(dict.fromkeys(items) if self._distinct else items)


class YesNo(_Form):
    """true or false, nothing that merely looks like it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> bool:  # noqa: ARG002 - marshmallow's
        if not isinstance(value, bool):
            raise problem("wrong_type")
        return value


class Yen(_Form):
    """An amount: whole yen from 0."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> int:  # noqa: ARG002 - marshmallow's
        if not isinstance(value, int) or isinstance(value, bool):
            raise problem("wrong_type")
        if not 0 <= value <= MAX_YEN:
            raise problem("out_of_range", limit=MAX_YEN)
        return value


class Id(fields.UUID):
    """A UUID as text."""

    default_error_messages = MESSAGES  # type: ignore[assignment]  # marshmallow's own type is a plain dict

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        if not isinstance(value, str):
            raise problem("uuid")
        return super()._deserialize(value, attr, data, **options)


class Instant(fields.AwareDateTime):
    """An instant with its offset (ISO 8601), of a year that every time zone can tell; kept in UTC."""

    def __init__(self, **options: Any) -> None:
        told: dict[str, Any] = {**MESSAGES, "invalid": "time", "invalid_awareness": "time", "format": "time"}
        super().__init__("iso", error_messages=told, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> datetime:
        instant = super()._deserialize(value, attr, data, **options)
        if not MINYEAR < instant.year < MAXYEAR:
            raise problem("time")
        return instant.astimezone(UTC)
