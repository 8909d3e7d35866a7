"""A private server: its folder, its processes, and what may be done with them."""

import json
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Protocol

from apps.servers.account import Account
from apps.servers.errors import ServersUnavailable
from apps.servers.processes import POLL, Process, descendants, gone, kill, process, send
from apps.servers.progress import Progress

PATIENCE = 90.0
"""Seconds that a server may take to answer after its start."""

GRACE = 20.0
"""Seconds that a server may take to end by itself before it is killed."""

HURRY = 0.5
"""The same where its data is of no more use: enough for PostgreSQL, which so collects its own children."""


@dataclass(frozen=True, slots=True)
class Program:
    """One program of a server: what is run, and the whole environment that it sees."""

    arguments: list[str]
    environment: Mapping[str, str]


class Recipe(Protocol):
    """How one kind of server is set up and run in a folder of its own."""

    @property
    def name(self) -> str:
        """What a person calls it."""

    @property
    def stop_signal(self) -> signal.Signals:
        """What makes the server end in good order."""

    def prepare(self, folder: Path, account: Account) -> None:
        """Makes data and settings in `folder` (which belongs to `account`) where there are none."""

    def programs(self, folder: Path) -> list[Program]:
        """What is run, in this order; the last is the server itself."""


class Server(Protocol):
    """A server that we run, as the fault tests handle it."""

    @property
    def pid(self) -> int | None:
        """The server's process; None while it does not run."""

    def start(self) -> None:
        """Starts it, on the same ports and with the data that is there; returns when it answers."""

    def stop(self) -> None:
        """Ends it in good order, and by force if that takes too long."""

    def kill(self) -> None:
        """SIGKILL to all its processes."""

    def wipe(self) -> None:
        """Deletes its data; refused while it runs."""

    def leave(self) -> None:
        """Ends it for good: nothing of it runs or stays on the machine, but for files under `.run`."""


@dataclass(slots=True)
class Instance:
    """A server made of processes of this machine.

    `folder` holds its data, settings and log and belongs to `account`; `record` is a file beside it, ours alone, that
    lists the processes that run, so that a later session can end what a killed one left behind. `answers` tells whether
    the server takes requests.
    """

    recipe: Recipe
    answers: Callable[[], bool]
    folder: Path
    record: Path
    account: Account
    progress: Progress
    _programs: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def pid(self) -> int | None:
        """The server's own process; None while it does not run."""
        if not self._programs or self._programs[-1].poll() is not None:
            return None
        return self._programs[-1].pid

    @property
    def log(self) -> Path:
        """What the server wrote to its output."""
        return self.folder / "log"

    def processes(self) -> list[Process]:
        """Every process of it that lives."""
        roots = self._roots()
        return [*roots, *(one for root in roots for one in descendants(root))]

    def start(self) -> None:
        """Starts the programs, on the same ports and with the data that is there; returns when the server answers.

        Raises ServersUnavailable, with the end of the log, if it ends or does not answer in time.
        """
        if self.pid is not None:
            return
        with self.progress.step(f"{self.recipe.name}: starting"):
            self._make_folder()
            self.recipe.prepare(self.folder, self.account)
            for program in self.recipe.programs(self.folder):
                self._run(program)
            self._await_answer()

    def stop(self) -> None:
        """Ends the server in good order, then whatever is left of it by force."""
        with self.progress.step(f"{self.recipe.name}: stopping"):
            self._end(GRACE)

    def kill(self) -> None:
        """SIGKILL to all processes of the server."""
        kill(self._roots())
        for program in self._programs:
            program.wait()
        self._programs.clear()
        self.record.unlink(missing_ok=True)

    def wipe(self) -> None:
        """Deletes data, settings and log. Raises RuntimeError while the server runs."""
        if self._roots():
            raise RuntimeError(f"{self.recipe.name} is running.")
        shutil.rmtree(self.folder, ignore_errors=True)

    def leave(self) -> None:
        """Ends the server without waiting long; its log can be read until the next start."""
        self._end(HURRY)

    def _end(self, grace: float) -> None:
        pid = self.pid
        server = process(pid) if pid is not None else None
        if server is not None:
            send(server, self.recipe.stop_signal)
            gone(server, grace)
        self.kill()

    def _make_folder(self) -> None:
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self.account.give(self.folder)

    def _roots(self) -> list[Process]:
        living = (process(program.pid) for program in self._programs if program.poll() is None)
        return [one for one in living if one is not None]

    def _run(self, program: Program) -> None:
        with self.log.open("ab") as log:
            started = subprocess.Popen(  # noqa: S603 - own argument list
                program.arguments,
                cwd=self.folder,
                env=program.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=self.account.uid,
                group=self.account.gid,
                extra_groups=None if self.account.uid is None else [],
                umask=0o077,
            )
        self._programs.append(started)
        remember(self.record, self._roots())

    def _await_answer(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while not self.answers():
            if self.pid is None or time.monotonic() > deadline:
                reason = "ended" if self.pid is None else f"does not answer after {PATIENCE:.0f} s"
                self.kill()
                raise ServersUnavailable(f"{self.recipe.name} {reason}; its log {self.log} ends:\n{self._log_end()}")
            time.sleep(POLL)

    def _log_end(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-10:])


def remember(record: Path, running: list[Process]) -> None:
    """Writes down which processes a later session has to end if this one cannot."""
    draft = record.with_suffix(".draft")
    draft.write_text(json.dumps([asdict(one) for one in running]))
    draft.replace(record)


def end_orphans(record: Path) -> int:
    """Kills those recorded processes that still are what they were, and tells how many there were."""
    if not record.exists():
        return 0
    recorded = [Process(pid=entry["pid"], birth=entry["birth"]) for entry in json.loads(record.read_text())]
    orphans = [one for one in recorded if process(one.pid) == one]
    kill(orphans)
    record.unlink()
    return len(orphans)
