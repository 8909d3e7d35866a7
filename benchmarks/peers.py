"""The peers: raw INSERT and COPY into a table equal to ours, and the recorder of the library `eventsourcing`."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from secrets import token_hex
from typing import Final, TypeAlias
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import psycopg
from eventsourcing.persistence import ApplicationRecorder, StoredEvent
from eventsourcing.postgres import PostgresFactory
from eventsourcing.utils import Environment
from psycopg.sql import SQL, Identifier

from benchmarks.facts import CATEGORY
from benchmarks.ground import Ground, drop
from benchmarks.ours import BATCH, STREAMS, begun
from eventstore.clock import now
from eventstore.database import Connection
from eventstore.statements import EVENT_TYPES

COLUMNS: Final = "category, stream_id, version, id, type, schema_version, command_id, recorded_at, record"
INSERT: Final = f"INSERT INTO equal ({COLUMNS}) VALUES ({', '.join(['%b'] * 9)})".encode()
COPY: Final = f"COPY equal ({COLUMNS}) FROM STDIN (FORMAT binary)".encode()

Row: TypeAlias = tuple[object, ...]


def a_record(ground: Ground) -> bytes:
    """The record of an event of ours, for rows of equal size."""
    with ground.store() as store:
        ((stream, _),) = begun(store, 1, sealed=False)
    with ground.connect() as connection:
        (record,) = connection.execute(
            "SELECT record FROM events_bench WHERE stream_id = %s", (stream.id.id,)
        ).fetchall()[0]
    return bytes(record)


class _Rows:
    """Rows for the equal table: versions go up in turn on a writer's own streams, as ours do."""

    def __init__(self, record: bytes, streams: int) -> None:
        self._rows = self._endless(record, [uuid4() for _ in range(streams)])

    def take(self, count: int) -> list[Row]:
        return list(islice(self._rows, count))

    def _endless(self, record: bytes, streams: Sequence[UUID]) -> Iterator[Row]:
        version = 0
        while True:
            version += 1
            for stream in streams:
                yield CATEGORY, stream, version, uuid4(), "SiteVisited", 1, uuid4(), now(), record


class Inserting:
    """A prepared INSERT of one finished row in autocommit, binary, on one connection that is kept."""

    events, most = 1, 6_000

    def __init__(self, connection: Connection, record: bytes) -> None:
        self._cursor = connection.cursor()
        self._rows = _Rows(record, STREAMS)

    def prepare(self, writes: int) -> Sequence[Row]:
        """The rows."""
        return self._rows.take(writes)

    def write(self, prepared: Row) -> None:
        """Inserts one."""
        self._cursor.execute(INSERT, prepared, prepare=True)


class Copying:
    """A binary COPY of a hundred finished rows in autocommit, on one connection that is kept."""

    events, most = BATCH, 900

    def __init__(self, connection: Connection, record: bytes) -> None:
        self._cursor = connection.cursor()
        self._rows = _Rows(record, BATCH)

    def prepare(self, writes: int) -> Sequence[list[Row]]:
        """The batches of rows."""
        return [self._rows.take(BATCH) for _ in range(writes)]

    def write(self, prepared: list[Row]) -> None:
        """Copies one batch in."""
        with self._cursor.copy(COPY) as copying:
            copying.set_types(EVENT_TYPES)
            for row in prepared:
                copying.write_row(row)


class Recording:
    """`insert_events` of one event with 300 bytes of state by eventsourcing's recorder of an application's events."""

    events, most = 1, 6_000

    def __init__(self, recorder: ApplicationRecorder) -> None:
        self._recorder = recorder
        self._streams = [uuid4() for _ in range(STREAMS)]
        self._version = 0

    def prepare(self, writes: int) -> Sequence[list[StoredEvent]]:
        """The stored events, finished."""
        first, self._version = self._version, self._version + writes
        return [
            [StoredEvent(self._streams[n % STREAMS], n // STREAMS + 1, "benchmarks.facts:SiteVisited", b"0" * 300)]
            for n in range(first, first + writes)
        ]

    def write(self, prepared: list[StoredEvent]) -> None:
        """Records one."""
        self._recorder.insert_events(prepared)


@contextmanager
def inserting(ground: Ground, record: bytes) -> Iterator[Inserting]:
    """Opens a writer of single rows."""
    with ground.connect() as connection:
        yield Inserting(connection, record)


@contextmanager
def copying(ground: Ground, record: bytes) -> Iterator[Copying]:
    """Opens a writer of batches of rows."""
    with ground.connect() as connection:
        yield Copying(connection, record)


@contextmanager
def recorder_settings(admin_url: str) -> Iterator[dict[str, str]]:
    """Makes eventsourcing's database and tables, as it wants them; gives its settings to use them."""
    at, name = urlsplit(admin_url), f"eventsourcing_{token_hex(4)}"
    settings = {
        "POSTGRES_DBNAME": name,
        "POSTGRES_HOST": at.hostname or "",
        "POSTGRES_PORT": str(at.port),
        "POSTGRES_USER": at.username or "",
        "POSTGRES_PASSWORD": at.password or "",
    }
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        try:
            with PostgresFactory(Environment("Bench", settings)) as factory:
                factory.application_recorder()
            yield settings | {"CREATE_TABLE": "no"}
        finally:
            drop(admin, name)


@contextmanager
def recording(settings: dict[str, str]) -> Iterator[Recording]:
    """Opens a writer with eventsourcing's settings."""
    with PostgresFactory(Environment("Bench", settings)) as factory:
        yield Recording(factory.application_recorder())
