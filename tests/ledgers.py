"""Ledgers for tests: a toy city's events numbered, its superuser, and its checkpoints outside."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import uuid4

import psycopg

from apps.relay.composition import outside, signer, verification
from eventstore.city import City
from eventstore.findings import Verdict
from eventstore.ledger import Ledger
from eventstore.records import StreamId
from eventstore.sequencer import Sequencer
from eventstore.store import EventStore
from tests.cities import NOON, Cities
from tests.toy import Counted, LetterRead, context, letter

Connection: TypeAlias = psycopg.Connection[Any]


@contextmanager
def connected(uri: str) -> Iterator[Connection]:
    """An autocommit connection that may be gone in the end."""
    connection = psycopg.connect(uri, autocommit=True)
    try:
        yield connection
    finally:
        connection.close()


def numbered(city: City) -> int:
    """Numbers everything that is there; gives how many events that were."""
    with connected(city.databases["relay"]) as connection:
        sequencer = Sequencer.begin(connection)
        count = 0
        while made := sequencer.step():
            count += made
        return count


def filled(store: EventStore, letters: int = 12) -> None:
    """Letters with everything sealed, counted events between them."""
    for _ in range(letters):
        stream = store.new_stream(StreamId("letter", uuid4()))
        store.append(stream, [letter(), LetterRead(times=1)], context(reason="試験", digest="0" * 64))
        store.append(store.new_stream(StreamId("counter", uuid4())), [Counted(by=1)] * 2, context())


def signed(city: City) -> None:
    """Signs the ledger as it is, and keeps the checkpoint in the database and outside."""
    with connected(city.databases["relay"]) as connection:
        ledger = Ledger(connection)
        ledger.sign(ledger.checkpoint(city.municipality), signer(city), outside(city), NOON, None)


def verdict_of(city: City) -> Verdict:
    """What a verification by the records office finds."""
    with connected(city.databases["records"]) as connection:
        return verification(city, connection, lambda _, __: None).run()


@dataclass(frozen=True, slots=True)
class Intruder:
    """The superuser of the database with triggers off: everything is possible, and undone at the end of `with`."""

    connection: Connection

    def does(self, *statements: str) -> None:
        """Runs statements; triggers and foreign keys do not hold."""
        with self.connection.transaction():
            self.connection.execute("SET LOCAL session_replication_role = replica")
            for statement in statements:
                assert self.connection.execute(statement.encode()).rowcount, f"nothing was changed: {statement}"


@contextmanager
def intruder(cities: Cities, city: City) -> Iterator[Intruder]:
    """A superuser's connection to the city's database."""
    with connected(cities.administrator_url(city)) as connection:
        yield Intruder(connection)
