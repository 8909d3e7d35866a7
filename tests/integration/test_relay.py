"""The relay: numbers and tells by itself, stands by for another, begins anew, and refuses a restored past."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from uuid import uuid4

import psycopg
import pytest

from apps.ledger import outside
from apps.provisioning.city import Installation, create_city, mend_city
from apps.provisioning.database import database, role
from apps.relay.composition import relay_settings
from eventstore.city import City
from eventstore.clock import now
from eventstore.ledger.checkpoints import SIGNING, VERIFYING
from eventstore.ledger.stored import Ledger, LedgerBehind
from eventstore.records import StreamId
from eventstore.relay.relay import Relay
from eventstore.relay.single import PUBLISHER, SEQUENCER, is_taken
from eventstore.store import EventStore
from tests.cities import AOMORI, ROOT, Cities
from tests.integration.conftest import OpenStore
from tests.ledgers import (
    assert_whole,
    connected,
    filled,
    intruder,
    ledger_command,
    numbered,
    on_broker,
    signed,
    verdict_of,
)
from tests.portals import until
from tests.toy import NEIGHBOUR, TOY, Counted, context


@pytest.fixture
def relay(city: City) -> Iterator[Relay]:
    started = Relay(relay_settings(city))
    started.start()
    yield started
    started.stop()


@pytest.mark.row("B10")
def test_a_relay_numbers_and_tells_by_itself_and_a_second_one_takes_over(city: City, relay: Relay) -> None:
    second = Relay(relay_settings(city))
    with connected(city.databases["records"]) as records:
        until(lambda: all(is_taken(records, work) for work in (SEQUENCER, PUBLISHER)))
        until(lambda: (records.execute("SELECT published FROM relay_progress").fetchone() or (0,))[0] == 1)
        second.start()
        assert relay.is_running
        assert second.is_running
        relay.stop()
        until(lambda: all(is_taken(records, work) for work in (SEQUENCER, PUBLISHER)))
        second.stop()
    assert verdict_of(city).size == 1


def test_a_relay_whose_connections_are_killed_begins_anew(city: City, relay: Relay, cities: Cities) -> None:
    with intruder(cities, city) as superuser:
        until(lambda: is_taken(superuser.connection, SEQUENCER) and is_taken(superuser.connection, PUBLISHER))
        superuser.connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'renkei relay' AND datname = current_database()"
        )
        until(lambda: is_taken(superuser.connection, SEQUENCER) and is_taken(superuser.connection, PUBLISHER))
    assert relay.is_running


class Appending:
    """Appends to streams of its own until it is asked to stop; `appended` says how many events that were."""

    def __init__(self, store: EventStore) -> None:
        self.appended = 0
        self._store = store
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._append, daemon=True)
        self._thread.start()

    def _append(self) -> None:
        while not self._stopping.wait(0.002):
            self._store.append(self._store.new_stream(StreamId("counter", uuid4())), [Counted(by=1)] * 2, context())
            self.appended += 2

    def stop(self) -> int:
        self._stopping.set()
        self._thread.join()
        return self.appended


@pytest.mark.row("B10")
def test_of_relays_started_at_once_whichever_is_killed_another_goes_on(cities: Cities, open_store: OpenStore) -> None:
    city = on_broker(cities, cities.stripped([TOY, NEIGHBOUR], "several"))
    with ExitStack() as stack, connected(city.databases["records"]) as records:

        def started() -> "subprocess.Popen[bytes]":
            process = subprocess.Popen(
                [sys.executable, "-m", "apps.relay"],
                cwd=ROOT,
                env={**os.environ, "RENKEI_HOME": str(cities.at.home), "RENKEI_CITIES": city.name},
                stderr=subprocess.DEVNULL,
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            return process

        def size_and_told() -> tuple[int, int]:
            (told,) = records.execute("SELECT published FROM relay_progress").fetchone() or (0,)
            return Ledger(records).size(), told

        relays = [started(), started()]
        appending = Appending(open_store(city=city, clock=now))
        until(lambda: min(size_and_told()) > 10)
        for relay in tuple(relays):  # one of the two is at work: it is killed at it
            relays.append(started())
            relay.kill()
            relay.wait()
            before = max(size_and_told())
            until(lambda before=before: min(size_and_told()) > before)
        appended = appending.stop()
        until(lambda: size_and_told() == (appended, appended))
        assert [relay.poll() for relay in relays[2:]] == [None, None]
        assert assert_whole(records) == appended
    assert verdict_of(city).is_sound


def restored(cities: Cities, city: City, backup: str | None = None) -> str:
    """Makes a copy of the city's database, or puts one in its place, as a restore does."""
    own, copy = database(city.name), f"{database(city.name)}_backup"
    with psycopg.connect(cities.at.database_url, autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (own,))
        if backup is None:
            admin.execute(f"CREATE DATABASE {copy} TEMPLATE {own}".encode())
            return copy
        admin.execute(f"DROP DATABASE {own} WITH (FORCE)".encode())
        admin.execute(f"ALTER DATABASE {backup} RENAME TO {own}".encode())
        for name in city.databases:
            admin.execute(f"GRANT CONNECT ON DATABASE {own} TO {role(city.name, name)}".encode())
    return own


@pytest.mark.row("N13")
def test_a_restored_past_is_refused_until_the_break_is_recorded(cities: Cities, open_store: OpenStore) -> None:
    city = cities.stripped([TOY, NEIGHBOUR], "restored")
    filled(open_store(city=city), 3)
    numbered(city)
    signed(city)
    refused = ledger_command(cities, city, "continue", "--after-restore", "--reason", "x")
    assert (refused.exit_code, json.loads(refused.stdout)["error"]["code"]) == (1, "ledger_continues")
    backup = restored(cities, city)
    filled(open_store(city=city), 3)
    numbered(city)
    signed(city)
    restored(cities, city, backup)
    filled(open_store(city=city), 1)

    held = outside(city).newest()
    assert held is not None
    assert held.size == 24
    with connected(city.databases["relay"]) as connection, pytest.raises(LedgerBehind):
        Ledger(connection).require_continuing(held)
    with pytest.raises(LedgerBehind):
        Relay(relay_settings(_with_broker(city)))._sequence()
    with connected(city.databases["records"]) as records:
        assert Ledger(records).size() == 12
    assert ledger_command(cities, city, "verify").exit_code == 1

    gone_on = ledger_command(cities, city, "continue", "--after-restore", "--reason", "停電")
    assert gone_on.exit_code == 0, gone_on.output
    assert json.loads(gone_on.stdout) == {"origin": f"renkei/{city.municipality}/2", "size": 12}
    assert numbered(city) == 4
    with connected(city.databases["relay"]) as connection:
        Ledger(connection).require_continuing(outside(city).newest())
    verdict = verdict_of(city)
    assert (verdict.size, verdict.findings) == (16, ())


def _with_broker(city: City) -> City:
    return replace(city, brokers={"relay": "amqp://nobody:x@127.0.0.1:1/nothing"})


def test_a_ledger_that_says_a_newer_origin_than_any_checkpoint_is_refused(
    cities: Cities, open_store: OpenStore
) -> None:
    city = cities.stripped([TOY, NEIGHBOUR], "forged")
    filled(open_store(city=city), 1)
    numbered(city)
    signed(city)
    with intruder(cities, city) as superuser:
        superuser.does("INSERT INTO ledger_epochs VALUES (2, 0, 0, 'forged', now())")
        with pytest.raises(LedgerBehind):
            Ledger(superuser.connection).require_continuing(outside(city).newest())


def test_a_city_from_before_the_relay_is_given_what_it_needs(installation: Installation, cities: Cities) -> None:
    city = cities.new("before")
    for kept in (city.databases, city.brokers):
        del kept["relay"]
    city.write()
    for name in (SIGNING, VERIFYING):
        (city.folder / "keys" / name).unlink()

    assert mend_city(installation, city.name) == []

    mended = City.read(installation.home, city.name)
    assert {**city.databases, "relay": mended.databases["relay"]} == mended.databases
    assert {**city.brokers, "relay": mended.brokers["relay"]} == mended.brokers
    assert numbered(mended) == 1
    assert verdict_of(mended).is_sound
    assert create_city(installation, city.name, AOMORI, approver="市長", reference="企連第1号") == mended
