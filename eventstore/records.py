"""The record: the whole envelope of an event as one JSON text, in the very bytes that are hashed, kept and handed out.

The form of a record is for ever; `form` says which form it is (contracts/ holds an example of each type in it).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha1
from typing import Any, Final, NamedTuple, NewType
from uuid import UUID

import orjson

from eventstore.errors import NotFound
from eventstore.protection import Protection, Sealed

FORM: Final = 1
EVENT_IDS: Final = UUID("5b0f0d3c-6f0e-4c5a-9a56-0f6c6c2f7a11")
"""Namespace of event ids: an event's id is uuid5(command id / stream / n)."""
_NAMESPACE: Final = EVENT_IDS.bytes

_SEALED_PART: Final = {"class", "key", "commitment"}

Code = NewType("Code", str)
"""A short closed code (role, channel): it stands in clear."""


@dataclass(frozen=True, slots=True, order=True)
class StreamId:
    """A stream: its category and its random id, written `proposal-<uuid>`."""

    category: str
    id: UUID

    def __str__(self) -> str:
        return f"{self.category}-{self.id!s}"

    @classmethod
    def parse(cls, text: str) -> "StreamId":
        """The stream of a text `category-uuid`. Raises ValueError for any other text."""
        category, _, rest = text.partition("-")
        return cls(category, UUID(rest))

    @classmethod
    def sought(cls, category: str, given: object) -> "StreamId":
        """The stream that somebody asks for. Raises `NotFound` for what cannot be an id, since nothing has it."""
        try:
            return cls(category, UUID(str(given)))
        except ValueError:
            raise NotFound from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acted: a random id and the role acted in. The name is kept in that person's own stream, sealed.

    app: the program that was used (closed code). on_behalf_of: the random id of whom a deputy acted for, or None.
    """

    id: UUID
    role: Code
    app: Code | None = None
    on_behalf_of: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What is known of a command beside its content: it becomes the envelope of every event that follows.

    command_id: the command's id. correlation_id: the id of the command that began it all. causation_id: the event that
    made a reaction act, None where a person acted. trace: the W3C traceparent that came with it, so that one trace runs
    from the portal to the last projection. channel: the way by which a matter reached the city (portal, counter, …),
    None within it. policy: SHA-256 (hex) of the policy pack that it is decided under. reason: why, in the actor's
    words. occurred_at: where it is not the recording. digest: the keyed digest (hex) of the command's content.
    """

    command_id: UUID
    correlation_id: UUID
    actor: Actor
    channel: Code | None = None
    causation_id: UUID | None = None
    trace: str | None = None
    policy: str | None = None
    reason: str | None = field(default=None, repr=False)
    occurred_at: datetime | None = None
    digest: str | None = field(default=None, repr=False)


class Recorded(NamedTuple):
    """An event as it was recorded: the envelope, and the event itself in today's form.

    A named tuple, because a frozen dataclass takes twice as long to make, and one is made for every event.
    """

    id: UUID
    stream: StreamId
    version: int
    type: str
    schema_version: int
    command_id: UUID
    correlation_id: UUID
    causation_id: UUID | None
    trace: str | None
    actor: Actor
    channel: Code | None
    policy: str | None
    occurred_at: datetime
    recorded_at: datetime
    reason: Sealed[str] | None
    command_digest: Sealed[str] | None
    event: Any


def event_id(command_id: UUID, stream: str, n: int) -> UUID:
    """The id of the n-th event (from 0) that a command causes on a stream: a repetition gets the same one."""
    return nth_id(f"{command_id}/{stream}/", n)


def nth_id(names: str, n: int) -> UUID:
    """An event's id when it is known how the names of all of its append begin: `<command id>/<stream>/`."""
    digest = sha1(_NAMESPACE + f"{names}{n}".encode(), usedforsecurity=False).digest()
    return UUID(bytes=digest[:16], version=5)  # as uuid.uuid5, at half its time


def sealed_part(protection: Protection, key: UUID, commitment: bytes) -> dict[str, str]:
    """What stands in a record in place of a protected value."""
    return {"class": protection, "key": str(key), "commitment": commitment.hex()}


def is_sealed_part(value: object) -> bool:
    """Whether a field of a record is a commitment: an object of exactly class, key and commitment."""
    return isinstance(value, dict) and value.keys() == _SEALED_PART


def sealed_parts(envelope: Mapping[str, Any]) -> dict[str, Mapping[str, str]]:
    """Path → what stands in a record in place of the value, of everything that is sealed in it."""
    parts = {path: value for path, value in envelope["data"].items() if is_sealed_part(value)}
    for path in ("reason", "command_digest"):
        if envelope[path] is not None:
            parts[path] = envelope[path]
    return parts


def write(envelope: dict[str, Any]) -> bytes:
    """The record's bytes: JSON in UTF-8, keys in the order given, instants in UTC with `Z`."""
    return orjson.dumps(envelope, option=orjson.OPT_UTC_Z)


def read(record: bytes) -> dict[str, Any]:
    """The envelope of a record's bytes. Raises ValueError for a form that this code does not know."""
    envelope: dict[str, Any] = orjson.loads(record)
    if envelope["form"] != FORM:
        raise ValueError(f"record of form {envelope['form']}: this code reads form {FORM}")
    return envelope
