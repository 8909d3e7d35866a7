"""Times loading a stream of 20 events and appending to it, in a small history and in a large one."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import islice
from statistics import median
from time import perf_counter

from benchmarks.facts import clear_fact, contexts
from benchmarks.figures import Figure
from benchmarks.filling import LENGTH, SEALED, filled, new_streams
from benchmarks.ground import Ground
from benchmarks.racing import Tell, alternate, ratio
from benchmarks.scale import Scale
from eventstore.records import StreamId
from eventstore.store import EventStore


@dataclass(frozen=True, slots=True)
class History:
    """A filled database, and the streams in it that wait for being timed."""

    ground: Ground
    streams: Iterator[StreamId]

    @classmethod
    def filled(cls, ground: Ground, events: int, scale: Scale, tell: Tell) -> "History":
        """With `events` events, a share of them sealed, and as many real streams as will be timed."""
        streams = new_streams(scale.operations * (scale.rounds_of_growth + 1))
        filled(ground, events=events, real=streams, sealed=events // LENGTH // SEALED, tell=tell)
        return cls(ground, iter(streams))


def growth(large: History, small: History, scale: Scale, tell: Tell) -> Figure:
    """Loading 20 events and appending one: the median time of a round, of the large history against the small one."""
    with ExitStack() as stack:
        turns = {
            name: partial(_median, stack.enter_context(history.ground.store()), history.streams, scale.operations)
            for name, history in (("small", small), ("large", large))
        }
        seconds = alternate(turns, scale.rounds_of_growth, tell)
    return Figure(
        what=f"load 20 events and append one, of {scale.large:,} events, against of {scale.small:,}",
        ours=f"{median(seconds['large']) * 1e3:.2f} ms",
        peer=f"{median(seconds['small']) * 1e3:.2f} ms",
        ratio=ratio(seconds["large"], seconds["small"]),
        at_most=1.2,
    )


def _median(store: EventStore, streams: Iterator[StreamId], operations: int) -> float:
    return median(_times(store, list(islice(streams, operations))))


def _times(store: EventStore, streams: Sequence[StreamId]) -> Iterator[float]:
    for stream_id, context in zip(streams, contexts(), strict=False):
        began = perf_counter()
        stream = store.load(stream_id)
        store.append(stream, [clear_fact()], context)
        yield perf_counter() - began
