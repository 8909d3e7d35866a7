"""The sealed part of a verification: opens what the keys held here open, and recomputes every commitment."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from eventstore.database import Connection
from eventstore.errors import KeyUnavailable
from eventstore.ledger.findings import Fault, Findings
from eventstore.protection import ClassGroup
from eventstore.sealing.keys import DataKey, MasterKeys
from eventstore.sealing.stored import StoredKey, stored_blobs, stored_keys
from eventstore.sealing.values import SealedBlob, open_blob, verify_part
from eventstore.verification.blind_indexes import BlindIndexes
from eventstore.verification.numbered import Numbered, Part

Key: TypeAlias = DataKey | Fault | None
"""A wanted data key: opened; None where its group is not held here, or it is erased; or what is wrong with it."""
Values: TypeAlias = Mapping[str, Mapping[str, Any]]
"""Path → {"value", "salts"} of one event under one key."""


@dataclass(slots=True)
class SealedParts:
    """Verifies the sealed values of records; counts those opened and those that stay closed."""

    connection: Connection
    masters: MasterKeys
    erased: frozenset[UUID]
    lookups: BlindIndexes
    findings: Findings
    opened: int = 0
    closed: int = 0

    def verify(self, page: Iterable[Numbered]) -> None:
        """Records of any services, in the ledger's order."""
        by_service: dict[str, list[Numbered]] = {}
        for record in page:
            if record.parts:
                by_service.setdefault(record.envelope["service"], []).append(record)
        for service, records in by_service.items():
            self._verify_service(service, records)
            self.lookups.compare(service)

    def texts_under(self, service: str, key_ids: Sequence[UUID]) -> Mapping[UUID, Set[str]]:
        """All texts that lie under data keys; without the keys that cannot be opened, or not all of whose values."""
        stored = stored_keys(self.connection, service, key_ids)
        keys = {key_id: self._unwrapped(key) for key_id, key in stored.items()}
        texts: dict[UUID, set[str] | None] = {}
        for sealed in stored_blobs(self.connection, service, key_ids):
            key = keys.get(sealed.key_id)
            values = _opened(sealed, key) if isinstance(key, DataKey) else None
            known = texts.setdefault(sealed.key_id, set())
            if values is None or known is None:
                texts[sealed.key_id] = None
            else:
                known.update(value for one in values.values() if isinstance(value := one.get("value"), str))
        return {key_id: known for key_id, known in texts.items() if known is not None}

    def _verify_service(self, service: str, records: Sequence[Numbered]) -> None:
        wanted = {part.key: part.group for record in records for part in record.parts.values()}
        stored = stored_keys(self.connection, service, wanted)
        keys = {key_id: self._key(key_id, group, stored.get(key_id)) for key_id, group in wanted.items()}
        ids = [record.id for record in records]
        found = stored_blobs(self.connection, service, wanted, ids)
        blobs = {(sealed.event_id, sealed.key_id): sealed for sealed in found}
        for record, event_id in zip(records, ids, strict=True):
            for key_id, parts in _by_key(record.parts).items():
                values = self._values(record.position, key_id, keys[key_id], blobs.get((event_id, key_id)))
                if values is None:
                    self.closed += len(parts)
                else:
                    self._compare(record, parts, values)

    def _key(self, key_id: UUID, group: ClassGroup, stored: StoredKey | None) -> Key:
        if stored is None:
            return None if key_id in self.erased else Fault.KEY_MISSING
        return self._unwrapped(stored) if group in self.masters.groups else None

    def _unwrapped(self, stored: StoredKey) -> DataKey | Fault:
        try:
            return self.masters.unwrap(stored.wrapped_key())
        except KeyUnavailable:
            return Fault.KEY_WRONG

    def _values(self, position: int, key_id: UUID, key: Key, sealed: SealedBlob | None) -> Values | None:
        """The values under one key of one event, or None, having said what is wrong."""
        if isinstance(key, Fault):
            self.findings.add(position, key, f"data key {key_id}")
            return None
        if sealed is None and key_id not in self.erased:
            self.findings.add(position, Fault.CIPHERTEXT_MISSING, f"data key {key_id}")
        if key is None or sealed is None:
            return None
        values = _opened(sealed, key)
        if values is None:
            self.findings.add(position, Fault.CIPHERTEXT_CHANGED, f"data key {key_id}")
        return values

    def _compare(self, record: Numbered, parts: Mapping[str, Part], values: Values) -> None:
        """What lies under one key of a record with what the record commits to: all of it, and nothing else."""
        committed = {
            path: values[path]
            for path, part in parts.items()
            if path in values and verify_part(part.kept, path, values[path])
        }
        self.opened += len(committed)
        for path in parts.keys() - committed.keys():
            self.findings.add(record.position, Fault.COMMITMENT_BROKEN, path)
        for path in values.keys() - parts.keys():
            self.findings.add(record.position, Fault.VALUE_STRAY, path)
        self.lookups.expect(record, committed)


def _by_key(parts: Mapping[str, Part]) -> dict[UUID, dict[str, Part]]:
    by_key: dict[UUID, dict[str, Part]] = {}
    for path, part in parts.items():
        by_key.setdefault(part.key, {})[path] = part
    return by_key


def _opened(sealed: SealedBlob, key: DataKey) -> Values | None:
    """The values of one event under its key; None where they do not open, or are none."""
    try:
        return open_blob(sealed, key)
    except (KeyUnavailable, ValueError):
        return None
