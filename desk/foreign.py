"""Reading what other services tell: only what is asked for; strangers among the fields are their own affair."""

from typing import Any, ClassVar, Final

from marshmallow import EXCLUDE, Schema, ValidationError, post_load

from eventstore.errors import InvalidMessage
from eventstore.following.subscriptions import Read

UNREADABLE: Final = "unreadable"


class Foreign(Schema):
    """What is read of one event type of another service; `makes` is the dataclass that it becomes."""

    class Meta:
        unknown = EXCLUDE

    makes: ClassVar[type[Any]]

    @post_load
    def _make(self, fields: dict[str, Any], **_: Any) -> Any:
        return self.makes(**fields)


def reading(schema: Foreign) -> Read:
    """How a subscription reads an event type. What it gives raises `InvalidMessage` (`unreadable`)."""

    def read(fields: Any) -> Any:
        try:
            return schema.load(fields)
        except ValidationError as invalid:
            names = ", ".join(sorted(map(str, invalid.messages_dict)))
            raise InvalidMessage(f"not of the form that is known here: {names}", code=UNREADABLE) from None

    return read
