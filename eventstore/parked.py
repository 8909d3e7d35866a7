"""Parked messages: what could not be read or answered is kept, sealed, until a person retries or discards it."""

from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from hmac import digest
from typing import Final, NamedTuple
from uuid import UUID

import orjson
import psycopg
from psycopg.sql import SQL, Composed, Identifier

from eventstore.database import Connection, Database
from eventstore.errors import NotFound, Unavailable
from eventstore.protection import ClassGroup
from eventstore.sealing.keys import MasterKeys, WrappedKey, decrypt, encrypt, new_data_key

GROUP: Final = ClassGroup.PERSONAL
"""An unread message may hold anything: it is sealed as the strictest that it can be."""


class NotParked(NotFound):
    """No such message or position is parked."""

    code = "not_parked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A message as the broker delivered it; `user_id` is verified by the broker where it is not None."""

    body: bytes = field(repr=False)
    content_type: str | None
    routing_key: str
    user_id: str | None

    def written(self) -> bytes:
        """The delivery as JSON, the body in base64."""
        return orjson.dumps(
            {
                "body": b64encode(self.body).decode(),
                "content_type": self.content_type,
                "routing_key": self.routing_key,
                "user_id": self.user_id,
            }
        )

    @classmethod
    def read(cls, written: bytes) -> "Delivery":
        """The delivery again from `written`."""
        kept = orjson.loads(written)
        return cls(**{**kept, "body": b64decode(kept["body"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedMessage:
    """One parked message: its random-looking id, the code of what refused it, when."""

    id: UUID
    code: str
    parked_at: datetime


class Removal(NamedTuple):
    """The transaction in which a message is taken from the parked ones, and the code that it was parked with."""

    connection: Connection
    code: str


class ParkedMessages:
    """The parked messages of one service in one city."""

    def __init__(self, database: Database, service: str, masters: MasterKeys, secret: bytes) -> None:
        """secret: 32 bytes from which a parked message's id is made, so that a repetition is parked once."""
        self._database = database
        self._table = Identifier(f"parked_{service}")
        self._masters = masters
        self._secret = secret

    def park(self, delivery: Delivery, code: str, parked_at: datetime) -> UUID:
        """Keeps a message sealed; the same message again changes nothing. Raises `Unavailable`."""
        written = delivery.written()
        parked_id = UUID(bytes=digest(self._secret, b"parked\0" + written, "sha256")[:16])
        key = new_data_key(f"parked-{parked_id}", GROUP, None)
        wrapped = self._masters.wrap(key)
        with self._database.connection() as connection:
            connection.execute(
                self._sql(
                    "INSERT INTO {} (id, reason, parked_at, class_group, master_key, key_id, wrapped, blob)"
                    " VALUES (%b, %b, %b, %b, %b, %b, %b, %b) ON CONFLICT (id) DO NOTHING"
                ),
                (
                    parked_id, code, parked_at, GROUP, wrapped.master_key, key.id, wrapped.wrapped,
                    encrypt(key.secret, written, parked_id.bytes),
                ),
            )  # fmt: skip
        return parked_id

    def all(self) -> Iterator[ParkedMessage]:
        """What is parked, oldest first, without its content."""
        with self._database.connection() as connection:
            rows = connection.execute(
                self._sql("SELECT id, reason, parked_at FROM {} ORDER BY parked_at, id")
            ).fetchall()
        return (ParkedMessage(id=row[0], code=row[1], parked_at=row[2]) for row in rows)

    def open(self, parked_id: UUID) -> Delivery:
        """The message itself. Raises `NotParked`, `KeyUnavailable` without its key."""
        with self._database.connection() as connection:
            row = connection.execute(
                self._sql("SELECT master_key, key_id, wrapped, blob FROM {} WHERE id = %s"), (parked_id,)
            ).fetchone()
        if row is None:
            raise _not_parked(parked_id)
        stream = f"parked-{parked_id}"
        wrapped = WrappedKey(id=row[1], stream=stream, group=GROUP, subject=None, master_key=row[0], wrapped=row[2])
        return Delivery.read(decrypt(self._masters.unwrap(wrapped).secret, row[3], parked_id.bytes))

    @contextmanager
    def removing(self, parked_id: UUID) -> Iterator[Removal]:
        """Takes a message from the parked ones if the block ends well; if not, or if the process is killed, it stays.

        Of several who do so at once one does, and the others find none. Raises `NotParked`, `Unavailable`.
        """
        statement = self._sql("DELETE FROM {} WHERE id = %s RETURNING reason")
        try:
            with self._database.connection() as connection, connection.transaction():
                row = connection.execute(statement, (parked_id,)).fetchone()
                if row is None:
                    raise _not_parked(parked_id)
                yield Removal(connection, row[0])
        except psycopg.Error as fault:
            raise Unavailable(f"the message stays parked ({type(fault).__name__})", code="not_removed") from fault

    def _sql(self, statement: str) -> Composed:
        return SQL(statement).format(self._table)


def _not_parked(parked_id: UUID) -> NotParked:
    return NotParked(f"{parked_id} is not parked")
