"""The envelope of a portal's message: CloudEvents 1.0 in structured JSON; extension attributes are left alone."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from marshmallow import EXCLUDE, fields

from desk.forms import Form, problem
from desk.forms.fields import LINE, Id, Instant, Line
from desk.portal.words import WORDS
from eventstore.tracing import traceparent

SPEC_VERSION: Final = "1.0"
DATA_CONTENT_TYPE: Final = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What is read of the envelope; `data` is still as it came."""

    id: UUID
    source: str
    type: str
    time: datetime
    traceparent: str | None
    data: dict[str, Any]


class _Exactly(Line):
    """One allowed value."""

    codes = (*Line.codes, "not_supported")

    def __init__(self, allowed: str, **options: Any) -> None:
        super().__init__(LINE, **options)
        self._value = allowed
        self.shape = {"const": allowed}

    def checked(self, value: str) -> str:
        if value != self._value:
            raise problem("not_supported")
        return value


class _Traceparent(fields.Field[Any]):
    """A W3C traceparent; what is not one is left out, since nobody's proposal fails over its trace."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> str | None:  # noqa: ARG002 - marshmallow's
        return traceparent(value)


class EnvelopeSchema(Form):
    """The envelope; `data` only has to be an object here."""

    class Meta:
        unknown = EXCLUDE

    makes = Envelope
    words = WORDS
    specversion = _Exactly(SPEC_VERSION, required=True, load_only=True)
    datacontenttype = _Exactly(DATA_CONTENT_TYPE, load_default=DATA_CONTENT_TYPE)
    id = Id(required=True)
    source = Line(LINE, required=True)
    type = Line(LINE, required=True)
    time = Instant(required=True)
    traceparent = _Traceparent(load_default=None, allow_none=True)
    data = fields.Dict(
        required=True, error_messages={"required": "required", "invalid": "wrong_type", "null": "required"}
    )

    def made(self, values: dict[str, Any]) -> Envelope:
        """The envelope without what is the same in every one."""
        return Envelope(**{name: values[name] for name in ("id", "source", "type", "time", "traceparent", "data")})
