"""Replays the log: one JSON line for each event, in order of position, with the record's own bytes in it.

    {"position":17,"record":{"form":1,"id":…}}
    {"position":17,"record":{"form":1,"id":…},"opened":{"title":{"salts":"…","value":"…"}},"closed":["contact_name"]}

What stands between `"record":` and the brace that closes it is the record, byte for byte: SHA-256(0x00 ‖ record) is its
leaf in the ledger. Sealed values are commitments, unless a reveal opened some of their classes beside the record.
Types whose existence is protected are replayed too: the record can only be checked as a whole. So the file is the
records office's own; what may be handed out is a disclosure package.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from apps.records.revealing import Revealing
from apps.records.selection import Selection
from eventstore.database import Connection
from eventstore.errors import Refusal
from eventstore.ledger.merkle import leaf_hash

PAGE: Final = 2_000
REVEALED_AT_ONCE: Final = 100
"""A record's sealed values may be as large as a submission."""

_PAGE: Final = (
    "SELECT p.position, p.leaf, e.record FROM positions p"
    " LEFT JOIN events e ON e.service = p.service AND e.sequence = p.sequence"
    " WHERE p.position BETWEEN %(first)s AND %(last)s AND (e.record IS NULL OR ("
    "(%(types)s::text[] IS NULL OR e.type = ANY(%(types)s::text[]))"
    " AND (%(streams)s::text[] IS NULL OR e.category || '-' || e.stream_id::text = ANY(%(streams)s::text[]))"
    " AND (%(since)s::timestamptz IS NULL OR e.recorded_at >= %(since)s::timestamptz)"
    " AND (%(until)s::timestamptz IS NULL OR e.recorded_at < %(until)s::timestamptz)))"
    " ORDER BY p.position"
)


class RecordNotWhole(Refusal):
    """A record is gone or is not the one that was numbered: it is not replayed as if it were."""

    code = "record_not_whole"


def replay(
    connection: Connection,
    selection: Selection,
    size: int,
    *,
    after: int = 0,
    revealing: Revealing | None = None,
    progress: Callable[[int, int], None] = lambda _, __: None,
) -> Iterator[bytes]:
    """The lines of what is selected among the positions after `after` up to `size`, a page of the log at a time.

    revealing: opens sealed values beside the records. progress: told the position reached and the size. Raises
    `RecordNotWhole`, and what `Revealing` raises.
    """
    filters = selection.parameters()
    for first in range(after + 1, size + 1, PAGE):
        last = min(first + PAGE - 1, size)
        rows = connection.execute(
            _PAGE, {**filters, "first": first, "last": last}, binary=True, prepare=False
        ).fetchall()
        yield from _lines(rows, revealing)
        progress(last, size)


def _lines(rows: Sequence[tuple[Any, ...]], revealing: Revealing | None) -> Iterator[bytes]:
    if revealing is None:
        for row in rows:
            yield _line(row[0], _whole(*row))
        return
    for start in range(0, len(rows), REVEALED_AT_ONCE):
        some = [(row[0], _whole(*row)) for row in rows[start : start + REVEALED_AT_ONCE]]
        for (position, record), beside in zip(some, revealing.beside(some), strict=True):
            yield _line(position, record, beside)


def _whole(position: int, leaf: bytes, record: bytes | None) -> bytes:
    """The record, if it is what was numbered."""
    if record is None or leaf_hash(record) != leaf:
        raise RecordNotWhole(f"position {position} is not what was numbered: run `renkei ledger verify`")
    return record


def _line(position: int, record: bytes, beside: bytes = b"") -> bytes:
    return b'{"position":%d,"record":%b%b}\n' % (position, record, beside)
