"""A letter's mark: what its mail carries, so that a report about it is known again, and none can be made up.

It stands in the Message-ID and in the envelope's sender: letter, series and seven bytes of a keyed HMAC, in base 32.
"""

import re
from base64 import b32decode, b32encode
from binascii import Error as NotBase32
from hmac import compare_digest, digest
from typing import Final, NamedTuple
from uuid import UUID

LABEL: Final = "letter mark"
"""What the key of marks is derived for (`Office.key`)."""
MARK: Final = re.compile(r"(?<![a-z2-7])[a-z2-7]{40}(?![a-z2-7])", re.IGNORECASE)
_LETTER, _SERIES, _TAG = 16, 2, 7  # bytes


class Marked(NamedTuple):
    """Which letter a mark is of, and which of its series."""

    letter_id: UUID
    series: int


def mark(key: bytes, letter_id: UUID, series: int) -> str:
    """The mark of a letter's series, 40 characters."""
    named = letter_id.bytes + series.to_bytes(_SERIES, "big")
    return b32encode(named + digest(key, named, "sha256")[:_TAG]).decode().lower()


def marks_in(key: bytes, text: str) -> list[Marked]:
    """What the genuine marks in a text are of."""
    return [marked for found in MARK.findall(text) if (marked := _read(key, found))]


def _read(key: bytes, found: str) -> Marked | None:
    try:
        content = b32decode(found.upper())
    except NotBase32:
        return None
    named, tag = content[: _LETTER + _SERIES], content[_LETTER + _SERIES :]
    if not compare_digest(digest(key, named, "sha256")[:_TAG], tag):
        return None
    return Marked(UUID(bytes=named[:_LETTER]), int.from_bytes(named[_LETTER:], "big"))
