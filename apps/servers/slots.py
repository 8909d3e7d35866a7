"""The folder of one run: locked, so that simultaneous runs do not meet, and cleaned of what a killed run left."""

import fcntl
import itertools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from apps.servers.containers import end_container
from apps.servers.instances import end_orphans
from apps.servers.progress import Progress


@contextmanager
def slot(home: Path, purpose: str, progress: Progress) -> Iterator[Path]:
    """An empty folder for servers: `home/purpose`, or `home/purpose.2` and so on while others hold those before it."""
    for number in itertools.count(1):
        folder = home / (purpose if number == 1 else f"{purpose}.{number}")
        folder.mkdir(mode=0o755, exist_ok=True)
        with (folder / "lock").open("w") as lock:
            if _held(lock):
                _clear(folder, progress)
                yield folder
                return


def _held(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _clear(folder: Path, progress: Progress) -> None:
    """Ends processes and deletes data of an earlier run, which nobody holds any more."""
    ended = sum(end_orphans(record) for record in sorted(folder.glob("*.json")))
    if ended:
        progress.say(f"Ended {ended} processes that a killed run had left in {folder}.")
    for record in folder.glob("*.container"):
        end_container(record)
    for entry in folder.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry)
