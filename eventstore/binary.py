"""PostgreSQL's binary form of what the store writes: as a statement's parameters, and as rows for COPY.

The driver does this for any type; for these few, straight code takes a third of its time, and an append feels it
(docs/benchmarks.md).
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from struct import Struct
from typing import Final, TypeAlias

Row: TypeAlias = Sequence[bytes | None]
"""A row's fields in binary form; None is NULL. A text is its UTF-8, a uuid its 16 bytes, a bytea itself."""

Rows: TypeAlias = Sequence[Row]

UUID_OID: Final = 2950
INT4_OID: Final = 23

int2: Final = Struct(">h").pack
int4: Final = Struct(">i").pack
_int8: Final = Struct(">q").pack

_ARRAY: Final = Struct(">iiIii").pack

_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)

_HEADER: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER: Final = b"\xff\xff"
_NULL: Final = b"\xff\xff\xff\xff"
_PIECE: Final = 32 * 1024


def timestamptz(instant: datetime) -> bytes:
    """Microseconds since 2000 in UTC, 8 bytes."""
    return _int8((instant - _EPOCH) // _MICROSECOND)


def array(oid: int, items: Sequence[bytes]) -> bytes:
    """An array of one dimension without NULLs; oid: its elements' type."""
    head = _ARRAY(1, 0, oid, len(items), 1)
    return head + b"".join([int4(len(item)) + item for item in items])


def copied(rows: Rows) -> Iterator[bytes]:
    """The rows as COPY takes them, in pieces of about 32 KiB (PostgreSQL manual, COPY, "Binary Format")."""
    piece = bytearray(_HEADER)
    for row in rows:
        piece += int2(len(row))
        for value in row:
            if value is None:
                piece += _NULL
            else:
                piece += int4(len(value))
                piece += value
        if len(piece) >= _PIECE:
            yield bytes(piece)
            piece.clear()
    yield bytes(piece + _TRAILER)
