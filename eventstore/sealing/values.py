"""Sealing: takes the protected values out of an event, leaves commitments, and puts them back for who holds the keys.

Values and salts lie beside the record, one encrypted blob per key and event (AES-256-GCM, bound to both ids).
"""

from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hmac import digest as hmac_digest
from typing import Any
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag

from eventstore.errors import KeyUnavailable
from eventstore.events import Event, EventType, as_json
from eventstore.protection import ClassGroup, Protection, Seal, Sealed
from eventstore.records import sealed_part
from eventstore.sealing.commitments import Json, commit, recompute
from eventstore.sealing.keys import DataKey, MasterKeys, WrappedKey, decrypt, encrypt, new_data_key


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedBlob:
    """The sealed values of one event under one data key: nonce ‖ ciphertext ‖ tag."""

    event_id: UUID
    key_id: UUID
    blob: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindIndexEntry:
    """What a stream can be found by: name of the look-up, the value in its form, and the key whose end removes it."""

    name: str
    value: str = field(repr=False)
    key_id: UUID


def blind_index(secret: bytes, name: str, value: str) -> bytes:
    """What a value is looked up by: HMAC-SHA256 over the look-up's name, a zero byte and the value."""
    return hmac_digest(secret, f"{name}\0{value}".encode(), "sha256")


@dataclass(kw_only=True)
class StreamKeys:
    """The data keys of one stream, those read from the store and those drawn since."""

    stream: str
    masters: MasterKeys
    known: dict[tuple[ClassGroup, UUID | None], DataKey] = field(default_factory=dict)
    drawn: list[DataKey] = field(default_factory=list)

    @classmethod
    def unwrapped(cls, stream: str, masters: MasterKeys, wrapped: Iterable[WrappedKey]) -> "StreamKeys":
        """The keys that `masters` may open; other groups stay closed. Raises `KeyUnavailable` for a wrong key."""
        keys = [masters.unwrap(key) for key in wrapped if key.group in masters.groups]
        return cls(stream=stream, masters=masters, known={(key.group, key.subject): key for key in keys})

    def for_sealing(self, group: ClassGroup, subject: UUID | None) -> DataKey:
        """The stream's key of that group and person, drawn anew where there is none yet."""
        key = self.known.get((group, subject))
        if key is None:
            key = self.known[group, subject] = new_data_key(self.stream, group, subject)
            self.drawn.append(key)
        return key

    def take_drawn(self) -> list[WrappedKey]:
        """The keys drawn since the last call, wrapped for storing. Raises `KeyUnavailable` for a group not held."""
        drawn, self.drawn = self.drawn, []
        return [self.masters.wrap(key) for key in drawn]


class Sealing:
    """The sealing of one event: collects values by data key and gives back what the record and the store need."""

    def __init__(self, event_id: UUID, keys: StreamKeys) -> None:
        self._event_id = event_id
        self._keys = keys
        self._values: dict[UUID, dict[str, dict[str, Json]]] = {}
        self._by_id: dict[UUID, DataKey] = {}
        self.indexed: list[BlindIndexEntry] = []

    def part(self, path: str, value: Json, protection: Protection, subject: UUID | None = None) -> dict[str, str]:
        """Seals one value and gives what stands in the record in its place."""
        key = self._keys.for_sealing(protection.group, subject)
        made, salts = commit(path, value)
        self._by_id[key.id] = key
        self._values.setdefault(key.id, {})[path] = {"salts": b64encode(salts).decode(), "value": value}
        return sealed_part(protection, key.id, made)

    def data(self, declared: EventType, event: Event) -> dict[str, Any]:
        """The event's fields as they stand in the record: clear ones as they are, sealed ones as commitments."""
        return {
            field.name: self._field(event, field.name, field.seal) if field.seal else getattr(event, field.name)
            for field in declared.fields
        }

    def _field(self, event: Event, name: str, seal: Seal) -> dict[str, str]:
        value = as_json(getattr(event, name).reveal())
        subject = getattr(event, seal.subject) if seal.subject else None
        part = self.part(name, value, seal.protection, subject)
        if seal.blind_index and value is not None:
            form = seal.index_form(value)
            self.indexed.append(BlindIndexEntry(name=seal.blind_index, value=form, key_id=UUID(part["key"])))
        return part

    def blobs(self) -> list[SealedBlob]:
        """One encrypted blob for each key used."""
        return [
            SealedBlob(
                event_id=self._event_id,
                key_id=key_id,
                blob=encrypt(self._by_id[key_id].secret, orjson.dumps(values), self._event_id.bytes + key_id.bytes),
            )
            for key_id, values in self._values.items()
        ]


def open_blob(sealed: SealedBlob, key: DataKey) -> dict[str, dict[str, Json]]:
    """path → {"salts": base64, "value": JSON} of one blob.

    Raises `KeyUnavailable` where key and blob do not fit, ValueError where something else was sealed.
    """
    try:
        opened = decrypt(key.secret, sealed.blob, sealed.event_id.bytes + sealed.key_id.bytes)
    except InvalidTag:
        raise KeyUnavailable(f"the sealed values of event {sealed.event_id} do not open with key {key.id}") from None
    values = orjson.loads(opened)
    if not isinstance(values, dict) or not all(isinstance(entry, dict) for entry in values.values()):
        raise ValueError(f"what lies sealed beside event {sealed.event_id} are no values")
    return values


def open_values(blobs: Iterable[SealedBlob], keys: Mapping[UUID, DataKey]) -> dict[str, Json]:
    """path → value of everything in the blobs that the keys open; what they do not open is left out."""
    return {
        path: entry["value"]
        for sealed in blobs
        if sealed.key_id in keys
        for path, entry in open_blob(sealed, keys[sealed.key_id]).items()
    }


def restore(part: Mapping[str, str] | None, path: str, values: Mapping[str, Json]) -> Sealed[Any] | None:
    """The `Sealed` value for a part of a record: open where `values` has it, else closed; None for no part."""
    if part is None:
        return None
    return Sealed(values[path]) if path in values else Sealed.closed()


def verify_part(part: Mapping[str, str], path: str, entry: Mapping[str, Json]) -> bool:
    """Whether a kept value and its salts are those that the record's commitment was made of, and both are there."""
    try:
        return recompute(path, entry["value"], b64decode(entry["salts"])).hex() == part["commitment"]
    except (ValueError, KeyError, TypeError):
        return False
