"""Fills a database with events as fast as COPY can, each with a record of its own that is what its columns say."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from random import Random
from typing import Final
from uuid import uuid4

from psycopg.sql import SQL

from benchmarks.facts import CATEGORY, SERVICE, clear_fact, contexts
from benchmarks.ground import Ground
from benchmarks.peers import COLUMNS, a_record
from benchmarks.racing import Tell
from eventstore.binary import Row, copied, int2, int4, timestamptz
from eventstore.recording import Append
from eventstore.records import StreamId, read
from eventstore.statements import Statements
from eventstore.store import EventStore

LENGTH: Final = 20
BATCH: Final = 100


def filled(ground: Ground, *, events: int, tell: Tell, real: Sequence[StreamId] = ()) -> None:
    """Fills with `events` events in streams of 20; the `real` streams are appended by the store, the others copied in.

    Version after version over all streams, so that the events of one stream lie far apart, as in years of work.
    """
    random = Random(events)  # noqa: S311 - ids of rows that fill
    others = [random.randbytes(16) for _ in range(events // LENGTH - len(real))]
    copies = _Copies(a_record(ground), random)
    with ground.store() as store, ground.admin() as admin:
        for version in range(1, LENGTH + 1):
            tell(f"filling with {events:,} events: {(version - 1) / LENGTH:.0%}")
            _extend(store, real, version)
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


def _extend(store: EventStore, streams: Sequence[StreamId], version: int) -> None:
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
