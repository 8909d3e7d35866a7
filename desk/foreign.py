"""Reading what other services tell: only what is asked for; strangers among the fields are their own affair."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final, get_type_hints
from uuid import UUID

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from eventstore.errors import InvalidMessage
from eventstore.following.subscriptions import Read

UNREADABLE: Final = "unreadable"
FORMS: Final[Mapping[type, type[fields.Field[Any]]]] = {UUID: fields.UUID, date: fields.Date, str: fields.String}
"""What a field can be read as. What is read is never optional: whoever follows an event type relies on it."""


def reading(makes: type[Any]) -> Read:
    """How a subscription reads an event type. What it gives raises `InvalidMessage` (`unreadable`).

    makes: the dataclass that the open fields of its names become, each of a type in `FORMS`.
    """
    declared = {name: FORMS[form](required=True) for name, form in get_type_hints(makes).items()}
    schema = Schema.from_dict(declared, name=makes.__name__)(unknown=EXCLUDE)

    def read(told: Mapping[str, Any]) -> Any:
        try:
            return makes(**schema.load(told))
        except ValidationError as invalid:
            names = ", ".join(sorted(map(str, invalid.messages_dict)))
            raise InvalidMessage(f"not of the form that is known here: {names}", code=UNREADABLE) from None

    return read
