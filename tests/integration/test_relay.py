"""The relay and `renkei ledger`: numbers and tells by itself, stands by, closes days, and refuses a restored past."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from click.testing import CliRunner, Result

from apps.cli.__main__ import main
from apps.provisioning.city import Installation, create_city, mend_city
from apps.provisioning.database import database, role
from apps.relay.composition import ZONE, outside, relay_settings, signer
from eventstore.checkpoints import SIGNING, VERIFYING, Verifier
from eventstore.city import City
from eventstore.closing import close_days
from eventstore.ledger import Ledger, LedgerBehind
from eventstore.records import StreamId
from eventstore.relay import Relay
from eventstore.single import PUBLISHER, SEQUENCER, is_taken
from eventstore.store import EventStore
from tests.cities import AOMORI, Cities, FrozenClock
from tests.integration.conftest import OpenStore
from tests.ledgers import connected, filled, intruder, numbered, signed, verdict_of
from tests.portals import until
from tests.toy import NEIGHBOUR, TOY, Counted, context

Run = Callable[..., Result]


@pytest.fixture
def run(cities: Cities, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`run(city, "verify")`: `renkei ledger verify --city … --json`."""
    monkeypatch.setenv("RENKEI_HOME", str(cities.at.home))
    return lambda city, *arguments: CliRunner().invoke(main, ["ledger", *arguments, "--city", city.name, "--json"])


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


TOKYO_MIDNIGHT = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)


def _counted(store: EventStore, at: datetime) -> None:
    store._clock = lambda: at
    store.append(store.new_stream(StreamId("counter", uuid4())), [Counted(by=1)], context())


def _closed(city: City, now: datetime) -> list[date]:
    with connected(city.databases["relay"]) as connection:
        return close_days(Ledger(connection), city.municipality, ZONE, signer(city), outside(city), now)


def _closings(city: City) -> dict[date, int]:
    with connected(city.databases["records"]) as connection:
        return dict(connection.execute("SELECT closes, size FROM checkpoints WHERE closes IS NOT NULL").fetchall())


@pytest.mark.row("N13")
def test_a_day_closes_at_midnight_in_tokyo(cities: Cities, open_store: OpenStore) -> None:
    city, clock, second = cities.stripped([TOY, NEIGHBOUR], "days"), FrozenClock(), timedelta(seconds=1)
    store = open_store(city=city)
    assert _closed(city, clock()) == []
    for at in (TOKYO_MIDNIGHT - second, TOKYO_MIDNIGHT - second, TOKYO_MIDNIGHT, TOKYO_MIDNIGHT - second):
        _counted(store, at)
    numbered(city)

    assert _closed(city, TOKYO_MIDNIGHT + timedelta(minutes=4)) == [], "what was slow may still come"
    assert _closed(city, TOKYO_MIDNIGHT + timedelta(minutes=5)) == [date(2026, 11, 22)]
    assert _closed(city, TOKYO_MIDNIGHT + timedelta(hours=23)) == []
    assert _closings(city) == {date(2026, 11, 22): 2}

    later = TOKYO_MIDNIGHT + timedelta(days=3, hours=1)
    assert _closed(city, later) == [date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 25)]
    assert _closings(city) == {date(2026, 11, 22): 2} | {date(2026, 11, day): 4 for day in (23, 24, 25)}
    assert verdict_of(city).is_sound


def test_a_day_waits_until_all_of_it_is_numbered(cities: Cities, open_store: OpenStore) -> None:
    city = cities.stripped([TOY, NEIGHBOUR], "waits")
    store = open_store(city=city)
    _counted(store, TOKYO_MIDNIGHT - timedelta(hours=1))
    numbered(city)
    _counted(store, TOKYO_MIDNIGHT - timedelta(minutes=1))

    assert _closed(city, TOKYO_MIDNIGHT + timedelta(hours=1)) == []
    numbered(city)
    assert _closed(city, TOKYO_MIDNIGHT + timedelta(hours=1)) == [date(2026, 11, 22)]
    assert _closings(city) == {date(2026, 11, 22): 2}


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
def test_a_restored_past_is_refused_until_the_break_is_recorded(
    cities: Cities, open_store: OpenStore, run: Run
) -> None:
    city = cities.stripped([TOY, NEIGHBOUR], "restored")
    filled(open_store(city=city), 3)
    numbered(city)
    signed(city)
    refused = run(city, "continue", "--after-restore", "--reason", "x")
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
    assert run(city, "verify").exit_code == 1

    gone_on = run(city, "continue", "--after-restore", "--reason", "停電")
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


def test_the_commands_verify_sign_and_prove(cities: Cities, open_store: OpenStore, run: Run) -> None:
    city = cities.stripped([TOY, NEIGHBOUR], "commands")
    filled(open_store(city=city), 2)
    numbered(city)

    signed_note = json.loads(run(city, "checkpoint").stdout)
    vkey = (city.folder / "keys" / VERIFYING).read_text(encoding="utf-8")
    assert Verifier.parse(vkey).open(signed_note["note"]).size == signed_note["size"] == 8
    sound: dict[str, Any] = json.loads(run(city, "verify").stdout)
    assert (sound["size"], sound["findings"]) == (8, [])
    proof = json.loads(run(city, "prove", "3").stdout)
    assert (proof["size"], proof["root"], len(proof["path"])) == (8, sound["root"], 3)
    assert json.loads(run(city, "prove", "--since", "4").stdout)["root"] == sound["root"]
    assert run(city, "prove").exit_code == run(city, "continue", "--reason", "x").exit_code == 2
    for arguments, code in (
        (("prove", "9"), "no_such_position"),
        (("prove", "--since", "9"), "no_such_size"),
        (("checkpoint", "--closing", "2999-01-01"), "day_not_closed"),
    ):
        refused = run(city, *arguments)
        assert (refused.exit_code, json.loads(refused.stdout)["error"]["code"]) == (1, code)

    with intruder(cities, city) as superuser:
        superuser.does("UPDATE events_toy SET type = 'Other' WHERE sequence = (SELECT min(sequence) FROM events_toy)")
    found = run(city, "verify")
    assert found.exit_code == 1
    assert json.loads(found.stdout)["findings"] == [{"position": 1, "fault": "column_changed", "at": "type"}]


def test_without_a_database_the_commands_say_so(cities: Cities, run: Run) -> None:
    city = cities.stripped([TOY], "away")
    _without(city, "postgresql://127.0.0.1:1/nothing").write()

    assert run(city, "verify").exit_code == run(city, "checkpoint").exit_code == 3


def _without(city: City, uri: str) -> City:
    return replace(city, databases=dict.fromkeys(city.databases, uri))


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
