"""Fills a database with a history of a given size, and times loading a stream of 20 events and appending to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from random import Random
from statistics import median
from time import perf_counter
from typing import Final
from uuid import uuid4

from benchmarks.facts import CATEGORY, clear_fact, contexts
from benchmarks.ground import Ground
from benchmarks.peers import a_record
from benchmarks.racing import Tell
from eventstore.binary import Rows, copied, int2, int4, timestamptz
from eventstore.clock import now
from eventstore.recording import Append
from eventstore.records import StreamId
from eventstore.statements import Statements
from eventstore.store import EventStore

LENGTH: Final = 20
BATCH: Final = 100


@dataclass(frozen=True, slots=True)
class History:
    """A filled database, and the streams in it that wait for being timed."""

    ground: Ground
    streams: Iterator[StreamId]


def filled(ground: Ground, *, events: int, timed: int, tell: Tell) -> History:
    """Fills with `events` events in streams of 20, of which the `timed` ones are real.

    Version after version over all streams, so that the events of one stream lie far apart, as in years of work.
    """
    streams = [StreamId(CATEGORY, uuid4()) for _ in range(timed)]
    random = Random(events)  # noqa: S311 - ids of rows that fill
    others = [random.randbytes(16) for _ in range(events // LENGTH - timed)]
    record = a_record(ground)
    with ground.store() as store, ground.admin() as admin:
        for version in range(1, LENGTH + 1):
            tell(f"filling with {events:,} events: {(version - 1) / LENGTH:.0%}")
            _extend(store, streams, version)
            copy_in = Statements.of("bench").events.copy_in
            with admin.cursor().copy(copy_in) as copying:
                for piece in copied(_rows(others, version, record, random)):
                    copying.write(piece)
        tell(f"filling with {events:,} events: VACUUM ANALYZE")
        admin.execute("VACUUM ANALYZE events_bench")
        admin.execute("CHECKPOINT")
    return History(ground, iter(streams))


def _extend(store: EventStore, streams: list[StreamId], version: int) -> None:
    for start in range(0, len(streams), BATCH):
        store.append_batch(
            [
                Append(
                    stream=stream,
                    version=version - 1,
                    events=[clear_fact()],
                    context=context,
                    keys=store.new_stream(stream).keys,
                )
                for stream, context in zip(streams[start : start + BATCH], contexts(), strict=False)
            ]
        )


def _rows(streams: list[bytes], version: int, record: bytes, random: Random) -> Rows:
    head, number, at = (CATEGORY.encode(),), int4(version), timestamptz(now())
    return [
        (*head, stream, number, random.randbytes(16), b"SiteVisited", int2(1), random.randbytes(16), at, record)
        for stream in streams
    ]


def seconds_by_round(histories: list[History], *, rounds: int, each: int, tell: Tell) -> list[list[float]]:
    """For each history the median time of a load and an append in each round; one round before them warms up."""
    measured: list[list[float]] = [[] for _ in histories]
    stores = [history.ground.store() for history in histories]
    opened = [store.__enter__() for store in stores]
    for n in range(rounds + 1):
        tell(f"load 20, append one: round {n} of {rounds}")
        for i in sorted(range(len(histories)), reverse=bool(n % 2)):
            measured[i].append(median(_times(opened[i], islice(histories[i].streams, each))))
    for store in stores:
        store.__exit__(None, None, None)
    return [times[1:] for times in measured]


def _times(store: EventStore, streams: Iterator[StreamId]) -> Iterator[float]:
    for stream_id, context in zip(streams, contexts(), strict=False):
        began = perf_counter()
        stream = store.load(stream_id)
        store.append(stream, [clear_fact()], context)
        yield perf_counter() - began
