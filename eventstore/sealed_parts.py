"""The sealed part of a verification: opens what the keys held here open, and recomputes every commitment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias
from uuid import UUID

from psycopg.sql import SQL, Identifier

from eventstore.commitments import Json
from eventstore.database import Connection
from eventstore.errors import KeyUnavailable
from eventstore.findings import Fault, Findings
from eventstore.keys import DataKey, MasterKeys, WrappedKey
from eventstore.protection import ClassGroup, Protection
from eventstore.records import is_sealed_part
from eventstore.sealing import SealedBlob, open_blob, verify_part

_KEYS: Final = "SELECT id, category, stream_id, class_group, subject, master_key, wrapped FROM {} WHERE id = ANY(%s)"
_VALUES: Final = "SELECT event_id, key_id, blob FROM {} WHERE key_id = ANY(%s) AND event_id = ANY(%s)"

Keys: TypeAlias = Mapping[UUID, DataKey | Fault | None]
"""Each wanted data key: opened; None where its group is not held here, or it is erased; or what is wrong with it."""
Blobs: TypeAlias = Mapping[tuple[UUID, UUID], SealedBlob]
"""By event and key."""


def sealed_parts(envelope: Mapping[str, Any]) -> dict[str, Mapping[str, str]]:
    """Path → commitment of everything sealed in a record."""
    named = {**envelope["data"], "reason": envelope["reason"], "command_digest": envelope["command_digest"]}
    return {path: part for path, part in named.items() if is_sealed_part(part)}


@dataclass(slots=True)
class SealedParts:
    """Verifies the sealed values of records; counts those opened and those that stay closed."""

    connection: Connection
    masters: MasterKeys
    erased: frozenset[UUID]
    findings: Findings
    opened: int = 0
    closed: int = 0

    def verify(self, service: str, envelopes: Sequence[tuple[int, Mapping[str, Any]]]) -> None:
        """The records of one service, each with its position."""
        wanted = {
            UUID(part["key"]): Protection(part["class"]).group
            for _, envelope in envelopes
            for part in sealed_parts(envelope).values()
        }
        if not wanted:
            return
        keys = self._keys(service, wanted)
        ids = [UUID(envelope["id"]) for _, envelope in envelopes]
        values = SQL(_VALUES).format(Identifier(f"sealed_values_{service}"))
        blobs = {
            (event_id, key_id): SealedBlob(event_id=event_id, key_id=key_id, blob=blob)
            for event_id, key_id, blob in self.connection.execute(values, (list(wanted), ids), binary=True)
        }
        for position, envelope in envelopes:
            self._verify_record(position, envelope, keys, blobs)

    def _keys(self, service: str, wanted: Mapping[UUID, ClassGroup]) -> Keys:
        rows = self.connection.execute(
            SQL(_KEYS).format(Identifier(f"data_keys_{service}")), (list(wanted),), binary=True
        )
        stored = {row[0]: row for row in rows}
        return {key_id: self._key(key_id, group, stored.get(key_id)) for key_id, group in wanted.items()}

    def _key(self, key_id: UUID, group: ClassGroup, row: tuple[Any, ...] | None) -> DataKey | Fault | None:
        if row is None:
            return None if key_id in self.erased else Fault.KEY_MISSING
        if group not in self.masters.groups:
            return None
        try:
            return self.masters.unwrap(_wrapped_key(row))
        except KeyUnavailable:
            return Fault.KEY_WRONG

    def _verify_record(self, position: int, envelope: Mapping[str, Any], keys: Keys, blobs: Blobs) -> None:
        event_id = UUID(envelope["id"])
        opened: dict[UUID, Mapping[str, Any] | None] = {}
        for path, part in sealed_parts(envelope).items():
            key_id = UUID(part["key"])
            if key_id not in opened:
                opened[key_id] = self._open(position, keys[key_id], blobs.get((event_id, key_id)), key_id)
            values = opened[key_id]
            if values is None:
                self.closed += 1
            elif _is_committed(part, path, values):
                self.opened += 1
            else:
                self.findings.add(position, Fault.COMMITMENT_BROKEN, path)

    def _open(
        self, position: int, key: DataKey | Fault | None, blob: SealedBlob | None, key_id: UUID
    ) -> Mapping[str, Mapping[str, Json]] | None:
        """The values under one key of one event, or None, having said what is wrong."""
        if isinstance(key, Fault):
            self.findings.add(position, key, f"data key {key_id}")
            return None
        if blob is None and key_id not in self.erased:
            self.findings.add(position, Fault.CIPHERTEXT_MISSING, f"data key {key_id}")
        if key is None or blob is None:
            return None
        try:
            return open_blob(blob, key)
        except KeyUnavailable:
            self.findings.add(position, Fault.CIPHERTEXT_CHANGED, f"data key {key_id}")
            return None


def _is_committed(part: Mapping[str, str], path: str, values: Mapping[str, Any]) -> bool:
    """Whether the value kept at a path is there, and the one that the record commits to."""
    return path in values and verify_part(part, path, values[path])


def _wrapped_key(row: tuple[Any, ...]) -> WrappedKey:
    key_id, category, stream_id, group, subject, master_key, wrapped = row
    return WrappedKey(
        id=key_id,
        stream=f"{category}-{stream_id}",
        group=ClassGroup(group),
        subject=subject,
        master_key=master_key,
        wrapped=wrapped,
    )
