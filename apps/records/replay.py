"""Replays the log: one JSON line for each event, in order of position, with the record's own bytes in it.

    {"position":17,"record":{"form":1,"id":…}}
    {"position":17,"record":{"form":1,"id":…},"opened":{"title":{"salts":"…","value":"…"}},"closed":["contact_name"]}

What stands between `"record":` and the brace that closes it is the record, byte for byte: SHA-256(0x00 ‖ record) is its
leaf in the ledger. Sealed values are commitments, unless a reveal opened some of their classes beside the record.
Types whose existence is protected are replayed too: the record can only be checked as a whole. So the file is the
records office's own; what may be handed out is a disclosure package.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from apps.records.closing import within
from apps.records.opened_values import Revealing
from apps.records.selection import Filter, Selection
from apps.records.whole_records import envelope_of, not_whole, whole_records
from eventstore.database import Connection

PAGE: Final = 2_000
REVEALED_AT_ONCE: Final = 100
"""A record's sealed values may be as large as a submission."""


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

    revealing: opens sealed values beside the records. progress: told the position reached and the size. Every record is
    read, those that are not selected too. Raises `RecordNotWhole`, `CheckpointContradicted`, and what `Revealing` does.
    """
    filters = selection.filters()
    if selection.as_of:
        filters.insert(0, within(selection.as_of))
    for first in range(after + 1, size + 1, PAGE):
        last = min(first + PAGE - 1, size)
        records = whole_records(connection, first, last)
        if filters:
            records = [one for one in records if _is_taken(*one, filters)]
        yield from _lines(records, revealing)
        progress(last, size)


def _is_taken(position: int, record: bytes, filters: Sequence[Filter]) -> bool:
    envelope = envelope_of(position, record)
    try:
        return all(passes(envelope) for passes in filters)
    except (ValueError, KeyError, TypeError):
        raise not_whole(position) from None


def _lines(records: Sequence[tuple[int, bytes]], revealing: Revealing | None) -> Iterator[bytes]:
    if revealing is None:
        for position, record in records:
            yield _line(position, record)
        return
    for start in range(0, len(records), REVEALED_AT_ONCE):
        some = records[start : start + REVEALED_AT_ONCE]
        for (position, record), beside in zip(some, revealing.beside(some), strict=True):
            yield _line(position, record, beside)


def _line(position: int, record: bytes, beside: bytes = b"") -> bytes:
    return b'{"position":%d,"record":%b%b}\n' % (position, record, beside)
