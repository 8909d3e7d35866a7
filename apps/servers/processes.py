"""Processes of ours: told from others by pid, start time and boot, and ended with all their descendants."""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from apps.servers.errors import ServersUnavailable

POLL = 0.02
"""Seconds between two looks at something that is awaited."""

_PROC = Path("/proc")
_ZOMBIE = "Z"


@dataclass(frozen=True, slots=True)
class Process:
    """A process that cannot be mistaken for a later one with the same pid."""

    pid: int
    birth: str
    """Start time in clock ticks since the boot, and that boot's id."""


def process(pid: int) -> Process | None:
    """The process that has this pid now; None if there is none, or only its exit status is left."""
    fields = _stat(pid)
    if fields is None or fields[0] == _ZOMBIE:
        return None
    boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
    return Process(pid=pid, birth=f"{fields[19]}@{boot}")


def lives(known: Process) -> bool:
    """Whether it is this very process that has the pid."""
    return process(known.pid) == known


def descendants(root: Process) -> list[Process]:
    """Every process below `root`, children before grandchildren."""
    children: dict[int, list[int]] = {}
    for entry in _PROC.iterdir():
        fields = _stat(int(entry.name)) if entry.name.isdigit() else None
        if fields is not None:
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found: list[int] = list(children.get(root.pid, []))
    for pid in found:
        found.extend(children.get(pid, []))
    return [one for one in map(process, found) if one is not None]


def kill(roots: list[Process], *, patience: float = 10.0) -> None:
    """SIGKILL to these processes and all below them; returns when they are gone.

    Each root is halted first, so that it has no more children while they are counted.
    Raises ServersUnavailable if one outlives `patience` seconds.
    """
    for root in roots:
        send(root, signal.SIGSTOP)
    doomed = [*roots, *(one for root in roots if lives(root) for one in descendants(root))]
    for one in doomed:
        send(one, signal.SIGKILL)
    for one in doomed:
        if not gone(one, patience):
            raise ServersUnavailable(f"Process {one.pid} does not end.")


def send(target: Process, number: signal.Signals) -> None:
    """The signal, if the process still lives."""
    if lives(target):
        try:
            os.kill(target.pid, number)
        except ProcessLookupError:
            return


def gone(target: Process, patience: float) -> bool:
    """Waits up to `patience` seconds for the end of a process and tells whether it came."""
    deadline = time.monotonic() + patience
    while lives(target):
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL)
    return True


def _stat(pid: int) -> list[str] | None:
    """The fields of /proc/PID/stat from the third on: state, parent, …; the start time is the twentieth of them."""
    try:
        text = (_PROC / str(pid) / "stat").read_text(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    return text.rpartition(")")[2].split()
