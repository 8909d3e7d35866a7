"""Renkei's own writers: `EventStore.append` and `append_batch` on streams that each writer has for itself."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from itertools import islice
from typing import Final, TypeAlias
from uuid import uuid4

from benchmarks.facts import CATEGORY, Fact, clear_fact, contexts, sealed_fact
from benchmarks.ground import Ground
from eventstore.database import Connection
from eventstore.errors import StreamConflict
from eventstore.recording import Append
from eventstore.records import Context, StreamId
from eventstore.store import EventStore, Stream

STREAMS: Final = 50
BATCH: Final = 100

Prepared: TypeAlias = tuple[Stream, int, list[Fact], Context]


def begun(store: EventStore, streams: int, *, sealed: bool) -> list[tuple[Stream, Fact]]:
    """That many new streams with one event each, loaded again, and the fact that goes on in each."""
    facts: list[Fact] = [sealed_fact(uuid4()) if sealed else clear_fact() for _ in range(streams)]
    opened = [store.new_stream(StreamId(CATEGORY, uuid4())) for _ in range(streams)]
    for stream, fact, context in zip(opened, facts, contexts(), strict=False):
        store.append(stream, [fact], context)
    return [(store.load(stream.id), fact) for stream, fact in zip(opened, facts, strict=True)]


class Appending:
    """One event after another, in turn on the writer's streams; the writer knows their versions."""

    events, most = 1, 6_000

    def __init__(self, store: EventStore, *, sealed: bool) -> None:
        self._store = store
        self._streams = begun(store, STREAMS, sealed=sealed)
        self._versions = [stream.version for stream, _ in self._streams]
        self._written = 0

    def prepare(self, writes: int) -> Sequence[Context]:
        """The commands' contexts."""
        return list(islice(contexts(), writes))

    def write(self, prepared: Context) -> None:
        """Appends one event to the next stream."""
        self._append(self._store, prepared)

    def _append(self, store: EventStore, context: Context) -> None:
        n = self._written % STREAMS
        stream, fact = self._streams[n]
        store.append(stream, [fact], context, from_version=self._versions[n])
        self._versions[n] += 1
        self._written += 1


class Unsteady(Appending):
    """Appends in clear; one write in twenty is refused, one is committed only when five more have been."""

    def __init__(self, store: EventStore, connection: Connection, late: ExitStack) -> None:
        """connection: for the late ones. late: holds the transaction that is open, and ends it."""
        super().__init__(store, sealed=False)
        self._connection = connection
        self._late = late
        self._turn = 0

    def write(self, prepared: Context) -> None:
        """Appends one event to the next stream, sooner or later or never."""
        self._turn = (self._turn + 1) % 20
        match self._turn:
            case 5:
                self._refused(prepared)
            case 10:
                self._late.enter_context(self._connection.transaction())
                self._append(self._store.amid(self._connection), prepared)
            case 15:
                self._late.close()
                self._append(self._store, prepared)
            case _:
                self._append(self._store, prepared)

    def _refused(self, context: Context) -> None:
        """Draws a sequence number for a version that is there already."""
        n = self._written % STREAMS
        stream, fact = self._streams[n]
        with suppress(StreamConflict):
            self._store.append(stream, [fact], context, from_version=self._versions[n] - 1)


class AppendingBatches:
    """A hundred events at once, on as many known streams as one is told, the same number to each."""

    events, most = BATCH, 900

    def __init__(self, store: EventStore, *, streams: int) -> None:
        self._store = store
        self._streams = begun(store, streams, sealed=False)
        self._each = BATCH // streams
        self._written = 0

    def prepare(self, writes: int) -> Sequence[list[Append]]:
        """The batches."""
        return [self._batch(1 + (self._written + n) * self._each) for n in range(writes)]

    def _batch(self, version: int) -> list[Append]:
        return [
            Append(stream=stream.id, version=version, events=[fact] * self._each, context=context, keys=stream.keys)
            for (stream, fact), context in zip(self._streams, contexts(), strict=False)
        ]

    def write(self, prepared: list[Append]) -> None:
        """Appends one batch."""
        self._store.append_batch(prepared)
        self._written += 1


@contextmanager
def appending(ground: Ground, *, sealed: bool) -> Iterator[Appending]:
    """Opens a writer of single events."""
    with ground.store() as store:
        yield Appending(store, sealed=sealed)


@contextmanager
def unsteady(ground: Ground) -> Iterator[Unsteady]:
    """Opens a writer whose events come late, or not at all."""
    with ground.store() as store, ground.connect() as connection, ExitStack() as late:
        yield Unsteady(store, connection, late)


@contextmanager
def appending_batches(ground: Ground, *, streams: int) -> Iterator[AppendingBatches]:
    """Opens a writer of batches."""
    with ground.store() as store:
        yield AppendingBatches(store, streams=streams)
