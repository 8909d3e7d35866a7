"""Salted commitments: what stands in a record in place of a protected value (docs/verify.md, contracts/sealing.json).

A value is committed to as JSON, piece by piece, so that any piece can be shown or blacked out later and the rest still
verifies:

    piece(path, v)        SHA-256(0x02 ‖ salt ‖ uint32be(len(path)) ‖ path ‖ v), salt = 32 random bytes, path and v in
                          UTF-8, v written as JSON by RFC 8785
    null, true, a number  piece(path, v)
    a string              RFC 6962 root over piece(path[i], sentence i)
    an array              RFC 6962 root over the commitments of its items at path[i]; [] is piece(path, [])
    an object             RFC 6962 root over the commitments of its members at path.name; {} is piece(path, {})

Every piece has a salt of its own: equal values cannot be recognised, and a guess cannot be tried.
"""

import re
from collections.abc import Callable, Iterator
from hashlib import sha256
from secrets import token_bytes
from typing import Any, Final, TypeAlias

import orjson

from eventstore.merkle import root

SALT_BYTES: Final = 32
_PIECE: Final = b"\x02"
_SENTENCE: Final = re.compile(r"[^。\n\r]*(?:。|\r\n|\n|\r)|[^。\n\r]+")

Json: TypeAlias = Any
"""A JSON value as orjson reads it: dict, list, str, int, float, bool or None."""


def sentences(text: str) -> list[str]:
    """The text cut after every 。 and every line break; joined again they are the text exactly. Never empty."""
    return _SENTENCE.findall(text) or [""]


def piece(path: str, value: Json, salt: bytes) -> bytes:
    """The commitment to one piece: 32 bytes. `value` is written as JSON (RFC 8785; orjson's form for what we store)."""
    at = path.encode()
    return sha256(_PIECE + salt + len(at).to_bytes(4, "big") + at + orjson.dumps(value)).digest()


def pieces(path: str, value: Json) -> Iterator[tuple[str, Json]]:
    """Path and value of every piece of a JSON value, in the order in which their salts are kept."""
    match value:
        case str():
            yield from ((f"{path}[{i}]", sentence) for i, sentence in enumerate(sentences(value)))
        case [*items] if items:
            for i, item in enumerate(items):
                yield from pieces(f"{path}[{i}]", item)
        case dict() if value:
            for name, member in value.items():
                yield from pieces(f"{path}.{name}", member)
        case _:
            yield path, value


def commitment(path: str, value: Json, next_salt: Callable[[], bytes]) -> bytes:
    """The commitment to a whole value: 32 bytes. `next_salt` gives the salts in the order of `pieces`."""
    match value:
        case str():
            return root([piece(f"{path}[{i}]", s, next_salt()) for i, s in enumerate(sentences(value))])
        case [*items] if items:
            return root([commitment(f"{path}[{i}]", item, next_salt) for i, item in enumerate(items)])
        case dict() if value:
            return root([commitment(f"{path}.{name}", member, next_salt) for name, member in value.items()])
        case _:
            return piece(path, value, next_salt())


def commit(path: str, value: Json) -> tuple[bytes, bytes]:
    """Commitment (32 bytes) and the fresh salts that it was made with (32 bytes a piece, in the order of `pieces`)."""
    salts = bytearray()

    def fresh_salt() -> bytes:
        salt = token_bytes(SALT_BYTES)
        salts.extend(salt)
        return salt

    made = commitment(path, value, fresh_salt)
    return made, bytes(salts)


def recompute(path: str, value: Json, salts: bytes) -> bytes:
    """The commitment again from a value and its kept salts. Raises ValueError where the number of salts is wrong."""
    kept = [salts[i : i + SALT_BYTES] for i in range(0, len(salts), SALT_BYTES)]
    if len(kept) != sum(1 for _ in pieces(path, value)) or len(salts) % SALT_BYTES:
        raise ValueError("a value and its salts do not match in number")
    following = iter(kept)
    return commitment(path, value, lambda: next(following))
