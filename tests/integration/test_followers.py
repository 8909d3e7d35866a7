"""Followers: the log's order, result and checkpoint together, parking by position, and building again."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from apps.provisioning.database import role
from desk.office import Office
from desk.turns import Turn
from eventstore.city import City
from eventstore.declaration import Service
from eventstore.errors import NotFound, Unavailable
from eventstore.following.followers import PAGE, Busy, Follower, NotAProjection, NotParked, RefusedAgain
from eventstore.following.freshness import AtLeast, NotYetFollowed, PositionParked
from eventstore.following.subscriptions import On, Subscription
from eventstore.recording import Append
from eventstore.records import StreamId
from tests.cities import Cities
from tests.ledgers import connected, intruder, numbered
from tests.portals import until
from tests.toy import ECHOES, NEIGHBOUR, TOTALS, TOY, UNLUCKY, Counted, LetterRead, Reset, context, total_up


@pytest.fixture
def followed(cities: Cities) -> City:
    """A toy city of the test's own: a follower reads the whole log."""
    return cities.stripped([TOY, NEIGHBOUR], "followed")


@pytest.fixture
def office(cities: Cities, followed: City) -> Callable[[Service], Office]:
    return lambda service: cities.office(service, followed)


def follower(office: Office) -> Follower[Turn]:
    (only,) = office.followers
    return only


def run(office: Office) -> int:
    """Follows to the end; gives how many positions that were."""
    passed = 0
    while step := follower(office).step():
        passed += step
    return passed


def counted(office: Office, *counts: int, stream: StreamId | None = None) -> StreamId:
    stream = stream or StreamId("counter", uuid4())
    for by in counts:
        office.store.append(office.store.load(stream), [Counted(by=by)], context())
    return stream


@contextmanager
def looking(city: City, role: str = "toy") -> Iterator[Callable[[str], list[tuple[Any, ...]]]]:
    with connected(city.databases[role]) as connection:
        yield lambda statement: connection.execute(statement.encode()).fetchall()


def test_a_projection_follows_in_the_logs_order(office: Callable[[Service], Office], followed: City) -> None:
    toy = office(TOY)
    stream = counted(toy, 1, 2, 3)
    toy.store.append(toy.store.load(stream), [Reset()], context())
    counted(toy, 4, stream=stream)

    assert run(toy) == 0, "nothing is followed before it is numbered"
    numbered(followed)
    assert run(toy) == 5
    with looking(followed) as rows:
        assert rows("SELECT counter_id, total, version FROM toy_totals") == [(stream.id, 4, 5)]
        assert rows("SELECT name, position FROM subscriptions_toy") == [("totals", 5)]


@pytest.mark.row("B10")
def test_a_reaction_appends_once_however_often_it_is_followed(
    office: Callable[[Service], Office], followed: City
) -> None:
    toy, neighbour = office(TOY), office(NEIGHBOUR)
    counted(toy, 1, 2)
    numbered(followed)
    assert run(neighbour) == 2
    with connected(followed.databases["neighbour"]) as connection:
        connection.execute("UPDATE subscriptions_neighbour SET position = 0")
    assert run(neighbour) == 2
    with looking(followed, "neighbour") as rows:
        echoes = rows("SELECT count(*), count(DISTINCT stream_id) FROM events_neighbour")
    assert echoes == [(2, 2)]


def test_what_follows_names_its_cause_and_stays_in_its_trace(
    office: Callable[[Service], Office], followed: City
) -> None:
    toy, neighbour = office(TOY), office(NEIGHBOUR)
    stream = counted(toy, 7)
    (cause,) = toy.store.load(stream).events
    numbered(followed)
    run(neighbour)
    (echo,) = neighbour.store.load(_echo_of(followed)).events

    assert (echo.causation_id, echo.correlation_id) == (cause.id, cause.correlation_id)
    assert echo.trace == f"00-{cause.correlation_id.hex}-{cause.id.hex[:16]}-01"
    assert (echo.actor.role, echo.actor.app) == ("system", "neighbour")


def _echo_of(city: City) -> StreamId:
    with looking(city, "neighbour") as rows:
        ((stream,),) = rows("SELECT stream_id FROM events_neighbour")
    return StreamId("echo", stream)


@pytest.mark.row("B10")
@pytest.mark.parametrize(
    ("service", "counts", "code"),
    [
        (TOY, (1, UNLUCKY, 2), "too_far"),
        (TOY, (1, 2000, 2), "fault"),
        (NEIGHBOUR, (1, UNLUCKY, 2), "too_far"),
        (NEIGHBOUR, (1, -1, 2), "unreadable"),
    ],
)
def test_what_cannot_be_taken_is_parked_by_position_and_passed(
    office: Callable[[Service], Office], followed: City, service: Service, counts: tuple[int, ...], code: str
) -> None:
    counted(office(TOY), *counts)
    numbered(followed)

    assert run(office(service)) == 3

    (subscription,) = service.subscriptions
    with looking(followed, service.name) as rows:
        parked = rows(f"SELECT subscription, position, code FROM parked_positions_{service.name}")
        made = rows("SELECT total FROM toy_totals" if service is TOY else "SELECT count(*) FROM events_neighbour")
    assert parked == [(subscription.name, 2, code)]
    assert made == [(3 if service is TOY else 2,)]


@pytest.mark.parametrize(
    "change",
    [
        "convert_to(replace(convert_from(record, 'UTF8'), '\"form\":1', '\"form\":2'), 'UTF8')",
        "'nothing'",
        "'[]'",
        "'\\xff'",
        "convert_to(replace(convert_from(record, 'UTF8'), '\"Counted\"', '\"Other\"'), 'UTF8')",
        "convert_to(replace(convert_from(record, 'UTF8'), '\"by\":2', '\"by\":\"two\"'), 'UTF8')",
    ],
    ids=["newer form", "text", "array", "bytes", "another type", "another field"],
)
@pytest.mark.parametrize("service", [TOY, NEIGHBOUR], ids=["own", "foreign"])
def test_a_record_that_nobody_can_read_is_parked_and_the_rest_goes_on(
    office: Callable[[Service], Office], followed: City, cities: Cities, service: Service, change: str
) -> None:
    counted(office(TOY), 1, 2, 3)
    numbered(followed)
    with intruder(cities, followed) as superuser:
        second = "(SELECT sequence FROM positions WHERE position = 2)"
        superuser.does(f"UPDATE events_toy SET record = {change} WHERE sequence = {second}")

    assert run(office(service)) == 3

    with looking(followed, service.name) as rows:
        assert [row[0] for row in rows(f"SELECT position FROM parked_positions_{service.name}")] == [2]
        made = rows("SELECT total FROM toy_totals" if service is TOY else "SELECT count(*) FROM events_neighbour")
    assert made == [(4 if service is TOY else 2,)]


def test_everything_of_a_page_can_be_parked(office: Callable[[Service], Office], followed: City) -> None:
    counted(office(TOY), *[UNLUCKY] * 7, 1, UNLUCKY)
    numbered(followed)

    assert run(office(TOY)) == 9
    with looking(followed) as rows:
        parked = [position for (position,) in rows("SELECT position FROM parked_positions_toy ORDER BY position")]
        assert parked == [1, 2, 3, 4, 5, 6, 7, 9]
        assert rows("SELECT total FROM toy_totals") == [(1,)]


def test_a_parked_position_is_retried_or_discarded(
    office: Callable[[Service], Office], followed: City, cities: Cities
) -> None:
    toy = office(TOY)
    counted(toy, 2000, UNLUCKY)
    numbered(followed)
    run(toy)
    with pytest.raises(RefusedAgain) as again:
        follower(toy).retry(1)
    assert again.value.stable_code == "fault"
    with connected(cities.administrator_url(followed)) as admin:
        admin.execute("ALTER TABLE toy_totals DROP CONSTRAINT toy_totals_total_check")

    follower(toy).retry(1)
    follower(toy).discard(2)

    with looking(followed) as rows:
        assert rows("SELECT * FROM parked_positions_toy") == []
        assert rows("SELECT total FROM toy_totals") == [(2000,)]
    for gone in (follower(toy).retry, follower(toy).discard):
        with pytest.raises(NotParked):
            gone(1)


def test_while_something_is_unavailable_nothing_is_followed(
    office: Callable[[Service], Office], followed: City, cities: Cities
) -> None:
    toy = office(TOY)
    counted(toy, 1)
    numbered(followed)
    with connected(cities.administrator_url(followed)) as admin:
        admin.execute("REVOKE INSERT ON toy_totals FROM CURRENT_USER, " + role(followed.name, "toy"))
        with pytest.raises(Unavailable):
            follower(toy).step()
        with looking(followed) as rows:
            assert rows("SELECT * FROM parked_positions_toy") == rows("SELECT * FROM toy_totals") == []
        admin.execute("GRANT INSERT ON toy_totals TO " + role(followed.name, "toy"))
    assert run(toy) == 1


def test_one_of_several_followers_is_at_work_at_a_time(office: Callable[[Service], Office], followed: City) -> None:
    toy = office(TOY)
    counted(toy, 1)
    numbered(followed)
    with connected(followed.databases["toy"]) as other:
        run(toy)
        counted(toy, 1)
        numbered(followed)
        with other.transaction():
            other.execute("SELECT FROM subscriptions_toy FOR UPDATE")
            with pytest.raises(Busy):
                follower(toy).step()
        assert follower(toy).step() == 1


@pytest.mark.row("B11")
def test_what_was_missed_is_caught_up_page_by_page(office: Callable[[Service], Office], followed: City) -> None:
    toy = office(TOY)
    stream = toy.store.new_stream(StreamId("counter", uuid4()))
    events = PAGE * 2 + 7
    toy.store.append_batch(
        [Append(stream=stream.id, version=0, events=[Counted(by=0)] * events, context=context(), keys=stream.keys)]
    )
    numbered(followed)

    assert [follower(toy).step() for _ in range(4)] == [PAGE, PAGE, 7, 0]


def _rows(city: City) -> list[tuple[Any, ...]]:
    with looking(city) as rows:
        return rows("SELECT ctid IS NULL, t::text FROM toy_totals t ORDER BY counter_id")


def test_a_rebuilt_projection_equals_the_live_one_and_readers_never_see_it_half(
    office: Callable[[Service], Office], followed: City
) -> None:
    toy = office(TOY)
    for n in range(9):
        counted(toy, *range(n), UNLUCKY)
    numbered(followed)
    run(toy)
    live, seen = _rows(followed), []
    with connected(followed.databases["toy"]) as connection:
        connection.execute("UPDATE toy_totals SET total = 0")
    changed = _rows(followed)

    told: list[tuple[int, int]] = []

    def progress(position: int, of: int) -> None:
        told.append((position, of))
        seen.append(_rows(followed))

    head = follower(toy).rebuild(progress)

    assert told[-1] == (head, head)
    assert seen == [changed] * len(told)
    assert _rows(followed) == live
    with looking(followed) as rows:
        assert rows("SELECT count(*) FROM parked_positions_toy") == [(9,)]


def test_a_rebuild_that_is_broken_off_changes_nothing(office: Callable[[Service], Office], followed: City) -> None:
    toy = office(TOY)
    counted(toy, 1, 2)
    numbered(followed)
    run(toy)
    live = _rows(followed)

    def broken_off(*_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        follower(toy).rebuild(broken_off)
    assert _rows(followed) == live
    assert follower(toy).step() == 0


def test_a_reaction_is_not_built_again(office: Callable[[Service], Office]) -> None:
    with pytest.raises(NotAProjection):
        follower(office(NEIGHBOUR)).rebuild()


def test_a_list_waits_for_what_somebody_has_just_written(office: Callable[[Service], Office], followed: City) -> None:
    toy = office(TOY)
    stream = counted(toy, 1, 2)
    written = AtLeast(stream=stream, version=2)
    with pytest.raises(NotYetFollowed):
        toy.freshness.wait(TOTALS, written, seconds=0.05)
    numbered(followed)
    assert (toy.freshness.of(TOTALS).position, toy.freshness.of(TOTALS).behind) == (0, 2)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(toy.freshness.wait, TOTALS, written, 20.0)
        run(toy)
        waiting.result(timeout=20)
    assert toy.freshness.of(TOTALS).behind == 0
    for absent in (AtLeast(stream=stream, version=3), AtLeast(stream=StreamId("counter", uuid4()), version=1)):
        with pytest.raises(NotFound):
            toy.freshness.wait(TOTALS, absent)


def test_a_list_does_not_tell_what_it_does_not_follow(office: Callable[[Service], Office], followed: City) -> None:
    toy = office(TOY)
    stream = toy.store.new_stream(StreamId("letter", uuid4()))
    toy.store.append(stream, [LetterRead(times=1)], context())
    numbered(followed)
    run(toy)

    with pytest.raises(NotFound):
        toy.freshness.wait(TOTALS, AtLeast(stream=stream.id, version=1))


def test_a_list_says_that_it_cannot_show_what_was_parked(office: Callable[[Service], Office], followed: City) -> None:
    toy = office(TOY)
    stream = counted(toy, UNLUCKY, 1)
    numbered(followed)
    run(toy)

    toy.freshness.wait(TOTALS, AtLeast(stream=stream, version=2))
    with pytest.raises(PositionParked):
        toy.freshness.wait(TOTALS, AtLeast(stream=stream, version=1))


def test_a_rebuild_that_waited_for_a_running_step_falls_behind_nothing(
    office: Callable[[Service], Office], followed: City, cities: Cities
) -> None:
    toy, other = office(TOY), office(TOY)
    counted(toy, 1, 2)
    numbered(followed)
    with ThreadPoolExecutor(1) as pool, connected(cities.administrator_url(followed)) as admin:
        run(toy)
        with admin.transaction():
            admin.execute("SELECT FROM subscriptions_toy FOR UPDATE")
            rebuilding = pool.submit(follower(other).rebuild)
            until(lambda: admin.execute("SELECT FROM pg_locks WHERE NOT granted").fetchone() is not None)
            counted(toy, 3)
            numbered(followed)
        assert rebuilding.result(timeout=20) == 3
    with looking(followed) as rows:
        assert rows("SELECT position FROM subscriptions_toy") == [(3,)]


def test_a_service_follows_only_what_it_declares_to_read() -> None:
    with pytest.raises(ValueError, match="which is not read"):
        replace(TOY, subscriptions=(ECHOES, Subscription(name="x", on=(On("LetterCopied", total_up, "neighbour"),))))
