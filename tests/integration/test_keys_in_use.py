"""Keys in use on a real PostgreSQL: erased, exchanged, missing, wrong; nothing is opened by halves."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from click.testing import CliRunner

from apps.cli.__main__ import main
from apps.provisioning.database import KEEPER, OWNER, role
from eventstore.city import City
from eventstore.database import Database
from eventstore.errors import KeyUnavailable
from eventstore.parked import Delivery, ParkedMessages
from eventstore.protection import ClassGroup, Sealed
from eventstore.records import StreamId
from eventstore.sealing.keys import write_master_key
from eventstore.sealing.rewrapping import BATCH, rewrap
from eventstore.store import EventStore
from tests.cities import NOON, Cities
from tests.integration.conftest import OpenStore
from tests.toy import NEIGHBOUR, TOY, context, letter

SERVICES = [TOY.name, NEIGHBOUR.name]


@pytest.fixture
def fresh(cities: Cities) -> City:
    """A toy city for one test, whose keys may be spoilt."""
    return cities.stripped([TOY, NEIGHBOUR], "keys")


@pytest.fixture
def owner(cities: Cities, toy_city: City) -> Iterator[psycopg.Connection[Any]]:
    """The toy city's database as its owner, who alone may erase."""
    with psycopg.connect(cities.administrator_url(toy_city), autocommit=True) as connection:
        connection.execute(f"SET ROLE {role(toy_city.name, OWNER)}".encode())
        yield connection


def keeper(cities: Cities, city: City) -> Database:
    return cities.closing(Database(city.databases[KEEPER], connections=2))


class TestErasing:
    @pytest.mark.row("N9")
    def test_a_person_s_key_destroyed_closes_that_person_s_values_alone(
        self, store: EventStore, owner: psycopg.Connection[Any], letters: StreamId
    ) -> None:
        ann, bob = uuid4(), uuid4()
        name = f"青森{uuid4()}"
        store.append(store.load(letters), [letter(ann, bob, sender=name), letter(bob, ann)], context(reason="理由。"))

        owner.execute("DELETE FROM data_keys_toy WHERE subject = %s", (ann,))
        first, second = store.load(letters).events

        assert not first.event.sender.is_open
        assert not second.event.receiver.is_open
        assert first.event.receiver == Sealed("所沢花子")
        assert second.event.sender == Sealed("青森一郎")
        assert first.event.note == Sealed("内部の一文目。\r\n二文目。")
        assert first.reason == Sealed("理由。")

    def test_what_a_destroyed_key_sealed_and_found_is_gone(
        self, store: EventStore, owner: psycopg.Connection[Any], letters: StreamId
    ) -> None:
        ann, name = uuid4(), f"青森{uuid4()}"
        store.append(store.load(letters), [letter(ann, ann, sender=name)], context())
        (key_id,) = owner.execute("SELECT id FROM data_keys_toy WHERE subject = %s", (ann,)).fetchone() or (None,)
        assert store.find("sender", name) == [letters]

        owner.execute("DELETE FROM data_keys_toy WHERE id = %s", (key_id,))

        assert store.find("sender", name) == []
        for table in ("sealed_values_toy", "blind_indexes_toy"):
            left = owner.execute(f"SELECT FROM {table} WHERE key_id = %s", (key_id,))
            assert left.rowcount == 0, table

    def test_a_stream_whose_person_is_erased_goes_on(
        self, store: EventStore, owner: psycopg.Connection[Any], letters: StreamId
    ) -> None:
        ann, bob = uuid4(), uuid4()
        store.append(store.load(letters), [letter(ann, bob)], context())
        owner.execute("DELETE FROM data_keys_toy WHERE subject = %s", (ann,))

        store.append(store.load(letters), [letter(bob, bob)], context())

        assert [recorded.event.sender.is_open for recorded in store.load(letters).events] == [False, True]

    def test_what_is_recorded_stays_as_it_was(
        self, store: EventStore, owner: psycopg.Connection[Any], letters: StreamId
    ) -> None:
        ann = uuid4()
        store.append(store.load(letters), [letter(ann, ann)], context())
        record = "SELECT record FROM events_toy WHERE stream_id = %s"
        before = owner.execute(record, (letters.id,)).fetchall()

        owner.execute("DELETE FROM data_keys_toy WHERE stream_id = %s", (letters.id,))

        assert owner.execute(record, (letters.id,)).fetchall() == before


class TestRewrapping:
    def test_every_key_is_wrapped_anew_and_everything_still_opens(
        self, cities: Cities, open_store: OpenStore, fresh: City
    ) -> None:
        store, streams = self.filled(open_store, fresh)
        before = [store.load(one).events for one in streams]
        parked = self.parked(cities, fresh)
        delivery = Delivery(body=b"\xff", content_type=None, routing_key="x", user_id=None)
        parked_id = parked.park(delivery, "unreadable", NOON)

        for group in ClassGroup:
            write_master_key(fresh.folder / "keys", group)
        done = rewrap(keeper(cities, fresh), fresh.master_keys(ClassGroup), SERVICES)
        self.only_newest(fresh)

        assert done == len(streams) * 5 + 1
        assert [open_store(city=fresh).load(one).events for one in streams] == before
        assert self.parked(cities, fresh).open(parked_id) == delivery

    @pytest.mark.parametrize("groups", [["internal"], ["personal", "safety"], []])
    def test_the_commands_rotate_and_rewrap_the_groups_that_are_named(
        self, cities: Cities, groups: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        city = cities.new("rotated")
        monkeypatch.setenv("RENKEI_HOME", str(cities.at.home))
        named = [argument for group in groups for argument in ("--group", group)]

        rotated = CliRunner().invoke(main, ["keys", "rotate", *named, "--city", city.name, "--json"])
        rewrapped = CliRunner().invoke(main, ["keys", "rewrap", "--city", city.name, "--json"])

        assert (rotated.exit_code, rewrapped.exit_code) == (0, 0), rotated.output + rewrapped.output
        assert set(json.loads(rotated.stdout)) == set(groups or map(str, ClassGroup))
        assert json.loads(rewrapped.stdout)["wrapped"] == (1 if "internal" in groups or not groups else 0)

    def test_without_rewrapping_the_old_master_key_is_still_needed(self, open_store: OpenStore, fresh: City) -> None:
        _, (stream, *_) = self.filled(open_store, fresh)
        write_master_key(fresh.folder / "keys", ClassGroup.PERSONAL)

        assert open_store(city=fresh).load(stream).events[0].event.sender.is_open
        self.only_newest(fresh)
        with pytest.raises(KeyUnavailable, match="is not held here"):
            open_store(city=fresh).load(stream)

    def test_progress_is_told_and_a_second_run_finds_nothing_to_do(
        self, cities: Cities, open_store: OpenStore, fresh: City
    ) -> None:
        self.filled(open_store, fresh)
        write_master_key(fresh.folder / "keys", ClassGroup.BUSINESS)
        told: list[tuple[int, int]] = []
        masters, database = fresh.master_keys(ClassGroup), keeper(cities, fresh)

        assert rewrap(database, masters, SERVICES, progress=lambda *now: told.append(now)) == 3
        assert told == [(3, 3)]
        assert rewrap(database, masters, SERVICES, progress=lambda *now: told.append(now)) == 0
        assert told == [(3, 3)]

    def test_a_stopped_run_goes_on_where_it_was(self, cities: Cities, open_store: OpenStore, fresh: City) -> None:
        store = open_store(city=fresh)
        stream = StreamId("letter", uuid4())
        people = [uuid4() for _ in range(BATCH + 20)]
        store.append(store.load(stream), [letter(one, one) for one in people], context())
        write_master_key(fresh.folder / "keys", ClassGroup.PERSONAL)
        masters, database = fresh.master_keys(ClassGroup), keeper(cities, fresh)

        def stop(done: int, of: int) -> None:
            assert (done, of) == (BATCH, BATCH + 20)
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            rewrap(database, masters, SERVICES, progress=stop)
        assert rewrap(database, masters, SERVICES) == 20
        self.only_newest(fresh)
        assert all(recorded.event.sender.is_open for recorded in open_store(city=fresh).load(stream).events)

    def test_a_keeper_with_few_keys_wraps_what_it_can_open(
        self, cities: Cities, open_store: OpenStore, fresh: City
    ) -> None:
        self.filled(open_store, fresh)
        for group in ClassGroup:
            write_master_key(fresh.folder / "keys", group)

        assert rewrap(keeper(cities, fresh), fresh.master_keys([ClassGroup.SAFETY]), SERVICES) == 3

    def test_a_key_that_does_not_open_stops_the_run_and_stays_as_it_is(
        self, cities: Cities, open_store: OpenStore, fresh: City
    ) -> None:
        _, streams = self.filled(open_store, fresh)
        shutil.rmtree(fresh.folder / "keys")
        (fresh.folder / "keys").mkdir()
        write_master_key(fresh.folder / "keys", ClassGroup.SAFETY)

        with pytest.raises(KeyUnavailable):
            rewrap(keeper(cities, fresh), fresh.master_keys([ClassGroup.SAFETY]), SERVICES)
        assert len(streams) == 3

    def filled(self, open_store: OpenStore, city: City) -> tuple[EventStore, list[StreamId]]:
        """A store with three letters: of each five keys, of which two are personal."""
        store = open_store(city=city)
        streams = [StreamId("letter", uuid4()) for _ in range(3)]
        for one in streams:
            store.append(store.load(one), [letter()], context(reason="理由。"))
        return store, streams

    def parked(self, cities: Cities, city: City) -> ParkedMessages:
        database = cities.closing(Database(city.databases["toy"]))
        return ParkedMessages(database, "toy", city.master_keys([ClassGroup.PERSONAL]), b"s" * 32)

    def only_newest(self, city: City) -> None:
        """Throws the old master keys away."""

        for path in (city.folder / "keys").glob("master-*.json"):
            kept = json.loads(path.read_text())
            path.write_text(json.dumps({**kept, "keys": kept["keys"][-1:]}))


class TestMasterKeys:
    @pytest.fixture
    def written(self, open_store: OpenStore, fresh: City) -> StreamId:
        stream = StreamId("letter", uuid4())
        store = open_store(city=fresh)
        store.append(store.load(stream), [letter()], context())
        return stream

    @pytest.mark.parametrize(
        "spoil",
        [lambda path: path.unlink(), lambda path: path.write_text("{}"), lambda path: path.write_bytes(b"\0")],
        ids=["missing", "empty", "unreadable"],
    )
    def test_a_store_without_its_master_key_is_not_opened(
        self, open_store: OpenStore, fresh: City, spoil: Callable[[Path], object]
    ) -> None:
        spoil(fresh.folder / "keys" / "master-personal.json")

        with pytest.raises(KeyUnavailable, match=r"master-personal\.json"):
            open_store(city=fresh)

    def test_with_another_master_key_nothing_is_loaded_at_all(
        self, open_store: OpenStore, fresh: City, written: StreamId
    ) -> None:
        (fresh.folder / "keys" / "master-personal.json").unlink()
        write_master_key(fresh.folder / "keys", ClassGroup.PERSONAL)

        with pytest.raises(KeyUnavailable, match="is not held here"):
            open_store(city=fresh).load(written)

    def test_another_city_s_master_keys_open_nothing(
        self, open_store: OpenStore, toy_city: City, fresh: City, written: StreamId
    ) -> None:
        shutil.copytree(toy_city.folder / "keys", fresh.folder / "keys", dirs_exist_ok=True)

        with pytest.raises(KeyUnavailable, match="is not held here"):
            open_store(city=fresh).load(written)

    def test_a_wrapped_key_moved_to_another_stream_opens_nothing(
        self, cities: Cities, open_store: OpenStore, fresh: City, written: StreamId
    ) -> None:
        other = StreamId("letter", uuid4())
        store = open_store(city=fresh)
        assert store.load(written).events[0].event.note.is_open
        store.append(store.load(other), [letter()], context())
        with psycopg.connect(cities.administrator_url(fresh), autocommit=True) as admin:
            admin.execute("DELETE FROM data_keys_toy WHERE stream_id = %s", (other.id,))
            admin.execute("UPDATE data_keys_toy SET stream_id = %s", (other.id,))

        with pytest.raises(KeyUnavailable):
            store.load(other)

    def test_a_sealed_value_moved_to_another_event_opens_nothing(
        self, cities: Cities, open_store: OpenStore, fresh: City, written: StreamId
    ) -> None:
        store = open_store(city=fresh)
        second = store.append(store.load(written), [letter()], context())[0]
        with psycopg.connect(cities.administrator_url(fresh), autocommit=True) as admin:
            admin.execute("DELETE FROM sealed_values_toy WHERE event_id = %s", (second.id,))
            admin.execute("UPDATE sealed_values_toy SET event_id = %s", (second.id,))

        with pytest.raises(KeyUnavailable):
            store.load(written)
