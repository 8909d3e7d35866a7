"""Checkpoints: the size and root of the ledger, signed, in a form that anyone's tools can read.

C2SP tlog-checkpoint inside C2SP signed-note, Ed25519:

    renkei/022012
    1500
    <root, base64>

    — renkei/022012 <base64 of key hash (4 bytes) ‖ signature>
"""

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from eventstore.errors import Refusal
from eventstore.sealing.keys import read_secret, write_secret

SIGNING, VERIFYING = "ledger.secret", "ledger.vkey"
_ED25519: Final = b"\x01"
_DASH: Final = "\u2014 "


class CheckpointInvalid(Refusal):
    """A note that is not a checkpoint, or that none of our keys has signed."""

    code = "checkpoint_invalid"


@dataclass(frozen=True, slots=True, order=True)
class Checkpoint:
    """The ledger at one size. origin: `renkei/<municipality>`, after a recorded break `renkei/<municipality>/2`."""

    origin: str
    size: int
    root: bytes

    @property
    def epoch(self) -> int:
        """1 for `renkei/022012`, n for `renkei/022012/n`."""
        parts = self.origin.split("/")
        return int(parts[2]) if len(parts) > 2 else 1

    def body(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


def _key_hash(name: str, public: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key by its name, written `name+hash+key` (C2SP signed-note's vkey)."""

    name: str
    public: bytes

    @classmethod
    def parse(cls, vkey: str) -> "Verifier":
        """The verifier of a vkey. Raises `CheckpointInvalid`."""
        name, _, rest = vkey.strip().partition("+")
        hashed, _, encoded = rest.partition("+")
        try:
            key = b64decode(encoded, validate=True)
        except ValueError:
            key = b""
        if len(key) != 33 or key[:1] != _ED25519 or _key_hash(name, key[1:]).hex() != hashed:
            raise CheckpointInvalid("this is no verifying key of a checkpoint")
        return cls(name, key[1:])

    def vkey(self) -> str:
        """The key as it is handed out."""
        return f"{self.name}+{_key_hash(self.name, self.public).hex()}+{b64encode(_ED25519 + self.public).decode()}"

    def open(self, note: str) -> Checkpoint:
        """The checkpoint of a signed note. Raises `CheckpointInvalid` for any other text and any other signature."""
        body, _, signatures = note.partition("\n\n")
        body += "\n"
        signed = _DASH + self.name + " "
        for line in signatures.splitlines():
            if line.startswith(signed) and self._is_ours(body, line.removeprefix(signed)):
                return self._of_this_ledger(_parse(body))
        raise CheckpointInvalid("no known key has signed this checkpoint")

    def _of_this_ledger(self, checkpoint: Checkpoint) -> Checkpoint:
        beyond = checkpoint.origin.removeprefix(self.name)
        if checkpoint.origin == beyond or not re.fullmatch(r"(/[1-9]\d*)?", beyond):
            raise CheckpointInvalid("a checkpoint of another ledger")
        return checkpoint

    def _is_ours(self, body: str, encoded: str) -> bool:
        try:
            given = b64decode(encoded, validate=True)
            Ed25519PublicKey.from_public_bytes(self.public).verify(given[4:], body.encode())
        except (ValueError, InvalidSignature):
            return False
        return given[:4] == _key_hash(self.name, self.public)


@dataclass(frozen=True, slots=True)
class Signer:
    """The city's signing key under its name."""

    name: str
    key: Ed25519PrivateKey

    @property
    def verifier(self) -> Verifier:
        """The public half."""
        return Verifier(self.name, self.key.public_key().public_bytes_raw())

    def sign(self, checkpoint: Checkpoint) -> str:
        """The signed note."""
        body = checkpoint.body()
        given = _key_hash(self.name, self.verifier.public) + self.key.sign(body.encode())
        return f"{body}\n{_DASH}{self.name} {b64encode(given).decode()}\n"


def _parse(body: str) -> Checkpoint:
    origin, size, root, *_ = [*body.split("\n"), "", ""]
    try:
        return Checkpoint(origin, int(size), b64decode(root, validate=True))
    except ValueError:
        raise CheckpointInvalid("a signed text that is no checkpoint") from None


def draw_signing_key(folder: Path, name: str) -> None:
    """Writes a fresh signing key, readable by its owner only, and beside it the vkey to hand out."""
    key = Ed25519PrivateKey.generate()
    write_secret(folder / SIGNING, key.private_bytes_raw().hex())
    write_secret(folder / VERIFYING, Signer(name, key).verifier.vkey() + "\n")


def read_signer(folder: Path, name: str) -> Signer:
    """The city's signer. Raises `KeyUnavailable`."""
    return Signer(name, Ed25519PrivateKey.from_private_bytes(read_secret(folder / SIGNING)))


class KeptNote(NamedTuple):
    """A note that is kept outside: its file's name, its text, and the day whose closing it is, if it is one's."""

    name: str
    text: str
    closes: date | None


class Outside:
    """The checkpoints kept outside the database, a file each: what a restored or rewritten database is held against.

    A file's name is epoch and size, and of a closing checkpoint the day: `001-000000001500-2026-11-22.txt`.
    """

    def __init__(self, folder: Path, verifier: Verifier) -> None:
        self._folder = folder
        self._verifier = verifier

    def keep(self, checkpoint: Checkpoint, note: str, closes: date | None = None) -> Path:
        """Writes a note; the same again changes nothing."""
        self._folder.mkdir(parents=True, exist_ok=True)
        day = f"-{closes}" if closes else ""
        path = self._folder / f"{checkpoint.epoch:03}-{checkpoint.size:012}{day}.txt"
        write_secret(path, note)
        return path

    def notes(self) -> list[KeptNote]:
        """Every note, oldest first; one that cannot be read has a text that nobody has signed."""
        return [
            KeptNote(path.name, path.read_text(encoding="utf-8", errors="replace"), _day_of(path))
            for path in sorted(self._folder.glob("*.txt"))
        ]

    def newest(self) -> Checkpoint | None:
        """The last checkpoint of the last origin, None where none is kept. Raises `CheckpointInvalid` for a forgery."""
        notes = self.notes()
        return self._verifier.open(notes[-1].text) if notes else None


def _day_of(path: Path) -> date | None:
    try:
        return date.fromisoformat(path.stem.split("-", 2)[2])
    except (IndexError, ValueError):
        return None


def origin_of(municipality: str, epoch: int) -> str:
    """The origin of a city's ledger; a break in it is a new epoch."""
    return f"renkei/{municipality}" + (f"/{epoch}" if epoch > 1 else "")
