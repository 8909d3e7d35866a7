"""Exports a replay into a file: permitted, recorded if it opens anything, resumable, and the same bytes each time."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from apps.ledger import signer
from apps.records.closing import closing_checkpoint
from apps.records.opened_values import Revealing
from apps.records.replay import replay
from apps.records.replay_file import Begun, ReplayFile
from apps.records.revealing import Reveal, record_reveal
from apps.records.selection import Selection
from eventstore.city import City
from eventstore.clock import now
from eventstore.database import Connection, Database
from eventstore.execution import CommandIdReused
from eventstore.ledger.checkpoints import Checkpoint
from eventstore.ledger.stored import Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A file that is whole: how many events and bytes, the SHA-256 of the bytes, and where the ledger ended."""

    events: int
    bytes: int
    sha256: str
    ledger: Checkpoint


def export(
    city: City,
    selection: Selection,
    output: Path,
    *,
    reveal: Reveal | None = None,
    progress: Callable[[int, int], None] = lambda _, __: None,
    clock: Callable[[], datetime] = now,
) -> Exported:
    """Writes what is selected to `output`; where the same was begun and killed, it goes on after the last whole line.

    A reveal is recorded before anything is written, and recorded once, however often it is gone on with; what is erased
    meanwhile stays closed in what is left to write. clock: says which days are over. Raises `OutputExists`,
    `AnotherReplayBegun`, `DayNotClosed`, `CheckpointContradicted`, `RecordNotWhole`, `Unavailable`, and what a reveal
    is refused for.
    """
    file = ReplayFile(output)
    classes = sorted(reveal.classes) if reveal else []
    asked = {"municipality": city.municipality, **selection.stated(), "reveal": classes}
    before = file.begun(asked)
    with closing(Database(city.databases["records"], connections=1)) as database, database.connection() as connection:
        ledger = _end(connection, city, selection, before, clock())
        if before and (before.size, before.root) != (ledger.size, ledger.root.hex()):
            raise file.another()
        begun = before or Begun(asked=asked, size=ledger.size, root=ledger.root.hex(), command_id=uuid4())
        revealing = _revealing(connection, city, reveal, selection, begun, file) if reveal else None
        with file.writing(begun) as writing:
            for line in replay(
                connection, selection, ledger.size, after=writing.position, revealing=revealing, progress=progress
            ):
                writing.write(line)
    return Exported(events=writing.events, bytes=writing.size, sha256=writing.sha256, ledger=ledger)


def _end(connection: Connection, city: City, selection: Selection, before: Begun | None, at: datetime) -> Checkpoint:
    """Where the ledger ends for this replay: with its day, or where it ended when the replay was begun."""
    if selection.as_of:
        return closing_checkpoint(connection, selection.as_of, signer(city).verifier, at)
    return Ledger(connection).checkpoint(city.municipality, before.size if before else None)


def _revealing(
    connection: Connection, city: City, reveal: Reveal, selection: Selection, begun: Begun, file: ReplayFile
) -> Revealing:
    try:
        masters = record_reveal(city, reveal, selection, begun.size, begun.command_id)
    except CommandIdReused:
        raise file.another() from None
    return Revealing(connection, masters, reveal.classes)
