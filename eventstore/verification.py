"""Verifies a whole ledger: recomputes every leaf, node and root, compares columns with records, and opens what it can.

It names the first position that is wrong and how. What it proves: against anyone without the signing key, and against
everyone relative to a checkpoint that is held outside the database.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeAlias
from uuid import UUID

from eventstore.checkpoints import Checkpoint, Outside, Verifier
from eventstore.database import Connection
from eventstore.errors import Refusal
from eventstore.findings import Fault, Findings, Verdict
from eventstore.keys import MasterKeys
from eventstore.ledger import Ledger
from eventstore.merkle import leaf_hash
from eventstore.records import read
from eventstore.sealed_parts import SealedParts, sealed_parts
from eventstore.tree import Growing

PAGE: Final = 2_000

_PAGE: Final = (
    "SELECT p.position, p.sequence, p.leaf, e.record, p.service, e.category, e.stream_id, e.version, e.id, e.type,"
    " e.schema_version, e.command_id, e.recorded_at FROM positions p"
    " LEFT JOIN events e ON e.service = p.service AND e.sequence = p.sequence"
    " WHERE p.position BETWEEN %s AND %s ORDER BY p.position"
)
_COLUMNS: Final = (
    "service", "category", "stream_id", "version", "id", "type", "schema_version", "command_id", "recorded_at",
)  # fmt: skip

Held: TypeAlias = Mapping[int, list[tuple[Checkpoint, str]]]
"""Size → the checkpoints of that size, and where each is held."""


@dataclass(slots=True)
class Verification:
    """One run over one city's ledger.

    masters: the master keys held here; values of other groups are counted as closed. progress: told the position
    reached and the size. erased: ids of the data keys whose end is itself an event.
    """

    connection: Connection
    masters: MasterKeys
    verifier: Verifier
    outside: Outside
    progress: Callable[[int, int], None] = lambda _, __: None
    erased: frozenset[UUID] = frozenset()
    limit: int = 100
    _tree: Growing = field(default_factory=Growing)
    _findings: Findings = field(init=False)
    _sealed: SealedParts = field(init=False)

    def run(self) -> Verdict:
        """Verifies everything; stops at `limit` findings."""
        self._findings = Findings(self.limit)
        self._sealed = SealedParts(self.connection, self.masters, self.erased, self._findings)
        held = self._held_checkpoints()
        size = Ledger(self.connection).size()
        self._find_shortened(held, size)
        self._find_strays()
        for first in range(1, size + 1, PAGE):
            last = min(first + PAGE - 1, size)
            self._verify_page(first, last, held)
            self.progress(last, size)
            if self._findings.are_enough:
                break
        return Verdict(
            size=size,
            root=self._tree.root,
            findings=self._findings.in_order(),
            opened=self._sealed.opened,
            closed=self._sealed.closed,
        )

    def _held_checkpoints(self) -> Held:
        """The checkpoints that the ledger has to agree with, from the database and from outside.

        Of an origin that a signed break ended, those up to the size where the next one began; the rest is the break.
        """
        rows = self.connection.execute("SELECT note, origin, size FROM checkpoints ORDER BY origin, size").fetchall()
        notes: list[tuple[str, str, tuple[str, int] | None]] = [
            (note, f"checkpoint {origin} {size} in the database", (origin, size)) for note, origin, size in rows
        ]
        notes += [(note, f"checkpoint {name} outside", None) for name, note in self.outside.notes()]
        found: list[tuple[Checkpoint, str]] = []
        for note, where, told in notes:
            try:
                checkpoint = self.verifier.open(note)
            except Refusal:
                self._findings.add(0, Fault.CHECKPOINT_INVALID, where)
                continue
            if told not in (None, (checkpoint.origin, checkpoint.size)):
                self._findings.add(0, Fault.CHECKPOINT_INVALID, where)
            found.append((checkpoint, where))
        began = self._breaks(found)
        held: dict[int, list[tuple[Checkpoint, str]]] = {}
        for checkpoint, where in found:
            if all(checkpoint.size <= size for epoch, size in began.items() if epoch > checkpoint.epoch):
                held.setdefault(checkpoint.size, []).append((checkpoint, where))
        return held

    def _breaks(self, found: Iterable[tuple[Checkpoint, str]]) -> dict[int, int]:
        """Epoch → the size at which it began, of every recorded break that a checkpoint of just that size signs."""
        signed = {(checkpoint.epoch, checkpoint.size) for checkpoint, _ in found}
        rows = self.connection.execute("SELECT epoch, began_at_size FROM ledger_epochs ORDER BY epoch").fetchall()
        for epoch, size in rows:
            if (epoch, size) not in signed:
                self._findings.add(0, Fault.BREAK_UNSIGNED, f"origin {epoch}, at size {size}")
        return {epoch: size for epoch, size in rows if (epoch, size) in signed}

    def _find_shortened(self, held: Held, size: int) -> None:
        for of_size in held.values():
            for checkpoint, where in of_size:
                if checkpoint.size > size:
                    self._findings.add(size + 1, Fault.LEDGER_SHORTENED, f"{where} has size {checkpoint.size}")
        row = self.connection.execute(
            "SELECT published FROM relay_progress WHERE published > (SELECT coalesce(max(position), 0) FROM positions)"
        ).fetchone()
        if row:
            self._findings.add(size + 1, Fault.LEDGER_SHORTENED, f"{row[0]} positions were told")

    def _find_strays(self) -> None:
        """Events that the sequencer has decided about and that yet have no position; nodes beyond the end."""
        rows = self.connection.execute(
            "SELECT e.sequence, e.service FROM events e LEFT JOIN positions p"
            " ON p.sequence = e.sequence AND p.service = e.service"
            " WHERE p.position IS NULL AND e.sequence <= (SELECT decided FROM relay_progress)"
            " ORDER BY e.sequence LIMIT %s",
            (self.limit,),
        ).fetchall()
        for sequence, service in rows:
            self._findings.add(0, Fault.NOT_NUMBERED, f"sequence {sequence} of {service}")
        rows = self.connection.execute(
            "SELECT level, number FROM tree_nodes"
            " WHERE (number + 1) << level::integer > (SELECT coalesce(max(position), 0) FROM positions) LIMIT %s",
            (self.limit,),
        ).fetchall()
        for level, number in rows:
            self._findings.add(0, Fault.NODE_CHANGED, f"level {level}, number {number} is beyond the end")

    def _verify_page(self, first: int, last: int, held: Held) -> None:
        rows = {row[0]: row for row in self.connection.execute(_PAGE, (first, last), binary=True).fetchall()}
        nodes: list[tuple[int, int, bytes]] = []
        envelopes: list[tuple[int, dict[str, Any]]] = []
        for position in range(first, last + 1):
            if position not in rows:
                self._findings.add(position, Fault.POSITION_MISSING, "positions")
                continue
            envelope = self._verify_record(rows[position])
            if envelope:
                envelopes.append((position, envelope))
            if self._tree.size == position - 1:  # else one before it is missing, and no root can be right
                nodes += self._tree.add(rows[position][2])
                self._compare_roots(position, held.get(position, ()))
        self._verify_nodes(nodes)
        for service in {envelope["service"] for _, envelope in envelopes}:
            self._sealed.verify(service, [one for one in envelopes if one[1]["service"] == service])

    def _compare_roots(self, position: int, checkpoints: Iterable[tuple[Checkpoint, str]]) -> None:
        for checkpoint, where in checkpoints:
            if checkpoint.root != self._tree.root:
                self._findings.add(position, Fault.CHECKPOINT_CONTRADICTED, where)

    def _verify_record(self, row: tuple[Any, ...]) -> dict[str, Any] | None:
        """Compares leaf and columns with the record; gives its envelope where it is what was numbered."""
        position, sequence, leaf, record, service = row[:5]
        if record is None:
            self._findings.add(position, Fault.RECORD_MISSING, f"sequence {sequence} of {service}")
            return None
        try:
            envelope = read(record)
            sealed_parts(envelope)
            expected = _columns(envelope)
        except (ValueError, KeyError, TypeError, AttributeError):
            envelope, expected = {}, {}
        if leaf_hash(record) != leaf or not envelope:
            self._findings.add(position, Fault.RECORD_CHANGED, "record")
            return None
        for column, given in zip(_COLUMNS, row[4:], strict=True):
            if given != expected[column]:
                self._findings.add(position, Fault.COLUMN_CHANGED, column)
        return envelope

    def _verify_nodes(self, nodes: Iterable[tuple[int, int, bytes]]) -> None:
        for level, number, made in nodes:
            row = self.connection.execute(
                "SELECT hash FROM tree_nodes WHERE level = %s AND number = %s", (level, number)
            ).fetchone()
            if row is None or row[0] != made:
                self._findings.add((number + 1) << level, Fault.NODE_CHANGED, f"level {level}, number {number}")


def _columns(envelope: Mapping[str, Any]) -> dict[str, Any]:
    """What the columns have to be, by the record."""
    category, _, stream_id = envelope["stream"].partition("-")
    return {
        "service": envelope["service"],
        "category": category,
        "stream_id": UUID(stream_id),
        "version": envelope["version"],
        "id": UUID(envelope["id"]),
        "type": envelope["type"],
        "schema_version": envelope["schema"],
        "command_id": UUID(envelope["command"]),
        "recorded_at": datetime.fromisoformat(envelope["recorded_at"]),
    }
