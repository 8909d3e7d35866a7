"""Fills a database with events as fast as COPY can, each with a record of its own that is what its columns say."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from random import Random
from typing import Final, NamedTuple
from uuid import UUID, uuid4

from psycopg.sql import SQL

from benchmarks.facts import CATEGORY, SERVICE, Fact, clear_fact, contexts, registered_fact, sealed_fact
from benchmarks.ground import Ground
from benchmarks.peers import COLUMNS, a_record
from benchmarks.racing import Tell
from eventstore.binary import Row, copied, int2, int4, timestamptz
from eventstore.recording import Append
from eventstore.records import Context, StreamId, read
from eventstore.statements import Statements
from eventstore.store import EventStore, Stream

LENGTH: Final = 20
BATCH: Final = 100
SEALED: Final = 20
"""Of so many streams one is sealed, where any are."""


def filled(ground: Ground, *, events: int, tell: Tell, real: Sequence[StreamId] = (), sealed: int = 0) -> None:
    """Fills with `events` events in streams of 20, most of them copied in.

    The store appends to the `real` streams, and to as many streams about visitors as `sealed` says: these have their
    keys, sealed values and look-ups. Version after version over all streams, so that the events of one stream lie far
    apart, as in years of work.
    """
    random = Random(events)  # noqa: S311 - ids of rows that fill
    others = [random.randbytes(16) for _ in range(events // LENGTH - len(real) - sealed)]
    copies = _Copies(a_record(ground), random)
    with ground.store() as store, ground.admin() as admin:
        appended = [_Appended(store.new_stream(stream)) for stream in real]
        appended += [_Appended(store.new_stream(stream), uuid4()) for stream in new_streams(sealed)]
        for version in range(1, LENGTH + 1):
            tell(f"filling with {events:,} events: {(version - 1) / LENGTH:.0%}")
            _extend(store, appended, version)
            with admin.cursor().copy(Statements.of(SERVICE.name).events.copy_in) as copying:
                for piece in copied(copies.of(others, version)):
                    copying.write(piece)
        settle(ground, tell)


def equalled(ground: Ground, tell: Tell) -> None:
    """Gives the equal table the content of ours, and nothing else."""
    tell("filling the equal table")
    with ground.admin() as admin:
        admin.execute("TRUNCATE equal")
        columns = SQL(COLUMNS)
        admin.execute(
            SQL("INSERT INTO equal (sequence, {0}) SELECT sequence, {0} FROM events_bench ORDER BY sequence").format(
                columns
            )
        )
    settle(ground, tell)


def settle(ground: Ground, tell: Tell) -> None:
    """Lets the database do at once what it would do some time later, amid a measurement."""
    tell("VACUUM ANALYZE")
    with ground.admin() as admin:
        admin.execute("VACUUM ANALYZE")
        admin.execute("CHECKPOINT")


class _Copies:
    """Rows of events like a given one: with ids, a stream and a version of their own."""

    def __init__(self, record: bytes, random: Random) -> None:
        envelope = read(record)
        self._random = random
        self._at = timestamptz(datetime.fromisoformat(envelope["recorded_at"]))
        form = record.replace(b"%", b"%%").replace(b'"version":%d,' % envelope["version"], b'"version":%(version)d,')
        stream_id = envelope["stream"].partition("-")[2]
        for name, own in (("id", envelope["id"]), ("stream", stream_id), ("command", envelope["command"])):
            form = form.replace(own.encode(), b"%%(%b)b" % name.encode())
        self._form = form

    def of(self, streams: Sequence[bytes], version: int) -> list[Row]:
        """The row of each stream's event of this version."""
        return list(self._rows(streams, version))

    def _rows(self, streams: Sequence[bytes], version: int) -> Iterator[Row]:
        category, number, schema = CATEGORY.encode(), int4(version), int2(1)
        for stream in streams:
            event, command = self._random.randbytes(16), self._random.randbytes(16)
            record = self._form % {
                b"id": _written(event), b"stream": _written(stream), b"command": _written(command), b"version": version
            }  # fmt: skip
            yield category, stream, number, event, b"SiteVisited", schema, command, self._at, record


def _written(identifier: bytes) -> bytes:
    """A uuid as it is written; `str(UUID(bytes=…))` takes four times as long."""
    digits = identifier.hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}".encode()


def new_streams(count: int) -> list[StreamId]:
    """So many streams that are not there yet."""
    return [StreamId(CATEGORY, uuid4()) for _ in range(count)]


class _Appended(NamedTuple):
    """A stream that the store appends to, with its keys; all of it is sealed where it is about a visitor."""

    stream: Stream
    visitor_id: UUID | None = None

    def append(self, version: int, context: Context) -> Append:
        """The fact of that version."""
        facts = [self._fact(version)]
        return Append(stream=self.stream.id, version=version - 1, events=facts, context=context, keys=self.stream.keys)

    def _fact(self, version: int) -> Fact:
        if self.visitor_id is None:
            return clear_fact()
        return registered_fact(self.visitor_id) if version == 1 else sealed_fact(self.visitor_id)


def _extend(store: EventStore, streams: Sequence[_Appended], version: int) -> None:
    for start in range(0, len(streams), BATCH):
        batch = zip(streams[start : start + BATCH], contexts(), strict=False)
        store.append_batch([stream.append(version, context) for stream, context in batch])
