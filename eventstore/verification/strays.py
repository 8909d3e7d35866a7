"""Finds what stands in the database and belongs to nothing: rows that no position, record or key accounts for."""

from typing import Final, LiteralString

from eventstore.database import Connection
from eventstore.ledger.findings import Fault, Findings

_QUERIES: Final[tuple[tuple[Fault, str, LiteralString], ...]] = (
    (
        Fault.NOT_NUMBERED,
        "sequence {} of {}",
        "SELECT e.sequence, e.service FROM events e LEFT JOIN positions p"
        " ON p.sequence = e.sequence AND p.service = e.service"
        " WHERE p.position IS NULL AND e.sequence <= (SELECT decided FROM relay_progress)"
        " ORDER BY e.sequence LIMIT %s",
    ),
    (
        Fault.NODE_CHANGED,
        "level {}, number {} is beyond the end",
        "SELECT level, number FROM tree_nodes"
        " WHERE number >= (SELECT coalesce(max(position), 0) FROM positions) >> level::integer LIMIT %s",
    ),
    (
        Fault.KEY_STRAY,
        "data key {} of {}",
        "SELECT k.id, k.service FROM data_keys k LEFT JOIN sealed_values s ON s.service = k.service AND s.key_id = k.id"
        " WHERE s.key_id IS NULL LIMIT %s",
    ),
    (
        Fault.CIPHERTEXT_STRAY,
        "data key {}, event {} of {}",
        "SELECT s.key_id, s.event_id, s.service FROM sealed_values s"
        " LEFT JOIN events e ON e.service = s.service AND e.id = s.event_id"
        " WHERE e.id IS NULL OR position(convert_to('\"key\":\"' || s.key_id || '\"', 'UTF8') IN e.record) = 0"
        " LIMIT %s",
    ),
    (
        Fault.INDEX_WRONG,
        "{} of {}-{}",
        "SELECT b.name, b.category, b.stream_id FROM blind_indexes b"
        " LEFT JOIN data_keys k ON k.service = b.service AND k.id = b.key_id"
        " AND k.category = b.category AND k.stream_id = b.stream_id WHERE k.id IS NULL LIMIT %s",
    ),
)
"""Fault, the place in words, and the rows that name it."""

_PROGRESS: Final = (
    "SELECT decided, published, (SELECT coalesce(max(sequence), 0) FROM positions),"
    " (SELECT coalesce(max(position), 0) FROM positions) FROM relay_progress"
)


def find_strays(connection: Connection, findings: Findings) -> None:
    """Notes what belongs to nothing, of each kind so many as findings are wanted."""
    for fault, at, query in _QUERIES:
        for row in connection.execute(query, (findings.limit,)):
            findings.add(0, fault, at.format(*row))


def find_shortened(connection: Connection, findings: Findings) -> None:
    """Whether the relay has been further than the ledger goes."""
    row = connection.execute(_PROGRESS).fetchone()
    if row is None:
        findings.add(0, Fault.PROGRESS_MISSING, "relay_progress")
        return
    decided, published, last, size = row
    if published > size:
        findings.add(size + 1, Fault.LEDGER_SHORTENED, f"{published} positions were told")
    if decided > last:
        findings.add(size + 1, Fault.LEDGER_SHORTENED, f"sequence {decided} was decided, {last} is the last numbered")
