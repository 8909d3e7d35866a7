"""The figures of the event store: appends, sealed appends, and batches."""

from collections.abc import Iterator
from functools import partial
from typing import Final

from apps.servers import Servers
from benchmarks import ours, peers
from benchmarks.figures import Figure, compared, writers
from benchmarks.ground import ground
from benchmarks.racing import Contender, Tell, race
from benchmarks.scale import Scale

RAW_BAR: Final = (0.75, 0.70)
RECORDER_BAR: Final = (3.0, 5.0)


def appends(servers: Servers, scale: Scale, tell: Tell) -> Iterator[Figure]:
    """One event at a time, by one writer and by many, against raw INSERT and against eventsourcing."""
    with ground(servers) as at, peers.recorder_settings(servers.database_url) as settings:
        record = peers.a_record(at)
        contenders: dict[str, Contender] = {
            "ours": partial(ours.appending, at, sealed=False),
            "raw INSERT": partial(peers.inserting, at, record),
            "eventsourcing": partial(peers.recording, settings),
            "eventsourcing, function": partial(peers.recording, settings | {"POSTGRES_ENABLE_DB_FUNCTIONS": "yes"}),
        }
        for i, count in enumerate(scale.writers):
            rates = race({name: (one, count) for name, one in contenders.items()}, scale.round, tell)
            what = f"append, {writers(count)}, against"
            yield compared(f"{what} raw INSERT", rates["ours"], rates["raw INSERT"], RAW_BAR[i])
            yield compared(f"{what} eventsourcing", rates["ours"], rates["eventsourcing"], RECORDER_BAR[i])
            yield compared(f"{what} eventsourcing with its function", rates["ours"], rates["eventsourcing, function"])
            what = f"raw INSERT, {writers(count)}, against eventsourcing"
            yield compared(what, rates["raw INSERT"], rates["eventsourcing"])


def sealed(servers: Servers, scale: Scale, tell: Tell) -> Iterator[Figure]:
    """Six sealed fields under three keys, against the same size in clear."""
    with ground(servers) as at:
        for count in scale.writers:
            contenders: dict[str, tuple[Contender, int]] = {
                "sealed": (partial(ours.appending, at, sealed=True), count),
                "in clear": (partial(ours.appending, at, sealed=False), count),
            }
            rates = race(contenders, scale.round, tell)
            what = f"append with six sealed fields, {writers(count)}, against none sealed"
            yield compared(what, rates["sealed"], rates["in clear"])


def batches(servers: Servers, scale: Scale, tell: Tell) -> Iterator[Figure]:
    """A hundred events at once, against COPY."""
    with ground(servers) as at:
        contenders: dict[str, tuple[Contender, int]] = {
            "to ten streams": (partial(ours.appending_batches, at, streams=10), 1),
            "to a hundred streams": (partial(ours.appending_batches, at, streams=100), 1),
            "COPY": (partial(peers.copying, at, peers.a_record(at)), 1),
        }
        rates = race(contenders, scale.round, tell)
        for name, bar in (("to ten streams", 0.6), ("to a hundred streams", None)):
            yield compared(f"batch of 100 {name}, against binary COPY", rates[name], rates["COPY"], bar)
