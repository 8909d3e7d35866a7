"""Followers under fire: writers that roll back and are slow, transactions that stay open, connections that are cut."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from threading import Event
from typing import Any
from uuid import UUID, uuid4

import pytest

from desk.office import Office
from desk.turns import Turn
from eventstore.city import City
from eventstore.declaration import Service
from eventstore.errors import Unavailable
from eventstore.following.followers import Busy
from eventstore.following.subscriptions import Handler
from eventstore.records import Recorded, StreamId
from eventstore.relay.sequencer import Sequencer
from eventstore.store import EventStore
from tests.cities import Cities
from tests.ledgers import connected, numbered
from tests.portals import until
from tests.positions import disorder, positions
from tests.toy import NEIGHBOUR, TOY, Counted, context

WRITERS, EACH = 8, 40
STANDING = (
    "SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM positions),"
    " (SELECT array_agg(position) FROM subscriptions WHERE position > 0)"
)


@pytest.fixture
def followed(cities: Cities) -> City:
    """A toy city of the test's own: a follower reads the whole log."""
    return cities.stripped([TOY, NEIGHBOUR], "under_fire")


def rows(cities: Cities, city: City, statement: str) -> list[tuple[Any, ...]]:
    with connected(cities.administrator_url(city)) as administrator:
        return administrator.execute(statement.encode()).fetchall()


def write(store: EventStore, uri: str, seed: int) -> Counter[UUID]:
    """Counts in streams of its own, in transactions that now and then are slow, or rolled back; gives what stays."""
    chance, kept = random.Random(seed), Counter[UUID]()  # noqa: S311 - a test is repeated by its seed
    streams = [StreamId("counter", uuid4()) for _ in range(3)]
    with connected(uri) as connection:
        amid = store.amid(connection)
        for _ in range(EACH):
            stream, is_kept = chance.choice(streams), chance.random() > 0.25
            events = [Counted(by=chance.randint(1, 9)) for _ in range(chance.randint(1, 3))]
            with connection.transaction(force_rollback=not is_kept):
                amid.append(amid.load(stream), events, context())
                if chance.random() < 0.3:
                    connection.execute("SELECT pg_sleep(%s)", (chance.random() * 0.1,))
            if is_kept:
                kept[stream.id] += sum(event.by for event in events)
    return kept


def follow(office: Office, over: Event) -> int:
    """Follows until it is over; gives how often it was cut off."""
    cut = 0
    while not over.is_set():
        for follower in office.followers:
            try:
                follower.step() or over.wait(0.002)
            except Busy:
                over.wait(0.002)
            except Unavailable:
                cut += 1
    return cut


def cut_off(cities: Cities, city: City) -> None:
    """Ends the connection of some follower."""
    rows(
        cities, city,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        " AND application_name = 'renkei' ORDER BY random() LIMIT 1",
    )  # fmt: skip


@contextmanager
def at_once(*works: Callable[[Event], Any]) -> Iterator[list[Future[Any]]]:
    """All of these in the background, told at the end that it is over."""
    over = Event()
    with ThreadPoolExecutor(len(works)) as pool:
        started = [pool.submit(work, over) for work in works]
        try:
            yield started
        finally:
            over.set()


@pytest.mark.row("B10")
@pytest.mark.parametrize("are_cut_off", [False, True], ids=["left in peace", "cut off again and again"])
def test_nothing_is_lost_or_followed_twice_while_eight_write_and_two_of_each_follow(
    cities: Cities, followed: City, are_cut_off: bool
) -> None:
    offices = [cities.office(service, followed) for service in (TOY, NEIGHBOUR) for _ in range(2)]
    works = [lambda over, office=office: follow(office, over) for office in offices]
    store, uri = offices[0].store, followed.databases["toy"]
    chance = random.Random(5)  # noqa: S311 - a test is repeated by its seed

    with ThreadPoolExecutor(WRITERS) as pool, at_once(*works) as following:
        writing = [pool.submit(write, store, uri, seed) for seed in range(WRITERS)]
        with connected(followed.databases["relay"]) as relay:
            sequencer = Sequencer.begin(relay)

            def everything_is_followed() -> bool:
                sequencer.step()
                is_over = all(one.done() for one in writing)
                if are_cut_off and not is_over and chance.random() < 0.5:
                    cut_off(cities, followed)
                ((stored, count, heads),) = rows(cities, followed, STANDING)
                return is_over and heads is not None and [count, *heads] == [stored] * 3

            until(everything_is_followed, 60)
    cuts = sum(one.result() or 0 for one in following)
    assert cuts > 3 if are_cut_off else not cuts

    assert_followed_once(cities, followed, sum((one.result() for one in writing), Counter[UUID]()))


def assert_followed_once(cities: Cities, city: City, kept: Counter[UUID]) -> None:
    """The log is in order, every count is in its total and echoed once, and nothing was parked."""
    with connected(city.databases["records"]) as records:
        log = positions(records)
    ((stored,),) = rows(cities, city, "SELECT count(*) FROM events")
    assert disorder(log, stored) == []
    assert dict(rows(cities, city, "SELECT counter_id, total FROM toy_totals")) == kept
    echoed = Counter(one.causation for one in log if one.type == "Echoed")
    assert echoed == Counter(one.id for one in log if one.type == "Counted")
    assert rows(cities, city, "SELECT * FROM parked_positions") == []


def followed_to_the_end(city: City, *offices: Office) -> None:
    """Numbers and follows everything that is there, and what follows from it."""
    followers = [follower for office in offices for follower in office.followers]
    while numbered(city) + sum(follower.step() for follower in followers):
        continue


def test_a_long_transaction_elsewhere_delays_its_own_events_and_loses_none(cities: Cities, followed: City) -> None:
    toy, neighbour = cities.office(TOY, followed), cities.office(NEIGHBOUR, followed)
    late, early = (StreamId("counter", uuid4()) for _ in range(2))
    shown = "SELECT counter_id, total FROM toy_totals ORDER BY total"
    with connected(followed.databases["toy"]) as slow:
        amid = toy.store.amid(slow)
        with slow.transaction():
            amid.append(amid.load(late), [Counted(by=100)], context())
            for _ in range(3):
                toy.store.append(toy.store.load(early), [Counted(by=1)], context())
                followed_to_the_end(followed, toy, neighbour)
            assert rows(cities, followed, shown) == [(early.id, 3)]
    followed_to_the_end(followed, toy, neighbour)

    assert_followed_once(cities, followed, Counter({early.id: 3, late.id: 100}))
    with connected(followed.databases["records"]) as records:
        log = positions(records)
    assert min(log, key=lambda one: one.sequence).stream == str(late)
    assert [one.stream for one in log if one.type == "Counted"] == [str(early)] * 3 + [str(late)]


@pytest.mark.row("B10")
@pytest.mark.parametrize("service", [TOY, NEIGHBOUR], ids=["projection", "reaction"])
@pytest.mark.parametrize("is_done", [True, False], ids=["after its result", "before its result"])
def test_a_step_whose_connection_is_cut_has_never_been(
    cities: Cities, followed: City, service: Service, is_done: bool
) -> None:
    toy, whole = cities.office(TOY, followed), cities.office(service, followed)
    stream = StreamId("counter", uuid4())
    toy.store.append(toy.store.load(stream), [Counted(by=by) for by in (1, 2, 3)], context())
    numbered(followed)
    (subscription,) = service.subscriptions
    on = tuple(replace(one, do=cutting(cities, followed, one.do, is_done)) for one in subscription.on)
    cut = cities.office(replace(service, subscriptions=(replace(subscription, on=on),)), followed)

    with pytest.raises(Unavailable):
        cut.followers[0].step()
    for nothing in ("toy_totals", "events_neighbour", "subscriptions", "parked_positions"):
        assert rows(cities, followed, f"SELECT * FROM {nothing}") == []
    assert whole.followers[0].step() == 3

    followed_to_the_end(followed, toy, cities.office(NEIGHBOUR, followed))
    assert_followed_once(cities, followed, Counter({stream.id: 6}))


def cutting(cities: Cities, city: City, do: Handler[Turn], is_done: bool) -> Handler[Turn]:
    """A handler that does its work or does not begin it, and whose second connection is ended by the administrator."""

    def handle(turn: Turn, recorded: Recorded) -> None:
        if recorded.version == 1 or is_done:
            do(turn, recorded)
        if recorded.version == 3:
            pid = turn.connection.info.backend_pid
            assert rows(cities, city, f"SELECT pg_terminate_backend({pid}, 10000)") == [(True,)]

    return handle
