"""The file that a replay is written into: whole at last, or partial beside a note of what it was begun with.

    events.jsonl.partial         the lines so far
    events.jsonl.partial.json    what was asked, and where the ledger ended when it began

The same command goes on after the last whole line, so that a replay that was killed ends in the same bytes. All three
files are readable by their owner only.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, Final
from uuid import UUID

import orjson

from eventstore.errors import Refusal
from eventstore.sealing.keys import write_secret

BUFFER: Final = 1 << 20


class OutputExists(Refusal):
    """There is a file of this name; a replay never writes over one."""

    code = "output_exists"


class AnotherReplayBegun(Refusal):
    """What is partly written was begun with other words, by someone else, or on another ledger."""

    code = "another_replay_begun"


class ReplayRunning(Refusal):
    """Another process is writing this file."""

    code = "replay_running"


class OutputNotWritten(Refusal):
    """The file cannot be written where it should be; what is there can be gone on with."""

    code = "output_not_written"


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What a replay was begun with.

    asked: the selection and the classes to open. size, root: where the ledger ended (hex). command_id: of a reveal.
    """

    asked: dict[str, Any]
    size: int
    root: str
    command_id: UUID


@dataclass(slots=True)
class Writing:
    """A partial file open for writing. position: the last one in it. events: how many lines it has."""

    file: BinaryIO
    position: int = 0
    events: int = 0
    size: int = 0
    _digest: Any = field(default_factory=sha256)

    @property
    def sha256(self) -> str:
        """Of all bytes so far, in hexadecimal."""
        digest: str = self._digest.hexdigest()
        return digest

    def take_up(self, end: int) -> None:
        """Reads the whole lines that are there, none beyond position `end`, and cuts off what is no such line."""
        for line in self.file:
            position = _position(line)
            if not self.position < position <= end:
                break
            self._note(line)
            self.position = position
        self.file.seek(self.size)
        self.file.truncate()

    def write(self, line: bytes) -> None:
        """Adds a line."""
        self.file.write(line)
        self._note(line)

    def _note(self, line: bytes) -> None:
        self._digest.update(line)
        self.events += 1
        self.size += len(line)


@dataclass(frozen=True, slots=True)
class ReplayFile:
    """Where a replay goes."""

    output: Path

    @property
    def partial(self) -> Path:
        """What is written into until it is whole."""
        return self.output.with_name(f"{self.output.name}.partial")

    @property
    def note(self) -> Path:
        """What the partial file was begun with."""
        return self.output.with_name(f"{self.output.name}.partial.json")

    def begun(self, asked: dict[str, Any]) -> Begun | None:
        """What to go on with, None where nothing is begun. Raises `OutputExists`, `AnotherReplayBegun`."""
        if self.output.exists():
            raise OutputExists(f"{self.output} is there already")
        kept = self._kept()
        if kept is not None and kept.asked == asked:
            return kept
        if self.partial.exists() and self.partial.stat().st_size:
            raise self.another()
        return None

    def another(self) -> AnotherReplayBegun:
        """Says what to do about a partial file that is not this replay's."""
        return AnotherReplayBegun(
            f"{self.partial} was begun as another replay: finish it with the same command, or delete it"
        )

    def _kept(self) -> Begun | None:
        try:
            kept = orjson.loads(self.note.read_bytes())
            return Begun(**{**kept, "command_id": UUID(kept["command_id"])})
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError):
            raise self.another() from None

    @contextmanager
    def writing(self, begun: Begun) -> Iterator[Writing]:
        """Goes on with the file where it ends; at the end of the block it is whole, safe on the disk, and renamed.

        Raises `ReplayRunning`, `OutputNotWritten`. Whatever is raised in the block leaves the partial file.
        """
        try:
            with os.fdopen(os.open(self.partial, os.O_RDWR | os.O_CREAT, 0o600), "r+b", buffering=BUFFER) as file:
                _lock(file)
                write_secret(self.note, orjson.dumps(begun).decode())
                writing = Writing(file)
                writing.take_up(begun.size)
                yield writing
                file.flush()
                os.fsync(file.fileno())
                self._finish()
        except OSError as fault:
            raise OutputNotWritten(f"{self.output} cannot be written: {fault.strerror}") from fault

    def _finish(self) -> None:
        self.partial.rename(self.output)
        folder = os.open(self.output.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        self.note.unlink()


def _position(line: bytes) -> int:
    """The position of a whole line, 0 for any other: what was not yet on the disk when the power went may be zeros."""
    try:
        position: int = orjson.loads(line)["position"] if line.endswith(b"\n") else 0
    except (ValueError, KeyError, TypeError):
        return 0
    return position


def _lock(file: BinaryIO) -> None:
    """Keeps the file to this process until it is closed. Raises `ReplayRunning`."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise ReplayRunning("another process is writing this replay") from None
