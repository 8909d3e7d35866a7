"""Measures the memory of what reads a whole ledger: a replay and a verification, each a process of its own."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Final, TypeAlias

from apps.records.replay import replay
from apps.records.selection import Selection
from apps.relay.composition import verification
from benchmarks.facts import SERVICE
from benchmarks.figures import Figure
from benchmarks.ground import Ground
from benchmarks.racing import PROCESSES, Tell
from eventstore.ledger.stored import Ledger

STATUS: Final = Path("/proc/self/status")


@dataclass(slots=True)
class Footprint:
    """The resident memory (MiB) of this process on its way through a ledger, and how long it took (seconds)."""

    quarter: float = 0.0
    end: float = 0.0
    seconds: float = 0.0
    _began: float = field(default_factory=perf_counter)

    def note(self, reached: int, size: int) -> None:
        """Notes it where a quarter is reached, and at the end."""
        if not self.quarter and reached >= size / 4:
            self.quarter = _resident()
        if reached == size:
            self.end = _resident()
            self.seconds = perf_counter() - self._began


Reading: TypeAlias = Callable[[Ground, Footprint], None]


def memory(at: Ground, tell: Tell) -> Iterator[Figure]:
    """At the end against at a quarter of the way."""
    with at.connect("records") as connection:
        size = Ledger(connection).size()
    for what, read in (("replay", _replayed), ("ledger verify", _verified)):
        tell(f"{what} of {size:,} events")
        with ProcessPoolExecutor(1, mp_context=PROCESSES) as process:
            taken = process.submit(_taken, read, at).result()
        yield Figure(
            what=f"memory of {what}, at the end against at a quarter",
            ours=f"{taken.end:.1f} MiB, {size / taken.seconds:,.0f} events/s",
            peer=f"{taken.quarter:.1f} MiB",
            ratio=taken.end / taken.quarter,
            at_most=1.1,
        )


def _taken(read: Reading, at: Ground) -> Footprint:
    taken = Footprint()
    read(at, taken)
    if not taken.end:
        raise RuntimeError("the ledger was not read to its end")
    return taken


def _replayed(at: Ground, taken: Footprint) -> None:
    with at.connect("records") as connection, Path(os.devnull).open("wb") as nowhere:
        size = Ledger(connection).size()
        nowhere.writelines(replay(connection, Selection(), size, progress=taken.note))


def _verified(at: Ground, taken: Footprint) -> None:
    with at.connect("records") as connection:
        verification(at.city, connection, taken.note, services=[SERVICE]).run()


def _resident() -> float:
    """In MiB (proc(5): VmRSS, in kB)."""
    lines = STATUS.read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024
