"""The form: a message's shape, strict about strangers, made into its dataclass, or every error at once."""

from typing import Any, ClassVar, Final

from marshmallow import RAISE, Schema, ValidationError, fields, post_load

from desk.forms.fields import MESSAGES
from desk.forms.problems import WORDS, Problem, Words, field_errors, refuse
from eventstore.errors import FieldError

UNKNOWN: Final = "unknown_field"


class Form(Schema):
    """A strict form: what is not said is None.

    makes: the dataclass that its values go to. codes: what it refuses with beside its fields. words: how its problems
    are told, those of its parts included; a form with codes or fields of its service's own has its service's words.
    """

    class Meta:
        unknown = RAISE

    makes: ClassVar[type[Any]]
    codes: ClassVar[tuple[str, ...]] = ()
    words: ClassVar[Words] = WORDS
    error_messages = {"unknown": UNKNOWN, "type": "wrong_type"}  # noqa: RUF012 - marshmallow's own declaration

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> Any:
        return self.made(values)

    def made(self, values: dict[str, Any]) -> Any:
        """The dataclass of checked values."""
        return self.makes(**values)


class Part(fields.Nested):
    """A part of a form."""

    default_error_messages: Final = MESSAGES  # type: ignore[misc, assignment]  # marshmallow's own type is a plain dict


def optional(field: fields.Field[Any]) -> fields.Field[Any]:
    """The field, which may be absent or null."""
    field.allow_none = True
    field.load_default = None
    return field


def load(form: Form, given: object) -> tuple[Any, tuple[FieldError, ...]]:
    """What the form makes of a message and no errors, or None and every error."""
    try:
        return form.load(given), ()  # type: ignore[arg-type]  # a stranger's message may be anything
    except ValidationError as refused:
        return None, tuple(sorted(field_errors(refused.messages, form.words), key=_strangers_last))


def _strangers_last(error: FieldError) -> tuple[bool, str]:
    """Leaves the form's order; marshmallow tells strangers in any order, and the same message has the same answer."""
    is_stranger = error.code == UNKNOWN
    return is_stranger, error.field if is_stranger else ""


def load_or_refuse(form: Form, given: object) -> Any:
    """What the form makes of a message. Raises `InvalidMessage` with its errors."""
    made, errors = load(form, given)
    refuse(errors)
    return made


def said(values: dict[str, Any], original: Any, *names: str) -> bool:
    """Whether one of these fields has a value, or says something that is an error of its own."""
    given = original if isinstance(original, dict) else {}
    return any(values[name] is not None if name in values else bool(given.get(name)) for name in names)


def at(field: str, code: str) -> ValidationError:
    """A problem of a whole form, told at one of its fields."""
    return ValidationError({field: [Problem(code)]})
