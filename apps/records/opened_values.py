"""Opens the sealed values that stand beside records: only of the classes asked for, and only what was committed to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

import orjson

from eventstore.database import Connection
from eventstore.errors import Refusal
from eventstore.protection import Protection
from eventstore.records import read, sealed_parts
from eventstore.sealing.keys import DataKey, MasterKeys
from eventstore.sealing.stored import stored_blobs, stored_keys
from eventstore.sealing.values import SealedBlob, open_blob, verify_part

Values: TypeAlias = Mapping[str, Mapping[str, Any]]
"""Path → {"salts": base64, "value": JSON}."""


class ValueNotWhole(Refusal):
    """A sealed value is not the one that its record commits to: it is not handed out as if it were."""

    code = "value_not_whole"


@dataclass(frozen=True, slots=True)
class _Found:
    """A record with its sealed parts (path → part) of the classes asked for."""

    position: int
    event_id: UUID
    service: str
    parts: Mapping[str, Mapping[str, str]]

    @property
    def key_ids(self) -> set[UUID]:
        return {UUID(part["key"]) for part in self.parts.values()}


@dataclass(frozen=True, slots=True)
class Revealing:
    """Opens the sealed values of some classes, for many records in two queries a service."""

    connection: Connection
    masters: MasterKeys
    classes: frozenset[Protection]

    def beside(self, records: Sequence[tuple[int, bytes]]) -> list[bytes]:
        """For each position and record the members that a line has beside it.

        `opened`: path → {"salts", "value"} of the classes asked for; `closed`: the paths among them whose key is gone.
        Raises `ValueNotWhole`, and `KeyUnavailable` where a key that is there does not open what it sealed.
        """
        found = [self._find(*one) for one in records]
        keys: dict[UUID, DataKey] = {}
        blobs: dict[tuple[UUID, UUID], SealedBlob] = {}
        for service in {one.service for one in found if one.parts}:
            self._read(service, [one for one in found if one.service == service], keys, blobs)
        return [_beside(one, _opened(one, keys, blobs)) for one in found]

    def _find(self, position: int, record: bytes) -> _Found:
        envelope = read(record)
        parts = {path: part for path, part in sealed_parts(envelope).items() if part["class"] in self.classes}
        return _Found(position, UUID(envelope["id"]), envelope["service"], parts)

    def _read(
        self,
        service: str,
        found: Sequence[_Found],
        keys: dict[UUID, DataKey],
        blobs: dict[tuple[UUID, UUID], SealedBlob],
    ) -> None:
        """Adds what is still there of a service: data keys, and what they sealed in these records."""
        stored = stored_keys(self.connection, service, {key_id for one in found for key_id in one.key_ids})
        keys |= {key_id: self.masters.unwrap(key.wrapped_key()) for key_id, key in stored.items()}
        for sealed in stored_blobs(self.connection, service, stored, [one.event_id for one in found]):
            blobs[sealed.event_id, sealed.key_id] = sealed


def _opened(
    found: _Found, keys: Mapping[UUID, DataKey], blobs: Mapping[tuple[UUID, UUID], SealedBlob]
) -> dict[UUID, Values]:
    """The values of one event under each of its keys that still open; those of other classes among them."""
    event_id = found.event_id
    try:
        return {
            key_id: open_blob(blobs[event_id, key_id], keys[key_id])
            for key_id in found.key_ids
            if (event_id, key_id) in blobs
        }
    except ValueError:
        raise ValueNotWhole(
            f"position {found.position}: what lies sealed beside it are no values: run `renkei ledger verify`"
        ) from None


def _beside(found: _Found, opened: Mapping[UUID, Values]) -> bytes:
    shown, closed = {}, []
    for path, part in found.parts.items():
        values = opened.get(UUID(part["key"]))
        if values is None:
            closed.append(path)
        elif path in values and verify_part(part, path, values[path]):
            shown[path] = values[path]
        else:
            raise ValueNotWhole(
                f"position {found.position}: {path} is not what was recorded: run `renkei ledger verify`"
            )
    return b',"opened":%b,"closed":%b' % (orjson.dumps(shown), orjson.dumps(closed))
