"""Lets contenders do the same in turn, round by round, so that the drift of a machine cancels in their ratios.

Each writer is a process of its own: threads would share one interpreter, which no contender would be served by.
"""

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from statistics import median
from time import perf_counter
from typing import Any, Final, Protocol, TypeAlias

PROCESSES: Final = get_context("forkserver")
"""How a process is started, which neither shares nor inherits what this one holds."""
PROCESSES.set_forkserver_preload(["benchmarks.ours", "benchmarks.peers"])

Tell: TypeAlias = Callable[[str], object]
"""Takes a line on what is being done now."""

Turn: TypeAlias = Callable[[], float]
"""What is measured, once."""


class Writer(Protocol):
    """What one process does: `write` is measured, `prepare` is not."""

    events: int
    """How many events one write is."""
    most: int
    """How many writes a second it never exceeds."""

    def prepare(self, writes: int) -> Sequence[Any]:
        """What that many writes need."""

    def write(self, prepared: Any) -> object:
        """One durable write."""


Contender: TypeAlias = Callable[[], AbstractContextManager[Writer]]
"""Opens a writer, in the process that writes; must be picklable."""


@dataclass(frozen=True, slots=True)
class Round:
    """How long each contender writes in a round, and how many rounds there are after one to warm up."""

    seconds: float
    rounds: int


@dataclass(frozen=True, slots=True)
class Crew:
    """The processes of one contender, waiting for their turns."""

    writers: Sequence[Connection]

    def rate(self, seconds: float) -> float:
        """Events per second of all writers together, each writing for that long."""
        answers: list[float] = []
        for command in (seconds, "go"):
            for writer in self.writers:
                writer.send(command)
            answers = [writer.recv() for writer in self.writers]
        return sum(answers)


@contextmanager
def crew(contender: Contender, writers: int) -> Iterator[Crew]:
    """Starts a contender's processes, and ends them."""
    pipes = [PROCESSES.Pipe() for _ in range(writers)]
    processes = [PROCESSES.Process(target=_work, args=(contender, there), daemon=True) for _, there in pipes]
    for process in processes:
        process.start()
    for _, there in pipes:
        there.close()  # so that a writer's end is noticed
    try:
        yield Crew([here for here, _ in pipes])
    finally:
        for here, _ in pipes:
            here.close()
        for process in processes:
            process.join()


def alternate(turns: Mapping[str, Turn], rounds: int, tell: Tell) -> dict[str, list[float]]:
    """Name → what its turn gave in each round: a rate or a time.

    The order turns round every second time; one round before them warms up and is not counted.
    """
    given: dict[str, list[float]] = {name: [] for name in turns}
    for n in range(rounds + 1):
        for name in sorted(turns, key=list(turns).index, reverse=bool(n % 2)):
            tell(f"{name}, " + (f"round {n} of {rounds}" if n else "warming up"))
            given[name].append(turns[name]())
    return {name: counted[1:] for name, counted in given.items()}


def race(contenders: Mapping[str, tuple[Contender, int]], each: Round, tell: Tell) -> dict[str, list[float]]:
    """Name → events per second in each round. contenders: name → contender and number of its writers."""
    with ExitStack() as stack:
        crews = {name: stack.enter_context(crew(one, writers)) for name, (one, writers) in contenders.items()}
        return alternate({name: partial(one.rate, each.seconds) for name, one in crews.items()}, each.rounds, tell)


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median of the rounds' ratios."""
    return median(one / other for one, other in zip(ours, theirs, strict=True))


def _work(contender: Contender, pipe: Connection) -> None:
    """Takes turns until the other end is closed."""
    with contender() as writer, suppress(EOFError):
        while True:
            seconds = pipe.recv()
            prepared = writer.prepare(int(seconds * writer.most) + 1)
            gc.collect()
            gc.freeze()  # what was prepared is not the contender's own rubbish
            pipe.send(0)
            pipe.recv()
            pipe.send(_rate(writer, prepared, seconds))


def _rate(writer: Writer, prepared: Sequence[Any], seconds: float) -> float:
    began = perf_counter()
    written = 0
    for one in prepared:
        writer.write(one)
        written += writer.events
        if perf_counter() - began >= seconds:
            break
    return written / (perf_counter() - began)
