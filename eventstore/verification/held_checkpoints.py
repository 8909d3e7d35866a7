"""What a ledger is held against: the checkpoints in the database and outside, and the breaks between them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from eventstore.database import Connection
from eventstore.ledger.checkpoints import Checkpoint, CheckpointInvalid, Outside, Verifier
from eventstore.ledger.findings import Fault, Findings
from eventstore.ledger.tree import Growing


class HeldCheckpoint(NamedTuple):
    """A checkpoint that is signed, where it is held, and the day, if any, whose closing it is said to be."""

    checkpoint: Checkpoint
    where: str
    closes: date | None
    is_outside: bool


@dataclass(frozen=True, slots=True)
class Held:
    """The checkpoints that a ledger has to agree with, by size, and those in the database that close days."""

    by_size: dict[int, list[HeldCheckpoint]]
    closings: list[HeldCheckpoint]

    @property
    def signed(self) -> int:
        """The largest size that is signed."""
        return max(self.by_size, default=0)

    @property
    def signed_outside(self) -> int:
        """The largest size that is signed and held outside."""
        return max(
            (size for size, of_size in self.by_size.items() if any(one.is_outside for one in of_size)), default=0
        )

    def require_size(self, size: int, findings: Findings) -> None:
        """Notes the largest checkpoint that goes beyond the ledger."""
        if self.signed > size:
            where = self.by_size[self.signed][0].where
            findings.add(size + 1, Fault.LEDGER_SHORTENED, f"{where} has size {self.signed}")

    def compare(self, tree: Growing, findings: Findings) -> None:
        """Compares the checkpoints of a tree's size with its root."""
        for held in self.by_size.get(tree.size, ()):
            if held.checkpoint.root != tree.root:
                findings.add(tree.size, Fault.CHECKPOINT_CONTRADICTED, held.where)


def held_checkpoints(connection: Connection, verifier: Verifier, outside: Outside, findings: Findings) -> Held:
    """Reads them, and notes those that are not what was signed.

    Of an origin that a signed break ended, those count up to the size where the next one began; the rest is the break.
    """
    kept = [*_outside(verifier, outside, findings)]  # first: what is kept outside is in the database a moment later
    found = [*_in_database(connection, verifier, findings), *kept]
    began = _breaks(connection, found, findings)
    by_size: dict[int, list[HeldCheckpoint]] = {}
    for held in found:
        size, epoch = held.checkpoint.size, held.checkpoint.epoch
        if all(size <= at for later, at in began.items() if later > epoch):
            by_size.setdefault(size, []).append(held)
    closings = [held for held in found if held.closes and not held.is_outside]
    _find_missing_closings(by_size, closings, findings)
    return Held(by_size, closings)


def _in_database(connection: Connection, verifier: Verifier, findings: Findings) -> Iterable[HeldCheckpoint]:
    for note, origin, size, closes in connection.execute("SELECT note, origin, size, closes::text FROM checkpoints"):
        where = f"checkpoint {origin} {size} in the database" + (f", closing {closes}" if closes else "")
        try:
            checkpoint = verifier.open(note)
            day = date.fromisoformat(closes) if closes else None
        except (CheckpointInvalid, ValueError):
            findings.add(0, Fault.CHECKPOINT_INVALID, where)
            continue
        if (checkpoint.origin, checkpoint.size) != (origin, size):
            findings.add(0, Fault.CHECKPOINT_INVALID, where)
        yield HeldCheckpoint(checkpoint, where, day, is_outside=False)


def _outside(verifier: Verifier, outside: Outside, findings: Findings) -> Iterable[HeldCheckpoint]:
    for name, note, closes in outside.notes():
        try:
            yield HeldCheckpoint(verifier.open(note), f"checkpoint {name} outside", closes, is_outside=True)
        except CheckpointInvalid:
            findings.add(0, Fault.CHECKPOINT_INVALID, f"checkpoint {name} outside")


def _breaks(connection: Connection, found: Iterable[HeldCheckpoint], findings: Findings) -> dict[int, int]:
    """Epoch → the size at which it began, of every recorded break that a checkpoint of just that size signs."""
    signed = {(held.checkpoint.epoch, held.checkpoint.size) for held in found}
    rows = connection.execute("SELECT epoch, began_at_size FROM ledger_epochs").fetchall()
    for epoch, size in rows:
        if (epoch, size) not in signed:
            findings.add(0, Fault.BREAK_UNSIGNED, f"origin {epoch}, at size {size}")
    return {epoch: size for epoch, size in rows if (epoch, size) in signed}


def _find_missing_closings(
    by_size: dict[int, list[HeldCheckpoint]], closings: Iterable[HeldCheckpoint], findings: Findings
) -> None:
    """Days that are closed outside have to be closed in the database too."""
    closed = {held.closes for held in closings}
    for held in (one for of_size in by_size.values() for one in of_size):
        if held.closes and held.closes not in closed:
            findings.add(0, Fault.CLOSING_MISSING, f"{held.closes}: {held.where}")
