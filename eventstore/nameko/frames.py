"""AMQP frames that strangers wrote: what cannot be decoded reads as nothing, where py-amqp would end the connection.

The broker passes on whatever bytes a publisher calls a routing key, a property or a header; one such message, given
back by the broker at every new connection, would keep a service down for good.
"""

from collections.abc import Callable
from struct import pack
from typing import Any, Final, SupportsIndex, TypeAlias

from amqp.method_framing import frame_handler
from amqp.serialization import decode_properties_basic
from kombu import Connection
from kombu.transport.pyamqp import Message

Frame: TypeAlias = tuple[int, int, bytes]
METHOD, HEADER = 1, 2
HEADER_START: Final = 12
"""Bytes of a content header before its properties: class, weight and body size (AMQP 0-9-1 §4.2.6.1)."""
NO_PROPERTIES: Final = pack(">H", 0)
HEARTBEAT: Final = 30  # seconds


def consuming(uri: str) -> Connection:
    """A connection to consume what strangers publish; channels on it set `Message` to `UncompressedMessage`."""
    return Connection(uri, heartbeat=HEARTBEAT, transport_options={"frame_handler": foreign_frames})


class UncompressedMessage(Message):
    """A message whose body stays the bytes that came: kombu would decompress it because a header says so."""

    def __init__(self, msg: Any, **options: Any) -> None:
        (msg.properties.get("application_headers") or {}).pop("compression", None)
        super().__init__(msg, **options)


class ForeignBytes(bytes):
    """Bytes whose texts are UTF-8 or empty."""

    def __getitem__(self, key: SupportsIndex | slice) -> Any:
        part = super().__getitem__(key)
        return ForeignBytes(part) if isinstance(part, bytes) else part

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:  # noqa: ARG002 - py-amqp asks for surrogates
        try:
            return super().decode()
        except UnicodeDecodeError:
            return ""


def foreign_frames(connection: Any, callback: Callable[..., Any]) -> Callable[[Frame], Any]:
    """py-amqp's handler of inbound frames (`frame_handler` of its connections), safe against foreign bytes."""
    handle = frame_handler(connection, callback)

    def on_frame(frame: Frame) -> Any:
        kind, channel, payload = frame
        if kind == METHOD:
            payload = ForeignBytes(payload)
        elif kind == HEADER:
            payload = readable(ForeignBytes(payload))
        return handle((kind, channel, payload))

    return on_frame


def readable(header: bytes) -> bytes:
    """The content header, without any properties where they cannot all be decoded."""
    try:
        decode_properties_basic(header, HEADER_START)
    except Exception:  # noqa: BLE001 - properties may be wrong in any way, and nothing of them is believed then
        return bytes(header[:HEADER_START]) + NO_PROPERTIES
    return header
