"""The ledger as it is stored: tree heads, proofs and checkpoints of one city."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from eventstore.database import Connection
from eventstore.errors import NotFound, Refusal
from eventstore.ledger.checkpoints import Checkpoint, Outside, Signer, origin_of
from eventstore.ledger.tree import Growing, consistency_path, inclusion_path


class LedgerBehind(Refusal):
    """The database is older than, or other than, a checkpoint that is held outside: nothing is numbered any more."""

    code = "ledger_behind"


class CheckpointsGone(LedgerBehind):
    """No checkpoint is held outside, and the database has some: nobody can say whether it is the same ledger."""


@dataclass(frozen=True, slots=True)
class StoredTree:
    """Reads stored nodes of the tree: leaves from the positions, every eighth level from `tree_nodes`."""

    connection: Connection

    def __call__(self, level: int, first: int, count: int) -> Sequence[bytes]:
        """The hashes of `count` complete nodes of a stored level. Raises `NotFound` where one is missing."""
        statement, arguments = (
            (
                "SELECT leaf FROM positions WHERE position BETWEEN %s AND %s ORDER BY position",
                (first + 1, first + count),
            )
            if level == 0
            else (
                "SELECT hash FROM tree_nodes WHERE level = %s AND number BETWEEN %s AND %s ORDER BY number",
                (level, first, first + count - 1),
            )
        )
        rows = self.connection.execute(statement, arguments, binary=True).fetchall()
        if len(rows) != count:
            raise NotFound(f"the ledger has no complete node {first} on level {level}", code="ledger_incomplete")
        return [row[0] for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A path of hashes (32 bytes each) for a tree of `size` leaves with that root."""

    size: int
    root: bytes
    path: list[bytes]


@dataclass(frozen=True, slots=True)
class Ledger:
    """Questions to the ledger, over one connection."""

    connection: Connection

    def size(self) -> int:
        """How many positions there are."""
        row = self.connection.execute("SELECT coalesce(max(position), 0) FROM positions").fetchone()
        return int(row[0]) if row else 0

    def root(self, size: int) -> bytes:
        """The tree head of the first `size` positions."""
        return Growing.at(size, StoredTree(self.connection)).root

    def prove_inclusion(self, position: int, size: int | None = None) -> Proof:
        """That a position (from 1) is in the tree of `size`, of all positions unless given. Raises `NotFound`."""
        within = self.size() if size is None else size
        if not 0 < position <= within:
            raise NotFound(f"the ledger has no position {position}", code="no_such_position")
        path = inclusion_path(position - 1, within, StoredTree(self.connection))
        return Proof(size=within, root=self.root(within), path=path)

    def prove_consistency(self, older: int, size: int | None = None) -> Proof:
        """That the tree of `older` is the beginning of that of `size`. Raises `NotFound`."""
        within = self.size() if size is None else size
        if not 0 < older <= within:
            raise NotFound(f"the ledger has no size {older}", code="no_such_size")
        path = consistency_path(older, within, StoredTree(self.connection))
        return Proof(size=within, root=self.root(within), path=path)

    def closing_size(self, end: datetime, *, after: int = 0) -> int | None:
        """How many positions there are before the first event recorded at or after `end`, the end of a day.

        after: as `size_before` has it. None while the size cannot be told: nothing later is numbered, and something is
        still to be numbered.
        """
        before = self.size_before(end, after=after)
        if before is not None:
            return before
        return self.size() if self.is_caught_up() else None

    def size_before(self, end: datetime, *, after: int = 0) -> int | None:
        """How many positions there are before the first event recorded at or after `end`; None where there is none.

        after: a size at which an earlier day closed; only what comes after it is looked at. It says what the columns
        say: the record at the next position says whether they are right.
        """
        row = self.connection.execute(
            "SELECT min(p.position) - 1 FROM positions p"
            " JOIN events e ON e.service = p.service AND e.sequence = p.sequence"
            " WHERE e.recorded_at >= %s AND p.position > %s",
            (end, after),
        ).fetchone()
        return row[0] if row else None

    def closed_size(self, before: date) -> int:
        """The largest size at which a day before this one closed; 0 where none did."""
        row = self.connection.execute(
            "SELECT coalesce(max(size), 0) FROM checkpoints WHERE closes < %s", (before,)
        ).fetchone()
        return int(row[0]) if row else 0

    def is_caught_up(self) -> bool:
        """Whether everything that can be seen is numbered, and nothing below it is still open."""
        row = self.connection.execute(
            "SELECT decided >= coalesce((SELECT sequence FROM events ORDER BY sequence DESC LIMIT 1), 0)"
            " FROM relay_progress"
        ).fetchone()
        return bool(row and row[0])

    def last_closed(self) -> date | None:
        """The last day that has a closing checkpoint."""
        row = self.connection.execute("SELECT max(closes) FROM checkpoints").fetchone()
        return row[0] if row else None

    def closing_note(self, day: date) -> str | None:
        """The signed closing checkpoint of a day; None until there is one."""
        row = self.connection.execute("SELECT note FROM checkpoints WHERE closes = %s", (day,)).fetchone()
        return row[0] if row else None

    def first_recorded(self) -> datetime | None:
        """When the event at position 1 was recorded."""
        row = self.connection.execute(
            "SELECT e.recorded_at FROM positions p JOIN events e ON e.service = p.service AND e.sequence = p.sequence"
            " WHERE p.position = 1"
        ).fetchone()
        return row[0] if row else None

    def epoch(self) -> int:
        """The number of the origin in force: 1, more after recorded breaks."""
        row = self.connection.execute("SELECT max(epoch) FROM ledger_epochs").fetchone()
        return int(row[0]) if row and row[0] else 1

    def checkpoint(self, municipality: str, size: int | None = None) -> Checkpoint:
        """The checkpoint of a size, of all positions unless given; not yet signed."""
        within = self.size() if size is None else size
        return Checkpoint(origin_of(municipality, self.epoch()), within, self.root(within))

    def sign(self, checkpoint: Checkpoint, signer: Signer, outside: Outside, at: datetime, closes: date | None) -> str:
        """Signs a checkpoint and keeps it, in the database and outside; gives the note.

        What cannot be kept outside is not kept in the database either: with nothing outside it would number no more.
        """
        note = signer.sign(checkpoint)
        with self.connection.transaction():
            self.connection.execute(
                "INSERT INTO checkpoints (size, origin, note, closes, signed_at) VALUES (%s, %s, %s, %s, %s)"
                " ON CONFLICT DO NOTHING",
                (checkpoint.size, checkpoint.origin, note, closes, at),
            )
            outside.keep(checkpoint, note, closes)
        return note

    def require_continuing(self, held: Checkpoint | None) -> None:
        """Raises `LedgerBehind` where the newest checkpoint outside is ahead of the database, or of another one.

        held: the newest checkpoint outside. None passes in a city that has signed nothing yet; else `CheckpointsGone`.
        """
        if held is None:
            self._require_nothing_signed()
            return
        epoch, size = self.epoch(), self.size()
        if held.epoch < epoch:
            raise LedgerBehind(
                f"the database says {epoch} origins, the newest checkpoint that is held outside is of {held.origin}:"
                " its break is not signed"
            )
        if held.epoch > epoch or held.size > size:
            raise LedgerBehind(
                f"a checkpoint of size {held.size} ({held.origin}) is held outside, the database has {size} positions:"
                " it was restored from an older state. `renkei ledger continue --after-restore --reason …` goes on"
            )
        if self.root(held.size) != held.root:
            raise LedgerBehind(
                f"the checkpoint of size {held.size} that is held outside has another root than the database"
            )

    def _require_nothing_signed(self) -> None:
        row = self.connection.execute("SELECT count(*) FROM checkpoints").fetchone()
        if row and row[0]:
            raise CheckpointsGone(
                f"the folder of checkpoints outside is empty, though this ledger has signed {row[0]}:"
                " set RENKEI_CHECKPOINTS to where they are, or copy them back"
            )

    def begin_epoch(self, reason: str, at: datetime, held: Checkpoint | None) -> int:
        """Opens the next origin after a break and records it; gives its number."""
        epoch = max(self.epoch(), held.epoch if held else 1) + 1
        self.connection.execute(
            "INSERT INTO ledger_epochs (epoch, began_at_size, held_size, reason, begun_at) VALUES (%s, %s, %s, %s, %s)",
            (epoch, self.size(), held.size if held else None, reason, at),
        )
        return epoch
