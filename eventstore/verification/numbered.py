"""A record as a verification passes it on: at its position, read, with what is sealed in it picked out."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from eventstore.protection import ClassGroup, Protection
from eventstore.records import StreamId, read, sealed_parts

_INT4: Final = 1 << 31


class Part(NamedTuple):
    """A sealed part of a record: under which data key, of which class group, with which commitment (hex)."""

    key: UUID
    group: ClassGroup
    kept: Mapping[str, str]


class Numbered(NamedTuple):
    """A record that is what was numbered. parts: path → sealed part."""

    position: int
    envelope: Mapping[str, Any]
    recorded_at: datetime
    parts: Mapping[str, Part]

    @property
    def id(self) -> UUID:
        """The event's id."""
        return UUID(self.envelope["id"])


def is_well_formed(envelope: Mapping[str, Any]) -> bool:
    """Whether ids, names and numbers of an envelope are such; what agrees with the columns is."""
    try:
        StreamId.parse(envelope["stream"])
        UUID(envelope["id"])
    except ValueError:
        return False
    numbers = (envelope["version"], envelope["schema"])
    return (
        envelope["service"].isidentifier()
        and isinstance(envelope["type"], str)
        and all(type(number) is int and 0 < number < _INT4 for number in numbers)
    )


def numbered(position: int, record: bytes) -> Numbered:
    """The record at a position. Raises ValueError, KeyError, TypeError or AttributeError where it is none."""
    envelope = read(record)
    parts = {path: _part(kept) for path, kept in sealed_parts(envelope).items()}
    return Numbered(position, envelope, datetime.fromisoformat(envelope["recorded_at"]), parts)


def _part(kept: Mapping[str, str]) -> Part:
    return Part(UUID(kept["key"]), Protection(kept["class"]).group, kept)
