"""Keys: a master key per class group wraps data keys, a data key per stream (and person) seals values.

A master key's id is computed from the key itself, so a file with the wrong key is noticed when it is read. Destroying a
data key's row erases what it sealed; changing the master key only wraps the data keys anew.
"""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from secrets import token_bytes
from typing import Final
from uuid import UUID, uuid4

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from eventstore.errors import KeyUnavailable
from eventstore.protection import ClassGroup

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12


def derive(secret: bytes, label: str, length: int = KEY_BYTES) -> bytes:
    """A key for one use out of a secret: HKDF-SHA256 (RFC 5869) with the label as info."""
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=label.encode()).derive(secret)


def encrypt(key: bytes, plaintext: bytes, bound_to: bytes) -> bytes:
    """nonce (12 random bytes) ‖ AES-256-GCM of the plaintext, with `bound_to` as additional authenticated data."""
    nonce = token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, bound_to)


def decrypt(key: bytes, blob: bytes, bound_to: bytes) -> bytes:
    """The plaintext of `encrypt`. Raises InvalidTag where key, blob or `bound_to` is another."""
    if len(blob) < NONCE_BYTES:
        raise InvalidTag
    return AESGCM(key).decrypt(blob[:NONCE_BYTES], blob[NONCE_BYTES:], bound_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class DataKey:
    """What seals the values of one class group in one stream; for personal values, of one `subject` there."""

    id: UUID
    stream: str
    group: ClassGroup
    subject: UUID | None
    secret: bytes = field(repr=False)

    @property
    def bound_to(self) -> bytes:
        """What the wrapped key is bound to: it cannot be moved to another stream, group or person."""
        return f"{self.id}/{self.stream}/{self.group}/{self.subject or ''}".encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class WrappedKey:
    """A data key as it is stored, encrypted by the master key of that id."""

    id: UUID
    stream: str
    group: ClassGroup
    subject: UUID | None
    master_key: UUID
    wrapped: bytes


@dataclass(frozen=True)
class MasterKey:
    """A master key of one class group: 32 bytes."""

    secret: bytes = field(repr=False)

    @cached_property
    def id(self) -> UUID:
        """Computed from the key: another key cannot pass for this one."""
        return UUID(bytes=derive(self.secret, "renkei master key id", 16))


class MasterKeys:
    """The master keys that this process holds. A group that it was not given can be neither sealed nor opened."""

    def __init__(self, keys: Mapping[ClassGroup, Iterable[MasterKey]]) -> None:
        self._by_id = {key.id: (group, key) for group, held in keys.items() for key in held}
        self._current = {group: list(held)[-1] for group, held in keys.items()}

    @classmethod
    def read(cls, folder: Path, groups: Iterable[ClassGroup]) -> "MasterKeys":
        """The groups' keys in `folder`/master-<group>.json. Raises `KeyUnavailable` for a missing or wrong one."""
        return cls({group: _read_master_keys(folder, group) for group in groups})

    @property
    def groups(self) -> frozenset[ClassGroup]:
        """The class groups that can be opened and sealed here."""
        return frozenset(self._current)

    @property
    def ids(self) -> list[UUID]:
        """The ids of all master keys held, old ones included."""
        return list(self._by_id)

    def current(self, group: ClassGroup) -> UUID:
        """The id of the master key that wraps from now on. Raises KeyError for a group not held."""
        return self._current[group].id

    def wrap(self, key: DataKey) -> WrappedKey:
        """The data key encrypted by its group's current master key. Raises `KeyUnavailable` for a group not held."""
        master = self._current.get(key.group)
        if master is None:
            raise KeyUnavailable(f"no master key for class group {key.group} is held here")
        return WrappedKey(
            id=key.id,
            stream=key.stream,
            group=key.group,
            subject=key.subject,
            master_key=master.id,
            wrapped=encrypt(master.secret, key.secret, key.bound_to),
        )

    def unwrap(self, wrapped: WrappedKey) -> DataKey:
        """The data key again. Raises `KeyUnavailable` where its master key is not held or does not fit."""
        held = self._by_id.get(wrapped.master_key)
        if held is None or held[0] is not wrapped.group:
            raise KeyUnavailable(f"master key {wrapped.master_key} of class group {wrapped.group} is not held here")
        key = DataKey(
            id=wrapped.id, stream=wrapped.stream, group=wrapped.group, subject=wrapped.subject, secret=b"\0" * KEY_BYTES
        )
        try:
            secret = decrypt(held[1].secret, wrapped.wrapped, key.bound_to)
        except InvalidTag:
            raise KeyUnavailable(f"data key {wrapped.id} does not open with master key {wrapped.master_key}") from None
        return DataKey(id=key.id, stream=key.stream, group=key.group, subject=key.subject, secret=secret)

    def rewrap(self, wrapped: WrappedKey) -> WrappedKey:
        """The same data key under its group's current master key."""
        return self.wrap(self.unwrap(wrapped))


def new_data_key(stream: str, group: ClassGroup, subject: UUID | None) -> DataKey:
    """A fresh random data key."""
    return DataKey(id=uuid4(), stream=stream, group=group, subject=subject, secret=token_bytes(KEY_BYTES))


def write_master_key(folder: Path, group: ClassGroup) -> UUID:
    """Adds a fresh master key to the group's file, which only its owner may read, and makes it the current one."""
    path = _master_key_file(folder, group)
    keys = _read_master_keys(folder, group) if path.exists() else []
    keys.append(MasterKey(token_bytes(KEY_BYTES)))
    listed = [{"id": str(key.id), "key": key.secret.hex()} for key in keys]
    write_secret(path, json.dumps({"class_group": group, "keys": listed}, indent=1))
    return keys[-1].id


def write_secret(path: Path, content: str) -> None:
    """Writes a file that only its owner may read, whole or not at all, and on the disk when this returns."""
    partial = path.with_suffix(".partial")
    partial.touch(mode=0o600)
    with partial.open("w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read_secret(path: Path) -> bytes:
    """The 32-byte secret kept in hexadecimal in a file. Raises `KeyUnavailable` where there is none."""
    try:
        secret = bytes.fromhex(path.read_text(encoding="utf-8").strip())
    except (OSError, ValueError) as fault:
        raise KeyUnavailable(f"the secret {path.name} cannot be read: {type(fault).__name__}") from None
    if len(secret) != KEY_BYTES:
        raise KeyUnavailable(f"the secret {path.name} has {len(secret)} bytes instead of {KEY_BYTES}")
    return secret


def _master_key_file(folder: Path, group: ClassGroup) -> Path:
    return folder / f"master-{group}.json"


def _read_master_keys(folder: Path, group: ClassGroup) -> list[MasterKey]:
    path = _master_key_file(folder, group)
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        of_group = kept["class_group"]
        keys = [(UUID(entry["id"]), MasterKey(bytes.fromhex(entry["key"]))) for entry in kept["keys"]]
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise KeyUnavailable(f"the master keys in {path.name} cannot be read: {type(fault).__name__}") from None
    if of_group != group:
        raise KeyUnavailable(f"{path.name} holds the master keys of another class group")
    wrong = [str(named) for named, key in keys if key.id != named or len(key.secret) != KEY_BYTES]
    if wrong or not keys:
        raise KeyUnavailable(f"{path.name} holds no key or a key that is not the one its id names: {', '.join(wrong)}")
    return [key for _, key in keys]
