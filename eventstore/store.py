"""The event store: loads a stream, appends to it in one round trip, and tells a repetition from a conflict.

Appends never wait for each other unless they touch the same stream: no lock is taken but the index entries' own.
The check that the previous version exists stands in the INSERT itself.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final, TypeAlias
from uuid import UUID

from psycopg.errors import UniqueViolation

from eventstore.binary import INT4_OID, UUID_OID, Row, Rows, array, int4
from eventstore.database import Amid, Connection, Database, Session
from eventstore.declaration import Reads
from eventstore.errors import StreamConflict
from eventstore.events import Event, EventTypes
from eventstore.protection import ClassGroup
from eventstore.recording import (
    Append,
    Decode,
    SealedEvent,
    decode,
    decode_fields,
    has_sealed_parts,
    key_rows,
    value_rows,
    written,
)
from eventstore.records import Context, Recorded, StreamId, read
from eventstore.sealing.keys import MasterKeys
from eventstore.sealing.stored import StoredKey
from eventstore.sealing.values import SealedBlob, StreamKeys, blind_index, open_values
from eventstore.statements import Statements

INDEXES_AT_ONCE: Final = 50

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
        self._database: Database | Amid = database
        self._own = own
        self._clock = clock
        self._masters = masters
        self._index_secret = index_secret
        self._reads = {declared.category: (own.service, masters.groups) for declared in own}
        self._reads |= {
            category: (foreign.service, foreign.opens & masters.groups)
            for foreign in reads
            for category in foreign.categories
        }
        self._sql = Statements.of(own.service)

    def amid(self, connection: Connection) -> "EventStore":
        """The same store amid a transaction of this connection: what it appends is committed with it, or not at all."""
        amid = copy(self)
        amid._database = Amid(connection)
        return amid

    def load(self, stream: StreamId) -> Stream:
        """An own stream, opened as far as the keys held here go. Empty where there is none."""
        return self._load(self._sql, self._masters.groups, stream, 0, partial(decode, self._own))

    def load_closed(self, stream: StreamId, *, until: int | None = None) -> tuple[Recorded, ...]:
        """An own stream's events up to a version, what is sealed left closed: one statement, whatever there is."""
        return self._load(self._sql, frozenset(), stream, 0, partial(decode, self._own)).events[:until]

    def load_fields(self, stream: StreamId, *, after: int = 0) -> tuple[Recorded, ...]:
        """A stream of any service, its own included: `event` is the mapping of fields, for the reader's own schema.

        Raises KeyError for a category that the service neither owns nor declares to read.
        """
        return self.load_foreign(stream, after=after).events

    def load_foreign(self, stream: StreamId, *, after: int = 0) -> Stream:
        """As `load_fields`, with the keys that opened it: what is kept in clear has to end with its key."""
        service, opens = self._reads[stream.category]
        return self._load(Statements.of(service), opens, stream, after, decode_fields)

    def _load(
        self, statements: Statements, opens: frozenset[ClassGroup], stream: StreamId, after: int, decoded: Decode
    ) -> Stream:
        with self._database.connection() as connection:
            rows = connection.execute(
                statements.load, (stream.id, stream.category, after), prepare=True, binary=True
            ).fetchall()
            envelopes = [read(row[0]) for row in rows]
            keys = StreamKeys(stream=str(stream), masters=self._masters)
            blobs: Mapping[UUID, list[SealedBlob]] = {}
            if opens and any(has_sealed_parts(envelope) for envelope in envelopes):
                keys, blobs = self._load_sealed(connection, statements, opens, stream)
        by_id = {key.id: key for key in keys.known.values()}
        events = (decoded(envelope, open_values(blobs.get(UUID(envelope["id"]), ()), by_id)) for envelope in envelopes)
        return Stream(stream, tuple(events), keys)

    def _load_sealed(
        self, connection: Connection, statements: Statements, opens: frozenset[ClassGroup], stream: StreamId
    ) -> tuple[StreamKeys, Mapping[UUID, list[SealedBlob]]]:
        wrapped = [
            StoredKey(key_id, stream.category, stream.id, group, *wrapping).wrapped_key()
            for key_id, group, *wrapping in connection.execute(
                statements.load_keys, (stream.id,), prepare=True, binary=True
            )
            if group in opens
        ]
        ids = [key.id for key in wrapped]
        rows = connection.execute(statements.load_values, (ids,), prepare=True, binary=True).fetchall()
        blobs: dict[UUID, list[SealedBlob]] = {}
        for event_id, key_id, blob in rows:
            blobs.setdefault(event_id, []).append(SealedBlob(event_id=event_id, key_id=key_id, blob=blob))
        return StreamKeys.unwrapped(str(stream), self._masters, wrapped), blobs

    def new_stream(self, stream: StreamId) -> Stream:
        """A stream that is known to be empty, for appending its first events without reading."""
        return Stream(stream, (), StreamKeys(stream=str(stream), masters=self._masters))

    def find(self, name: str, value: str) -> list[StreamId]:
        """The own streams that a blind index finds by a value, which need only agree in the look-up's form."""
        with self._database.connection() as connection:
            digest = self._index_digest(name, self._own.index_form(name)(value))
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
        append = Append(stream=stream.id, version=version, events=events, context=context, keys=stream.keys)
        recorded, rows = self._make([append])
        statement = self._sql.append(version == 0, *map(len, rows))
        parameters = [value for part in rows for row in part for value in row]
        try:
            with self._database.session() as session:
                appended = session.run(statement, parameters)
        except UniqueViolation as violation:
            raise _conflict(violation) from None
        if appended != len(events):
            raise StreamConflict(f"{stream.id} has no version {version} to append after")
        return recorded

    def append_batch(self, appends: Sequence[Append]) -> list[Recorded]:
        """Appends to many streams in one transaction by COPY, with the same guarantees: all of them, or none.

        Raises as `append` does; of a batch with a conflict nothing is recorded.
        """
        later = [append for append in appends if append.version]
        try:
            with self._database.session() as session:
                if later:  # asked outside the transaction, because a version that exists once exists for ever
                    session.send(self._sql.existing, _versions(later))
                recorded, rows = self._make(appends)  # while the server looks
                if later and session.rows() != len(later):
                    raise StreamConflict("a stream of this batch has not the version to append after")
                self._copy(session, *rows)
        except UniqueViolation as violation:
            raise _conflict(violation) from None
        return recorded

    def _copy(self, session: Session, events: Rows, keys: Rows = (), values: Rows = (), indexes: Rows = ()) -> None:
        if not values:
            self._sql.events.copy(session.connection, events)
            return
        with session.connection.transaction():
            self._sql.events.copy(session.connection, events)
            self._sql.keys.copy(session.connection, keys)
            self._sql.values.copy(session.connection, values)
            for start in range(0, len(indexes), INDEXES_AT_ONCE):  # COPY would refuse a look-up that is there already
                some = indexes[start : start + INDEXES_AT_ONCE]
                session.run_once(self._sql.add_indexes(len(some)), [value for row in some for value in row])

    def _make(self, appends: Sequence[Append]) -> tuple[list[Recorded], list[Rows]]:
        """What is to be recorded, and its rows: events; then, if anything is sealed, keys, sealed values, look-ups."""
        now = self._clock()
        recorded: list[Recorded] = []
        events: list[Row] = []
        sealed: list[SealedEvent] = []
        for append in appends:
            for one, row, sealing in written(append, self._own, now):
                recorded.append(one)
                events.append(row)
                if sealing:
                    sealed.append((append, sealing))
        if not sealed:
            return recorded, [events]
        return recorded, [events, key_rows(appends), value_rows(sealed), self._indexes(sealed)]

    def _indexes(self, sealed: Sequence[SealedEvent]) -> list[Row]:
        return [
            (
                entry.name.encode(),
                self._index_digest(entry.name, entry.value),
                append.stream.category.encode(),
                append.stream.id.bytes,
                entry.key_id.bytes,
            )
            for append, sealing in sealed
            for entry in sealing.indexed
        ]

    def _index_digest(self, name: str, value: str) -> bytes:
        return blind_index(self._index_secret, name, value)


def _versions(appends: Sequence[Append]) -> Row:
    """The streams and the versions to append after, as two arrays."""
    streams = [append.stream.id.bytes for append in appends]
    return array(UUID_OID, streams), array(INT4_OID, [int4(append.version) for append in appends])


def _conflict(violation: UniqueViolation) -> StreamConflict:
    """A unique violation in our own words: of an event's id it is a repeated command, of anything else a conflict."""
    if (violation.diag.constraint_name or "").endswith("_event_id"):
        return CommandAlreadyRecorded("the events of this command were recorded in the meantime")
    return StreamConflict("another change to this stream was recorded first")
