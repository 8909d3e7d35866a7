"""The figures of the event store: appends, sealed appends, batches, and a history that grows."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Final, TypeAlias

from apps.servers import Servers
from benchmarks import growth, ours, peers
from benchmarks.figures import Figure
from benchmarks.ground import ground
from benchmarks.racing import Contender, Round, Tell, race, ratio


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How much is measured."""

    round: Round
    writers: tuple[int, int] = (1, 8)
    small: int = 10_000
    large: int = 3_000_000
    rounds_of_growth: int = 7
    operations: int = 50
    messages: int = 600


FULL: Final = Scale(round=Round(seconds=1.5, rounds=7))
QUICK: Final = Scale(
    round=Round(seconds=0.05, rounds=1),
    writers=(1, 2),
    small=1_000,
    large=2_000,
    rounds_of_growth=1,
    operations=10,
    messages=10,
)

Measure: TypeAlias = Callable[[Servers, Scale, Tell], Iterator[Figure]]
"""The servers, how much, and whom to tell what is being done → figures."""

RAW_BAR: Final = (0.75, 0.70)
RECORDER_BAR: Final = (3.0, 5.0)


def appends(servers: Servers, scale: Scale, tell: Tell) -> Iterator[Figure]:
    """One event at a time, by one writer and by many, against raw INSERT and against eventsourcing."""
    with ground(servers.database_url) as at, peers.recorder_settings(servers.database_url) as settings:
        record = peers.a_record(at)
        contenders: dict[str, Contender] = {
            "ours": partial(ours.appending, at, sealed=False),
            "raw INSERT": partial(peers.inserting, at, record),
            "eventsourcing": partial(peers.recording, settings),
            "eventsourcing, function": partial(peers.recording, settings | {"POSTGRES_ENABLE_DB_FUNCTIONS": "yes"}),
        }
        for i, writers in enumerate(scale.writers):
            rates = race({name: (one, writers) for name, one in contenders.items()}, scale.round, tell)
            what = f"append, {_writers(writers)}, against"
            yield _compared(f"{what} raw INSERT", rates["ours"], rates["raw INSERT"], RAW_BAR[i])
            yield _compared(f"{what} eventsourcing", rates["ours"], rates["eventsourcing"], RECORDER_BAR[i])
            yield _compared(f"{what} eventsourcing with its function", rates["ours"], rates["eventsourcing, function"])
            what = f"raw INSERT, {_writers(writers)}, against eventsourcing"
            yield _compared(what, rates["raw INSERT"], rates["eventsourcing"])


def sealed(servers: Servers, scale: Scale, tell: Tell) -> Iterator[Figure]:
    """Six sealed fields under three keys, against the same size in clear."""
    with ground(servers.database_url) as at:
        for writers in scale.writers:
            contenders: dict[str, tuple[Contender, int]] = {
                "sealed": (partial(ours.appending, at, sealed=True), writers),
                "in clear": (partial(ours.appending, at, sealed=False), writers),
            }
            rates = race(contenders, scale.round, tell)
            what = f"append with six sealed fields, {_writers(writers)}, against none sealed"
            yield _compared(what, rates["sealed"], rates["in clear"])


def batches(servers: Servers, scale: Scale, tell: Tell) -> Iterator[Figure]:
    """A hundred events at once, against COPY."""
    with ground(servers.database_url) as at:
        contenders: dict[str, tuple[Contender, int]] = {
            "to ten streams": (partial(ours.appending_batches, at, streams=10), 1),
            "to a hundred streams": (partial(ours.appending_batches, at, streams=100), 1),
            "COPY": (partial(peers.copying, at, peers.a_record(at)), 1),
        }
        rates = race(contenders, scale.round, tell)
        for name, bar in (("to ten streams", 0.6), ("to a hundred streams", None)):
            yield _compared(f"batch of 100 {name}, against binary COPY", rates[name], rates["COPY"], bar)


def growths(servers: Servers, scale: Scale, tell: Tell) -> Iterator[Figure]:
    """Loading 20 events and appending one, in a small history and in a large one."""
    with ExitStack() as stack:
        histories = [
            growth.filled(
                stack.enter_context(ground(servers.database_url)),
                events=events,
                timed=scale.operations * (scale.rounds_of_growth + 1),
                tell=tell,
            )
            for events in (scale.large, scale.small)
        ]
        large, small = growth.seconds_by_round(
            histories, rounds=scale.rounds_of_growth, each=scale.operations, tell=tell
        )
    yield Figure(
        what=f"load 20 events and append one, of {scale.large:,} events, against of {scale.small:,}",
        ours=f"{median(large) * 1e3:.2f} ms",
        peer=f"{median(small) * 1e3:.2f} ms",
        ratio=ratio(large, small),
        at_most=1.2,
    )


def _compared(what: str, rates: list[float], peer: list[float], at_least: float | None = None) -> Figure:
    return Figure(
        what=what,
        ours=f"{median(rates):,.0f} events/s",
        peer=f"{median(peer):,.0f} events/s",
        ratio=ratio(rates, peer),
        at_least=at_least,
    )


def _writers(count: int) -> str:
    return "1 writer" if count == 1 else f"{count} writers"
