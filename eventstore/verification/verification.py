"""Verifies a whole ledger: recomputes every leaf, node and root, compares columns with records, and opens what it can.

It names the first position that is wrong and how. What it proves: against anyone without the signing key, and against
everyone relative to a checkpoint that is held outside the database (docs/verify.md). It remembers nothing of a page
when it has read the next: its memory does not grow with the ledger.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from eventstore.binary import timestamptz
from eventstore.database import Connection
from eventstore.ledger.checkpoints import Outside, Verifier
from eventstore.ledger.findings import Fault, Findings, Verdict
from eventstore.ledger.stored import Ledger
from eventstore.ledger.tree import Growing
from eventstore.merkle import leaf_hash
from eventstore.sealing.keys import MasterKeys
from eventstore.verification.blind_indexes import BlindIndexes, Indexing
from eventstore.verification.closings import Closings
from eventstore.verification.held_checkpoints import Held, held_checkpoints
from eventstore.verification.numbered import Numbered, is_well_formed, numbered
from eventstore.verification.sealed_parts import SealedParts
from eventstore.verification.strays import find_shortened, find_strays
from eventstore.verification.stream_order import StreamOrder

PAGE: Final = 1_000

# Ids as text and instants as bytes: what the record says is compared as it is, and no value can fail to be read.
_PAGE: Final = (
    "SELECT p.position, p.sequence, p.leaf, e.record, p.service, e.category, e.stream_id::text, e.version, e.id::text,"
    " e.type, e.schema_version, e.command_id::text, timestamptz_send(e.recorded_at) FROM positions p"
    " LEFT JOIN events e ON e.service = p.service AND e.sequence = p.sequence"
    " WHERE p.position BETWEEN %s AND %s ORDER BY p.position"
)
_COLUMNS: Final = (
    "service", "category", "stream_id", "version", "id", "type", "schema_version", "command_id", "recorded_at",
)  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Verification:
    """One run over one city's ledger.

    masters: the master keys held here; values of other groups are counted as closed. indexings: service → how its
    look-ups are made, of those whose secret is held here. zone, now: whose days, and which of them are over.
    progress: told the position reached and the size. erased: ids of the data keys whose end is itself an event.
    """

    connection: Connection
    masters: MasterKeys
    indexings: Mapping[str, Indexing]
    verifier: Verifier
    outside: Outside
    zone: ZoneInfo
    now: datetime
    progress: Callable[[int, int], None] = lambda _, __: None
    erased: frozenset[UUID] = frozenset()
    limit: int = 100
    _tree: Growing = field(default_factory=Growing)
    _findings: Findings = field(init=False)
    _held: Held = field(init=False)
    _days: Closings = field(init=False)
    _order: StreamOrder = field(init=False)
    _sealed: SealedParts = field(init=False)

    def run(self) -> Verdict:
        """Verifies everything; stops at `limit` findings."""
        self._findings = found = Findings(self.limit)
        lookups = BlindIndexes(self.connection, self.indexings, found)
        self._held = held_checkpoints(self.connection, self.verifier, self.outside, found)
        self._days = Closings(self._held.closings, self.zone, self.now, found)
        self._order = StreamOrder(self.connection, found)
        self._sealed = SealedParts(self.connection, self.masters, self.erased, lookups, found)
        size = Ledger(self.connection).size()
        self._held.require_size(size, found)
        self._held.compare(self._tree, found)
        find_shortened(self.connection, found)
        self._verify_pages(size)
        if not found.are_enough:
            self._days.finish(size)
            find_strays(self.connection, found)
            lookups.find_wrong(self._sealed.texts_under)
        return Verdict(
            size=size,
            root=self._tree.root,
            signed=self._held.signed,
            signed_outside=self._held.signed_outside,
            findings=found.in_order(),
            opened=self._sealed.opened,
            closed=self._sealed.closed,
        )

    def _verify_pages(self, size: int) -> None:
        for first in range(1, size + 1, PAGE):
            last = min(first + PAGE - 1, size)
            self._verify_page(first, last)
            self.progress(last, size)
            if self._findings.are_enough:
                break

    def _verify_page(self, first: int, last: int) -> None:
        page: list[Numbered] = []
        following = first
        for row in self.connection.execute(_PAGE, (first, last), binary=True):
            self._note_missing(range(following, row[0]))
            following = row[0] + 1
            if record := self._verify_record(row):
                page.append(record)
                self._days.see(record.position, record.recorded_at)
            self._grow(row[0], row[2])
        self._note_missing(range(following, last + 1))
        self._order.verify(page)
        self._sealed.verify(page)

    def _note_missing(self, positions: Iterable[int]) -> None:
        for position in positions:
            self._findings.add(position, Fault.POSITION_MISSING, "positions")

    def _verify_record(self, row: tuple[Any, ...]) -> Numbered | None:
        """Compares leaf and columns with the record; gives it where it is what was numbered."""
        position, sequence, leaf, record, *columns = row
        if record is None:
            self._findings.add(position, Fault.RECORD_MISSING, f"sequence {sequence} of {columns[0]}")
            return None
        try:
            found = numbered(position, record)
            expected = _columns(found)
            is_usable = columns == expected or is_well_formed(found.envelope)
        except (ValueError, KeyError, TypeError, AttributeError):
            is_usable = False
        if not is_usable or leaf_hash(record) != leaf:
            self._findings.add(position, Fault.RECORD_CHANGED, "record")
            return None
        for column, given, told in zip(_COLUMNS, columns, expected, strict=True):
            if given != told:
                self._findings.add(position, Fault.COLUMN_CHANGED, column)
        return found

    def _grow(self, position: int, leaf: bytes) -> None:
        """Adds a leaf to the tree, and compares the nodes and roots that it completes."""
        if self._tree.size != position - 1:  # one before it is missing, and no root can be right
            return
        for level, number, made in self._tree.add(leaf):
            stored = self.connection.execute(
                "SELECT hash FROM tree_nodes WHERE level = %s AND number = %s", (level, number), binary=True
            ).fetchone()
            if stored != (made,):
                self._findings.add(position, Fault.NODE_CHANGED, f"level {level}, number {number}")
        self._held.compare(self._tree, self._findings)


def _columns(record: Numbered) -> list[Any]:
    """What the columns have to be, by the record."""
    envelope = record.envelope
    category, _, stream_id = envelope["stream"].partition("-")
    return [
        envelope["service"],
        category,
        stream_id,
        envelope["version"],
        envelope["id"],
        envelope["type"],
        envelope["schema"],
        envelope["command"],
        timestamptz(record.recorded_at),
    ]
