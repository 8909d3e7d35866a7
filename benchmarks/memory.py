"""Measures the memory of what reads a whole ledger: a replay into its file, and a verification, each in a process."""

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Final, TypeAlias

from apps.ledger import verification
from apps.records.export import export
from apps.records.selection import Selection
from benchmarks.facts import SERVICE
from benchmarks.figures import Figure
from benchmarks.ground import Ground
from benchmarks.racing import PROCESSES, Tell
from eventstore.ledger.stored import Ledger

STATUS: Final = Path("/proc/self/status")


@dataclass(slots=True)
class Footprint:
    """The resident memory (MiB) of this process on its way through a ledger, and how long all of it took (seconds).

    quarter: when a quarter of the positions is passed. end: when everything is done. most: the most it ever was.
    """

    quarter: float = 0.0
    end: float = 0.0
    most: float = 0.0
    seconds: float = 0.0
    _began: float = field(default_factory=perf_counter)

    def note(self, reached: int, size: int) -> None:
        """Told of the positions as they are passed."""
        if not self.quarter and reached >= size / 4:
            self.quarter = _memory("VmRSS")

    def finish(self) -> None:
        """When the call that is measured has returned."""
        self.end, self.most = _memory("VmRSS"), _memory("VmHWM")
        self.seconds = perf_counter() - self._began


Reading: TypeAlias = Callable[[Ground, Footprint, int], None]


def memory(at: Ground, tell: Tell) -> Iterator[Figure]:
    """When all is done, against when a quarter of the positions is passed."""
    with at.connect("records") as connection:
        size = Ledger(connection).size()
    for what, read in (("replay", _replayed), ("ledger verify", _verified)):
        tell(f"{what} of {size:,} events")
        with ProcessPoolExecutor(1, mp_context=PROCESSES) as process:
            taken = process.submit(_taken, read, at, size).result()
        yield Figure(
            what=f"memory of {what}, at the end against at a quarter",
            ours=f"{taken.end:.1f} MiB (at most {taken.most:.1f}), {size / taken.seconds:,.0f} events/s",
            peer=f"{taken.quarter:.1f} MiB",
            ratio=taken.end / taken.quarter,
            at_most=1.1,
        )


def _taken(read: Reading, at: Ground, size: int) -> Footprint:
    taken = Footprint()
    read(at, taken, size)
    return taken


def _replayed(at: Ground, taken: Footprint, size: int) -> None:
    """All of it, into a file. Raises RuntimeError where the file has not all of it."""
    output = at.city.folder / "events.jsonl"
    exported = export(at.city, Selection(), output, progress=taken.note)
    taken.finish()
    output.unlink()
    if exported.events != size:
        raise RuntimeError(f"{exported.events} of {size} events were replayed")


def _verified(at: Ground, taken: Footprint, size: int) -> None:
    """All of it, with every key. Raises RuntimeError where it is not sound, or nothing was there to be opened."""
    with at.connect("records") as connection:
        verdict = verification(at.city, connection, taken.note, services=[SERVICE]).run()
    taken.finish()
    if not verdict.is_sound or verdict.size != size or verdict.closed or not verdict.opened:
        raise RuntimeError(f"{verdict}")


def _memory(name: str) -> float:
    """In MiB. name: `VmRSS` or `VmHWM`, in kB (proc(5))."""
    lines = STATUS.read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) / 1024
