"""Reading what other services tell: only what is asked for; strangers among the fields are their own affair."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any, Final, get_args, get_origin, get_type_hints
from uuid import UUID

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from eventstore.errors import InvalidMessage
from eventstore.following.subscriptions import Read

UNREADABLE: Final = "unreadable"
FORMS: Final[Mapping[type, type[fields.Field[Any]]]] = {UUID: fields.UUID, date: fields.Date, str: fields.String}
"""What a field can be read as. What is read is never optional: whoever follows an event type relies on it."""


def reading(makes: type[Any]) -> Read:
    """How a subscription reads an event type. What it gives raises `InvalidMessage` (`unreadable`).

    makes: the dataclass that the open fields of its names become, each of a type in `FORMS`, a closed
        code, or a tuple of any number of these.
    """
    declared = {name: _field(form) for name, form in get_type_hints(makes).items()}
    schema = Schema.from_dict(declared, name=makes.__name__)(unknown=EXCLUDE)

    def read(told: Mapping[str, Any]) -> Any:
        try:
            return makes(**schema.load(told))
        except ValidationError as invalid:
            names = ", ".join(sorted(map(str, invalid.messages_dict)))
            raise InvalidMessage(f"not of the form that is known here: {names}", code=UNREADABLE) from None

    return read


class Several(fields.List[Any]):
    """A list, as a tuple."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        return tuple(super()._deserialize(value, attr, data, **options))


def _field(form: Any) -> fields.Field[Any]:
    if get_origin(form) is tuple:
        return Several(_field(get_args(form)[0]), required=True)
    if issubclass(form, StrEnum):
        return fields.Enum(form, by_value=True, required=True)
    return FORMS[form](required=True)
