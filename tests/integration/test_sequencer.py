"""The sequencer: nothing lost, nothing twice, no gap, each stream in order, whoever is slow and whatever is killed."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from eventstore.city import City
from eventstore.errors import Unavailable
from eventstore.ledger.stored import Ledger
from eventstore.records import StreamId
from eventstore.relay.sequencer import Sequencer
from eventstore.relay.single import SEQUENCER, AnotherRelay, is_taken
from eventstore.store import EventStore
from tests.cities import Cities
from tests.integration.conftest import OpenStore
from tests.ledgers import Connection, assert_whole, connected, numbered
from tests.portals import until
from tests.toy import NEIGHBOUR, TOY, Counted, context

WRITERS, EACH = 8, 60
INSERT = (
    "INSERT INTO {} (category, stream_id, version, id, type, schema_version, command_id, recorded_at, record)"
    " VALUES ('counter', %s, %s, gen_random_uuid(), 'Counted', 1, gen_random_uuid(), now(), convert_to(%s, 'UTF8'))"
)


@pytest.fixture
def toy(cities: Cities) -> City:
    """A toy city of the test's own."""
    return cities.stripped([TOY, NEIGHBOUR], "numbered")


@pytest.fixture
def connect(toy: City, cities: Cities) -> Iterator[Callable[..., Connection]]:
    """`connect("toy")`: an autocommit connection as that role, as superuser where there is no such role."""
    with ExitStack() as stack:
        yield lambda role: stack.enter_context(connected(toy.databases.get(role) or cities.administrator_url(toy)))


def insert(connection: Connection, stream: UUID, version: int, table: str = "events_toy") -> None:
    connection.execute(INSERT.format(table).encode(), (stream, version, f"{stream}/{version}"))


def drained(sequencer: Sequencer) -> int:
    count = 0
    while made := sequencer.step():
        count += made
    return count


def writer(uri: str, seed: int, pace: float, tables: tuple[str, ...]) -> int:
    """Appends to streams of its own in transactions that now and then are slow, or rolled back; gives how many stay."""
    chance = random.Random(seed)  # noqa: S311 - a test is repeated by its seed
    streams: dict[UUID, int] = {uuid4(): 0 for _ in range(3)}
    kept = 0
    with connected(uri) as connection:
        for _ in range(EACH):
            stream = chance.choice(list(streams))
            events, is_kept = chance.randint(1, 3), chance.random() > 0.25
            with connection.transaction(force_rollback=not is_kept):
                for n in range(events):
                    insert(connection, stream, streams[stream] + n + 1, chance.choice(tables))
                if chance.random() < 0.3:
                    connection.execute("SELECT pg_sleep(%s)", (chance.random() * pace,))
            if is_kept:
                streams[stream] += events
                kept += events
    return kept


class Writing:
    """Eight writers at once, in the background."""

    def __init__(self, uri: str, tables: tuple[str, ...] = ("events_toy",)) -> None:
        self.kept = [0] * WRITERS
        self._threads = [
            threading.Thread(target=self._write, args=(n, uri, tables), daemon=True) for n in range(WRITERS)
        ]
        for thread in self._threads:
            thread.start()

    def _write(self, n: int, uri: str, tables: tuple[str, ...]) -> None:
        self.kept[n] = writer(uri, n, 0.05, tables)

    @property
    def is_on(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)


@pytest.mark.row("N13")
def test_eight_writers_with_rollbacks_and_slow_commits_lose_nothing(
    toy: City, connect: Callable[..., Connection], cities: Cities
) -> None:
    writing = Writing(cities.administrator_url(toy), ("events_toy", "events_neighbour", "events_toy"))
    sequencer = Sequencer.begin(connect("relay"))
    while writing.is_on:
        sequencer.step()
    drained(sequencer)

    assert assert_whole(connect("records")) == sum(writing.kept) > WRITERS * EACH


def test_a_sequencer_killed_again_and_again_goes_on_where_it_was(
    toy: City, connect: Callable[..., Connection], cities: Cities
) -> None:
    chance, kills = random.Random(5), 0  # noqa: S311 - as above
    writing = Writing(cities.administrator_url(toy))
    administrator = connect("administrator")
    while writing.is_on:
        with connected(toy.databases["relay"]) as connection:
            ends = threading.Timer(
                chance.random() * 0.1,
                lambda pid: administrator.execute("SELECT pg_terminate_backend(%s)", (pid,)),
                (connection.info.backend_pid,),
            )
            ends.start()
            with pytest.raises((Unavailable, psycopg.Error)):
                step_for_ever(connection)
            ends.join()
            kills += 1
    numbered_at_last = until_lock(connect("relay"))
    drained(numbered_at_last)

    assert kills > 3
    assert assert_whole(connect("records")) == sum(writing.kept)


def step_for_ever(connection: Connection) -> None:
    sequencer = until_lock(connection)
    while True:
        sequencer.step()


def until_lock(connection: Connection) -> Sequencer:
    """A sequencer as soon as the one before it is gone."""

    def begun() -> Sequencer | None:
        try:
            return Sequencer.begin(connection)
        except AnotherRelay:
            return None

    return until(begun)


def test_a_long_transaction_delays_its_own_events_only(connect: Callable[..., Connection]) -> None:
    slow, quick, sequencer = connect("toy"), connect("toy"), Sequencer.begin(connect("relay"))
    with slow.transaction():
        insert(slow, late := uuid4(), 1)
        for version in range(1, 6):
            insert(quick, stream := uuid4(), 1)
            insert(quick, stream, 2)
            assert drained(sequencer) == 2, version
        assert not Ledger(connect("records")).is_caught_up()
    assert drained(sequencer) == 1

    assert assert_whole(connect("records")) == 11
    (last,) = connect("records").execute(
        "SELECT stream_id FROM positions JOIN events USING (service, sequence) ORDER BY position DESC LIMIT 1"
    ).fetchone() or (None,)
    assert last == late
    assert until(lambda: drained(sequencer) == 0 and Ledger(connect("records")).is_caught_up())


def test_a_transaction_that_appends_nothing_holds_nobody_up(connect: Callable[..., Connection]) -> None:
    """A dump, a report, a migration of another table: however long it takes, no number can come of it."""
    foreign, service, sequencer = connect("administrator"), connect("toy"), Sequencer.begin(connect("relay"))
    with foreign.transaction():
        foreign.execute("CREATE TABLE foreign_work AS SELECT count(*) FROM events")
        with service.transaction(force_rollback=True):
            insert(service, uuid4(), 1)
        insert(service, uuid4(), 1)
        assert drained(sequencer) == 1
        sequencer.step()
        assert sequencer.holes == []
        assert Ledger(connect("records")).is_caught_up()


def test_numbers_that_were_drawn_and_never_used_are_passed(connect: Callable[..., Connection]) -> None:
    administrator, toy_service, sequencer = connect("administrator"), connect("toy"), Sequencer.begin(connect("relay"))
    for _ in range(3):
        administrator.execute("SELECT nextval('events_sequence') FROM generate_series(1, 7)")
        insert(toy_service, uuid4(), 1)
        sequencer.step()
    drained(sequencer)
    sequencer.step()

    assert assert_whole(connect("records")) == 3
    assert sequencer.holes == []
    assert Ledger(connect("records")).is_caught_up()


def test_a_hole_outlives_the_sequencer_that_saw_it(toy: City, connect: Callable[..., Connection]) -> None:
    slow, quick = connect("toy"), connect("toy")
    with slow.transaction():
        insert(slow, uuid4(), 1)
        insert(quick, uuid4(), 1)
        assert numbered(toy) == 1
    assert numbered(toy) == 1
    assert assert_whole(connect("records")) == 2


def test_an_insert_through_the_parent_table_is_waited_for(toy: City, connect: Callable[..., Connection]) -> None:
    """It draws its number before it locks a partition."""
    slow, quick, sequencer = connect("administrator"), connect("toy"), Sequencer.begin(connect("relay"))
    with slow.transaction():
        slow.execute("LOCK TABLE events IN ROW EXCLUSIVE MODE")
        (number,) = slow.execute("SELECT nextval('events_sequence')").fetchone() or (0,)
        insert(quick, uuid4(), 1)
        for _ in range(5):
            sequencer.step()
        assert [holes.numbers for holes in sequencer.holes] == [{number}]
    sequencer.step()
    assert sequencer.holes == []


def test_of_two_at_once_one_stands_by(toy: City, connect: Callable[..., Connection]) -> None:
    with connected(toy.databases["relay"]) as first:
        Sequencer.begin(first)
        assert is_taken(connect("records"), SEQUENCER)
        with pytest.raises(AnotherRelay):
            Sequencer.begin(connect("relay"))
    until_lock(connect("relay"))


def test_a_backlog_is_numbered_in_batches(
    toy: City, open_store: OpenStore, connect: Callable[..., Connection], record_property: Callable[[str, Any], None]
) -> None:
    store: EventStore = open_store(city=toy)
    for _ in range(30):
        store.append(store.new_stream(StreamId("counter", uuid4())), [Counted(by=1)] * 400, context())

    began = time.monotonic()
    assert numbered(toy) == 12_000
    record_property("events_per_second", round(12_000 / (time.monotonic() - began)))
    assert assert_whole(connect("records")) == 12_000
