"""Ledgers for tests: a toy city's events numbered, its superuser, and its checkpoints outside."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID, uuid4

import psycopg
from click.testing import CliRunner, Result

from apps.cli.__main__ import main
from apps.composition import SERVICES
from apps.ledger import ZONE, outside, signer, verification
from apps.provisioning import broker
from eventstore.city import City
from eventstore.ledger.closing import close_days
from eventstore.ledger.findings import Verdict
from eventstore.ledger.stored import Ledger
from eventstore.merkle import root
from eventstore.records import StreamId
from eventstore.relay.sequencer import Sequencer
from eventstore.relay.single import SEQUENCER
from eventstore.store import EventStore
from tests.cities import NOON, Cities
from tests.toy import NEIGHBOUR, TOY, Counted, LetterRead, context, letter

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
    """Numbers everything that is there; gives how many events that were.

    Whoever did so before may not have let go of the lock yet, though its connection is closed: that is waited for.
    """
    with connected(city.databases["relay"]) as connection:
        connection.execute("SET lock_timeout = '10s'")
        connection.execute("SELECT pg_advisory_lock(%s)", (SEQUENCER,))
        sequencer = Sequencer.begin(connection)
        count = 0
        while made := sequencer.step():
            count += made
        return count


def filled(store: EventStore, letters: int = 12, *, counted: int = 0, at: datetime = NOON) -> None:
    """Counts so many times; then letters with everything sealed, two counts after each: four events a letter."""
    store._clock = lambda: at
    if counted:
        store.append(store.new_stream(StreamId("counter", uuid4())), [Counted(by=1)] * counted, context())
    for _ in range(letters):
        stream = store.new_stream(StreamId("letter", uuid4()))
        store.append(stream, [letter(), LetterRead(times=1)], context(reason="試験", digest="0" * 64))
        store.append(store.new_stream(StreamId("counter", uuid4())), [Counted(by=1)] * 2, context())


def signed(city: City) -> None:
    """Signs the ledger as it is, and keeps the checkpoint in the database and outside."""
    with connected(city.databases["relay"]) as connection:
        ledger = Ledger(connection)
        ledger.sign(ledger.checkpoint(city.municipality), signer(city), outside(city), NOON, None)


def on_broker(cities: Cities, city: City) -> City:
    """The stripped city with a vhost of its own."""
    uris = broker.draw_uris(cities.at.amqp_uri, city.name, [TOY, NEIGHBOUR])
    with broker.Management(cities.at.management_url, city.name) as api:
        broker.create(api, uris, [TOY, NEIGHBOUR])
    city.brokers.update(uris)
    city.write()
    return city


def assert_whole(connection: Connection) -> int:
    """Every committed event has one position, dense; streams are in order; the tree is that of the records."""
    rows = connection.execute(
        "SELECT p.position, e.stream_id, e.version, e.record FROM positions p"
        " LEFT JOIN events e ON e.service = p.service AND e.sequence = p.sequence ORDER BY p.position"
    ).fetchall()
    (count,) = connection.execute("SELECT count(*) FROM events").fetchone() or (0,)
    assert [row[0] for row in rows] == list(range(1, count + 1))
    seen: dict[UUID, int] = {}
    for _, stream, version, record in rows:
        assert record is not None
        assert version == seen.get(stream, 0) + 1
        seen[stream] = version
    assert Ledger(connection).root(count) == root([row[3] for row in rows])
    return count


def ledger_command(cities: Cities, city: City, *arguments: str) -> Result:
    """`renkei ledger … --city … --json`."""
    command = ["ledger", *arguments, "--city", city.name, "--json"]
    return CliRunner().invoke(main, command, env={"RENKEI_HOME": str(cities.at.home)})


def closed(city: City, now: datetime) -> list[date]:
    """Closes the days that are over; gives those."""
    with connected(city.databases["relay"]) as connection:
        return close_days(Ledger(connection), city.municipality, ZONE, signer(city), outside(city), now)


def verdict_of(city: City, **options: object) -> Verdict:
    """What a verification by the records office finds, with every secret that the city has; a month later unless told.

    options: other values for fields of the `Verification`.
    """
    with connected(city.databases["records"]) as connection:
        run = verification(city, connection, lambda _, __: None, services=(TOY, NEIGHBOUR, *SERVICES))
        for name, value in {"now": NOON + timedelta(days=30), **options}.items():
            setattr(run, name, value)
        return run.run()


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
