"""Reads records by position, and takes none that is not what was numbered."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from eventstore.database import Connection
from eventstore.errors import Refusal
from eventstore.merkle import leaf_hash
from eventstore.records import read

_BETWEEN: Final = (
    "SELECT p.position, p.leaf, e.record FROM positions p"
    " LEFT JOIN events e ON e.service = p.service AND e.sequence = p.sequence"
    " WHERE p.position BETWEEN %s AND %s ORDER BY p.position"
)


class RecordNotWhole(Refusal):
    """A record is gone, is not the one that was numbered, or cannot be read: it is not passed over in silence."""

    code = "record_not_whole"


def whole_records(connection: Connection, first: int, last: int) -> list[tuple[int, bytes]]:
    """Position and record of every position from `first` to `last`. Raises `RecordNotWhole`."""
    rows = connection.execute(_BETWEEN, (first, last), binary=True, prepare=False).fetchall()
    expected = range(first, last + 1)
    for position, (found, leaf, record) in zip(expected, rows, strict=False):
        if found != position or record is None or leaf_hash(record) != leaf:
            raise not_whole(position)
    if len(rows) < len(expected):
        raise not_whole(first + len(rows))
    return [(position, record) for position, _, record in rows]


def envelope_of(position: int, record: bytes) -> Mapping[str, Any]:
    """What a record says; its columns are not asked. Raises `RecordNotWhole` where it cannot be read."""
    try:
        return read(record)
    except (ValueError, KeyError, TypeError):
        raise not_whole(position) from None


def recorded_at(envelope: Mapping[str, Any]) -> datetime:
    """When it was recorded, in UTC."""
    return datetime.fromisoformat(envelope["recorded_at"])


def not_whole(position: int) -> RecordNotWhole:
    """Says what to do about it."""
    return RecordNotWhole(f"position {position} is not what was numbered: run `renkei ledger verify`")
