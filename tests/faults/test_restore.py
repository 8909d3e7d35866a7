"""Dump, restore into another cluster, go on: positions stay, nothing is lost or numbered twice, the ledger holds."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from apps.ledger import outside
from apps.provisioning import database
from apps.provisioning.city import Installation
from apps.servers import Servers, running
from apps.servers.instances import Instance
from apps.servers.postgres import PostgresPrograms, PostgresRecipe
from desk.office import Office
from eventstore.city import City
from eventstore.database import Database
from eventstore.declaration import Service
from eventstore.ledger.checking import is_consistent
from eventstore.ledger.stored import Ledger
from eventstore.records import StreamId
from eventstore.relay.sequencer import Sequencer
from eventstore.sealing.keys import derive
from eventstore.store import EventStore
from tests.cities import ROOT, Cities, FrozenClock
from tests.ledgers import assert_whole, connected, filled, numbered, signed, verdict_of
from tests.toy import NEIGHBOUR, TOY, Counted, context

SERVICES = [TOY, NEIGHBOUR]
INSERT = (
    "INSERT INTO events_toy (category, stream_id, version, id, type, schema_version, command_id, recorded_at, record)"
    " VALUES ('counter', %s, 1, gen_random_uuid(), 'Counted', 1, gen_random_uuid(), now(), '{}')"
)


@pytest.fixture(scope="module")
def other_servers() -> Iterator[Servers]:
    """Another cluster, which knows of no city."""
    with running(ROOT / ".run", purpose="restored", environ={}) as servers:
        yield servers


@pytest.fixture
def at(mortal_servers: Servers, tmp_path: Path) -> Installation:
    """Where the city lives before it moves."""
    return Installation(
        home=tmp_path / "cities",
        database_url=mortal_servers.database_url,
        amqp_uri=mortal_servers.amqp_uri,
        management_url=mortal_servers.management_url,
    )


def programs(servers: Servers) -> PostgresPrograms:
    """The programs that belong to a private PostgreSQL."""
    instance = servers.postgres
    if not (isinstance(instance, Instance) and isinstance(instance.recipe, PostgresRecipe)):
        pytest.skip("PostgreSQL runs in a container here: its pg_dump is not at hand")
    return instance.recipe.found


def run(found: PostgresPrograms, program: str, *arguments: str) -> None:
    subprocess.run([found.folder / program, *arguments], check=True, env=found.environment())


def moved(city: City, servers: Servers, dump: Path) -> City:
    """The city restored into another cluster, as its operator does: roles first, then the database as it was."""
    uris = database.draw_uris(servers.database_url, city.name, database.logins(SERVICES))
    database.create(servers.database_url, city.name, uris, SERVICES)
    run(programs(servers), "pg_restore", "--clean", "--create", f"--dbname={servers.database_url}", str(dump))
    return replace(city, databases=uris)


def store_of(city: City, stack: ExitStack) -> EventStore:
    kept = Database(city.databases["toy"])
    stack.callback(kept.close)
    return EventStore(
        kept,
        TOY.events,
        clock=FrozenClock(),
        masters=city.master_keys(TOY.groups),
        index_secret=derive(city.secret("toy"), "blind index"),
    )


def dumped(city: City, store: EventStore, servers: Servers, at: str, dump: Path) -> None:
    """Dumps the city amid its work: 28 events are numbered and 12 not, and a transaction is open that then fails."""
    filled(store, 5)
    numbered(city)
    signed(city)
    with connected(city.databases["toy"]) as slow, slow.transaction(force_rollback=True):
        slow.execute(INSERT, (uuid4(),))  # draws a number that the dump knows nothing else of
        filled(store, 2)
        assert numbered(city) == 8
        filled(store, 3)
        run(programs(servers), "pg_dump", "-Fc", f"--file={dump}", at)


def gone_on(city: City, store: EventStore) -> None:
    """The relay of the restored city: does what was left, and what is new."""
    with connected(city.databases["relay"]) as relay:
        ledger = Ledger(relay)
        ledger.require_continuing(outside(city).newest())
        sequencer = Sequencer.begin(relay)
        assert sequencer.step() == 12
        filled(store, 4)
        while sequencer.step():
            pass
        assert sequencer.holes == []
        assert ledger.is_caught_up()


def places(city: City) -> list[tuple[int, int, UUID]]:
    """Position, sequence number and id of everything that is numbered."""
    with connected(city.databases["records"]) as records:
        return records.execute(
            "SELECT position, sequence, id FROM positions JOIN events USING (service, sequence) ORDER BY position"
        ).fetchall()


@pytest.mark.row("N13")
def test_a_city_restored_into_another_cluster_goes_on(
    at: Installation, mortal_servers: Servers, other_servers: Servers, tmp_path: Path
) -> None:
    with Cities(at) as cities, ExitStack() as stack:
        city = cities.stripped(SERVICES, "moved")
        dumped(city, store_of(city, stack), mortal_servers, cities.administrator_url(city), tmp_path / "dump")
        before, held = places(city), outside(city).newest()
        restored = moved(city, other_servers, tmp_path / "dump")
        gone_on(restored, store_of(restored, stack))
        signed(restored)

        after, newest = places(restored), outside(restored).newest()
        assert after[:28] == before
        assert min(sequence for _, sequence, _ in after[40:]) > max(sequence for _, sequence, _ in after[:40])
        assert held is not None
        assert newest is not None
        with connected(restored.databases["records"]) as records:
            assert assert_whole(records) == len(after) == 28 + 12 + 16
            proof = Ledger(records).prove_consistency(held.size)
        assert is_consistent(held.size, held.root, newest.size, newest.root, proof.path)
        assert verdict_of(restored).is_sound


def counted(office: Office, *counts: int) -> None:
    """Counts with a new counter, and numbers it."""
    stream = StreamId("counter", uuid4())
    office.store.append(office.store.new_stream(stream), [Counted(by=by) for by in counts], context())
    numbered(office.city)


def followed(office: Office) -> int:
    """Follows the log to its end; gives how many positions that were."""
    (follower,) = office.followers
    passed = 0
    while step := follower.step():
        passed += step
    return passed


def rows(city: City, service: Service, statement: str) -> list[tuple[Any, ...]]:
    """What a service finds in its tables."""
    with connected(city.databases[service.name]) as connection:
        return connection.execute(statement.encode()).fetchall()


def totals(city: City) -> list[tuple[Any, ...]]:
    """The toy's read model."""
    return rows(city, TOY, "SELECT * FROM toy_totals ORDER BY counter_id")


def echoed(city: City) -> list[int]:
    """The counts that the neighbour's reaction echoed, in its order."""
    found = rows(city, NEIGHBOUR, "SELECT record FROM events_neighbour ORDER BY sequence")
    return [json.loads(record)["data"]["by"] for (record,) in found]


@pytest.mark.row("N13")
@pytest.mark.row("B10")
def test_after_a_restore_lists_are_built_again_and_reactions_go_on_where_they_were(
    at: Installation, mortal_servers: Servers, other_servers: Servers, tmp_path: Path
) -> None:
    """The read models are left out of the dump, their checkpoints are in it: without building nothing is listed."""
    with Cities(at) as cities:
        city = cities.stripped(SERVICES, "followed")
        toy, neighbour = cities.office(TOY, city), cities.office(NEIGHBOUR, city)
        counted(toy, 1, 2)
        followed(neighbour)
        counted(toy, 3)
        followed(toy)
        before, reached = totals(city), rows(city, NEIGHBOUR, "SELECT name, position FROM subscriptions_neighbour")
        options = ("-Fc", "--exclude-table-data=toy_totals", f"--file={tmp_path / 'dump'}")
        run(programs(mortal_servers), "pg_dump", *options, cities.administrator_url(city))

        restored = moved(city, other_servers, tmp_path / "dump")
        toy, neighbour = cities.office(TOY, restored), cities.office(NEIGHBOUR, restored)
        (projection,) = toy.followers
        assert (followed(toy), totals(restored)) == (0, [])
        projection.rebuild()
        assert totals(restored) == before != []

        assert rows(restored, NEIGHBOUR, "SELECT name, position FROM subscriptions_neighbour") == reached
        assert echoed(restored) == [1, 2]
        counted(toy, 4)
        followed(neighbour)
        assert echoed(restored) == [1, 2, 3, 4]
        followed(toy)
        assert sorted(total for _, total, _ in totals(restored)) == [3, 3, 4]
