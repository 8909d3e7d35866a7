"""Discarding what is parked is a person's decision: the events that say so, and the streams that they stand in.

They are kept in the service that parked it, and told like any other event: that a message was set aside and by whom is
no secret. Nothing of a message's content is in them. The reason is sealed in the envelope.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias
from uuid import UUID

from desk.history import Sentence
from eventstore.events import EventTypes
from eventstore.protection import Public


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDiscarded:
    """A parked message was discarded, content and key. code: why it was parked."""

    message_id: UUID
    code: Public[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionDiscarded:
    """A subscription is not to take the event at a position any more. code: why it was parked."""

    subscription: Public[str]
    position: int
    code: Public[str]


Discarded: TypeAlias = MessageDiscarded | PositionDiscarded


def declare_discards(types: EventTypes, *events: type[Discarded]) -> None:
    """Declares discards among the events of a service, in streams of the category `<service>_parking`."""
    for event in events:
        types.event(category=parking_category(types.service), version=1)(event)


def parking_category(service: str) -> str:
    """The category of the streams in which a service's discards stand, one for each message or position."""
    return f"{service}_parking"


WHY_PARKED: Final = {
    "unknown_portal": "登録のないポータルから届いた",
    "content_type": "JSON以外の形式で届いた",
    "not_json": "JSONとして読めない",
    "no_id": "送信IDがない",
    "undeliverable": "回答を届けられない",
    "fault": "システムの不具合",
}
"""Why messages are parked; a position may be parked with the code of any rule."""


def _why(code: str) -> str:
    return f"保留の理由：{WHY_PARKED[code]}" if code in WHY_PARKED else f"保留の理由コード：{code}"


def _message_discarded(fields: Mapping[str, Any], _: str) -> str:
    return f"処理できず保留していたメッセージを破棄しました（{_why(fields['code'])}）。"


def _position_discarded(fields: Mapping[str, Any], _: str) -> str:
    return (
        f"処理できず保留していた記録{fields['position']}番を、以後は処理しないことにしました"
        f"（処理の名称：{fields['subscription']}、{_why(fields['code'])}）。"
    )


SENTENCES: Final[Mapping[str, Sentence]] = {
    "MessageDiscarded": _message_discarded,
    "PositionDiscarded": _position_discarded,
}
"""Event type → its sentence, for the timeline of a stream of discards."""
