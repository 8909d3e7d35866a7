"""The event store: loads a stream, appends to it in one round trip, and tells a repetition from a conflict.

Appends never wait for each other unless they touch the same stream: no lock is taken but the index entries' own.
The check that the previous version exists stands in the INSERT itself.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from hmac import digest as hmac_digest
from typing import TypeAlias
from uuid import UUID

from psycopg.errors import UniqueViolation

from eventstore.database import Connection, Database
from eventstore.declaration import Reads
from eventstore.errors import StreamConflict
from eventstore.events import Event, EventTypes
from eventstore.keys import MasterKeys, WrappedKey
from eventstore.protection import ClassGroup
from eventstore.recording import Append, Decode, decode, decode_fields, has_sealed_parts, record
from eventstore.records import Context, Recorded, StreamId, read
from eventstore.sealing import SealedBlob, StreamKeys, open_values
from eventstore.statements import Statements

Clock: TypeAlias = Callable[[], datetime]
"""Gives now, in UTC. There is one, given by whoever composes the process."""


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream as it was read: its events in order, and the keys that open and seal in it."""

    id: StreamId
    events: tuple[Recorded, ...]
    keys: StreamKeys

    @property
    def version(self) -> int:
        """The version of the last event, 0 where there is none."""
        return self.events[-1].version if self.events else 0


class CommandAlreadyRecorded(StreamConflict):
    """Events of this very command were recorded in the meantime: read the stream again to get them."""

    code = "command_already_recorded"


@dataclass(slots=True)
class _Prepared:
    """Everything that one or more appends put into the tables, as rows."""

    recorded: list[Recorded] = field(default_factory=list)
    events: list[tuple[object, ...]] = field(default_factory=list)
    keys: list[tuple[object, ...]] = field(default_factory=list)
    values: list[tuple[object, ...]] = field(default_factory=list)
    indexes: list[tuple[object, ...]] = field(default_factory=list)


class EventStore:
    """One service's way into its city's events: it appends to its own partition and reads those that it declares."""

    def __init__(
        self,
        database: Database,
        own: EventTypes,
        *,
        clock: Clock,
        masters: MasterKeys,
        index_secret: bytes,
        reads: Sequence[Reads] = (),
    ) -> None:
        """own: the service's event types. reads: what it declares to read of others.

        masters: the master keys of the class groups that it may open. index_secret: 32 bytes for blind indexes.
        """
        self._database = database
        self._own = own
        self._clock = clock
        self._masters = masters
        self._index_secret = index_secret
        self._reads = {declared.category: own.service for declared in own}
        self._reads |= {category: foreign.service for foreign in reads for category in foreign.categories}
        self._opens = {own.service, *(foreign.service for foreign in reads if foreign.opens)}
        self._sql = Statements.of(own.service)

    def load(self, stream: StreamId, *, after: int = 0) -> Stream:
        """An own stream's events after a version, opened as far as the keys held here go. Empty where there is none."""
        return self._load(self._sql, stream, after, partial(decode, self._own))

    def load_fields(self, stream: StreamId, *, after: int = 0) -> tuple[Recorded, ...]:
        """A stream of any service, its own included: `event` is the mapping of fields, for the reader's own schema.

        Raises KeyError for a category that the service neither owns nor declares to read.
        """
        return self._load(Statements.of(self._reads[stream.category]), stream, after, decode_fields).events

    def _load(self, statements: Statements, stream: StreamId, after: int, decoded: Decode) -> Stream:
        with self._database.connection() as connection:
            rows = connection.execute(
                statements.load, (stream.id, stream.category, after), prepare=True, binary=True
            ).fetchall()
            envelopes = [read(row[0]) for row in rows]
            keys = StreamKeys(stream=str(stream), masters=self._masters)
            blobs: Mapping[UUID, list[SealedBlob]] = {}
            if statements.service in self._opens and any(has_sealed_parts(envelope) for envelope in envelopes):
                keys, blobs = self._load_sealed(connection, statements, stream)
        by_id = {key.id: key for key in keys.known.values()}
        events = (decoded(envelope, open_values(blobs.get(UUID(envelope["id"]), ()), by_id)) for envelope in envelopes)
        return Stream(stream, tuple(events), keys)

    def _load_sealed(
        self, connection: Connection, statements: Statements, stream: StreamId
    ) -> tuple[StreamKeys, Mapping[UUID, list[SealedBlob]]]:
        wrapped = [
            WrappedKey(
                id=row[0],
                stream=str(stream),
                group=ClassGroup(row[1]),
                subject=row[2],
                master_key=row[3],
                wrapped=row[4],
            )
            for row in connection.execute(statements.load_keys, (stream.id,), prepare=True, binary=True)
        ]
        opens = [key.id for key in wrapped if key.group in self._masters.groups]
        rows = connection.execute(statements.load_values, (opens,), prepare=True, binary=True).fetchall()
        blobs: dict[UUID, list[SealedBlob]] = {}
        for event_id, key_id, blob in rows:
            blobs.setdefault(event_id, []).append(SealedBlob(event_id=event_id, key_id=key_id, blob=blob))
        return StreamKeys.unwrapped(str(stream), self._masters, wrapped), blobs

    def new_stream(self, stream: StreamId) -> Stream:
        """A stream that is known to be empty, for appending its first events without reading."""
        return Stream(stream, (), StreamKeys(stream=str(stream), masters=self._masters))

    def find(self, name: str, value: str) -> list[StreamId]:
        """The own streams that a blind index finds by an exact value."""
        with self._database.connection() as connection:
            digest = self._index_digest(name, value)
            rows = connection.execute(self._sql.find, (name, digest), prepare=True).fetchall()
        return [StreamId(category, stream_id) for category, stream_id in rows]

    def append(
        self, stream: Stream, events: Sequence[Event], context: Context, *, from_version: int | None = None
    ) -> list[Recorded]:
        """Appends events after the version that was read, in one statement: all of them, or none.

        Raises `StreamConflict` where another was faster or the previous version does not exist,
        `CommandAlreadyRecorded` where it was this very command, `Unavailable` where the database does not answer:
        then it may have been recorded, and the same command id gives the original answer.
        """
        version = stream.version if from_version is None else from_version
        prepared = self._prepare(
            [Append(stream=stream.id, version=version, events=events, context=context, keys=stream.keys)]
        )
        statement = self._sql.append(len(events), first=version == 0, sealed=bool(prepared.values))
        arguments: list[object] = [] if version == 0 else [stream.id.id, version]
        if prepared.values:
            arguments += [*_columns(prepared.keys, 7), *_columns(prepared.values, 3), *_columns(prepared.indexes, 5)]
        arguments += [value for row in prepared.events for value in row]
        with self._database.cursor() as cursor, _conflicts_told_apart():
            appended = cursor.execute(statement, arguments, prepare=True).rowcount
        if appended != len(events):
            raise StreamConflict(f"{stream.id} has no version {version} to append after")
        return prepared.recorded

    def append_batch(self, appends: Sequence[Append]) -> list[Recorded]:
        """Appends to many streams in one transaction by COPY, with the same guarantees: all of them, or none.

        Raises as `append` does; of a batch with a conflict nothing is recorded.
        """
        prepared = self._prepare(appends)
        with self._database.connection() as connection, _conflicts_told_apart(), connection.transaction():
            self._require_versions(connection, [append for append in appends if append.version])
            for table, rows in (
                (self._sql.keys, prepared.keys),
                (self._sql.values, prepared.values),
                (self._sql.indexes, prepared.indexes),
                (self._sql.events, prepared.events),
            ):
                table.copy(connection, rows)
        return prepared.recorded

    def _require_versions(self, connection: Connection, appends: Sequence[Append]) -> None:
        if not appends:
            return
        ids = [append.stream.id for append in appends]
        rows = connection.execute(self._sql.versions, (ids,), prepare=True, binary=True).fetchall()
        versions: dict[UUID, int] = {row[0]: row[1] for row in rows}
        for append in appends:
            if append.version > versions.get(append.stream.id, 0):
                raise StreamConflict(f"{append.stream} has no version {append.version} to append after")

    def _prepare(self, appends: Iterable[Append]) -> _Prepared:
        prepared = _Prepared()
        now = self._clock()
        for append in appends:
            category, stream_id = append.stream.category, append.stream.id
            for n, event in enumerate(append.events):
                declared = self._own.of(event)
                if declared.category != category:
                    raise ValueError(f"{declared.name} belongs into {declared.category} streams, not {category}")
                recorded, written, sealing = record(append, n, event, declared, now)
                prepared.recorded.append(recorded)
                prepared.events.append(
                    (category, stream_id, recorded.version, recorded.id, recorded.type, recorded.schema_version,
                     recorded.command_id, now, written)
                )  # fmt: skip
                if sealing is not None:
                    prepared.values += [(blob.key_id, blob.event_id, blob.blob) for blob in sealing.blobs()]
                    prepared.indexes += [
                        (entry.name, self._index_digest(entry.name, entry.value), category, stream_id, entry.key_id)
                        for entry in sealing.indexed
                    ]
            prepared.keys += [
                (key.id, category, stream_id, key.group, key.subject, key.master_key, key.wrapped)
                for key in append.keys.take_drawn()
            ]
        return prepared

    def _index_digest(self, name: str, value: str) -> bytes:
        return hmac_digest(self._index_secret, f"{name}\0{value}".encode(), "sha256")


def _columns(rows: Sequence[tuple[object, ...]], width: int) -> list[list[object]]:
    """Rows turned into one array per column, as `unnest` takes them."""
    return [[row[i] for row in rows] for i in range(width)]


@contextmanager
def _conflicts_told_apart() -> Iterator[None]:
    """A unique violation in our own words: of an event's id it is a repeated command, of anything else a conflict."""
    try:
        yield
    except UniqueViolation as violation:
        if (violation.diag.constraint_name or "").endswith("_event_id"):
            raise CommandAlreadyRecorded("the events of this command were recorded in the meantime") from None
        raise StreamConflict("another change to this stream was recorded first") from None
