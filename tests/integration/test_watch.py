"""The figures of a city: what waits, since when, what is parked, which days are not closed, who is at work."""

from collections.abc import Callable
from datetime import timedelta
from math import inf
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from apps.composition import SERVICES
from apps.ledger import ZONE, outside, signer
from apps.provisioning.city import Installation, mend_city
from apps.watch import figures
from apps.watch.backlogs import Backlog
from apps.watch.figures import Figures, Followed, ParkedMessages, ParkedPositions
from desk.office import Office
from eventstore.city import City
from eventstore.declaration import Service
from eventstore.errors import Unavailable
from eventstore.ledger.closing import close_days
from eventstore.ledger.stored import Ledger
from eventstore.records import StreamId
from eventstore.relay.single import PUBLISHER, SEQUENCER, take
from tests.cities import NOON, Cities, FrozenClock
from tests.ledgers import connected, intruder, numbered, signed
from tests.toy import NEIGHBOUR, TOY, UNLUCKY, Counted, context

NONE = Backlog(0, 0.0)
TOTALS = Followed("toy", "totals", "projection")
ECHOES = Followed("neighbour", "echoes", "reaction")
TOYS = (TOY, NEIGHBOUR)


@pytest.fixture
def toy(cities: Cities) -> City:
    """A toy city of the test's own."""
    return cities.stripped(TOYS, "watched")


@pytest.fixture
def office(cities: Cities, toy: City, clock: FrozenClock) -> Callable[[Service], Office]:
    return lambda service: cities.office(service, toy, clock)


def asked(city: City, seconds: float = 90.0) -> Figures:
    """The figures so many seconds after noon."""
    return figures.ask(city, TOYS, NOON + timedelta(seconds=seconds))


def counted(office: Office, *counts: int) -> None:
    stream = StreamId("counter", uuid4())
    for by in counts:
        office.store.append(office.store.load(stream), [Counted(by=by)], context())


def told(city: City, position: int) -> None:
    with connected(city.databases["relay"]) as connection:
        connection.execute("UPDATE relay_progress SET published = %s", (position,))


def test_a_city_in_which_nothing_has_happened_waits_for_nothing(toy: City) -> None:
    assert asked(toy) == Figures(
        positions=0,
        unnumbered=NONE,
        untold=NONE,
        followed={TOTALS: NONE, ECHOES: NONE},
        parked_positions={},
        parked_messages={},
        waiting={},
        checkpoint_age=None,
        closing_age=None,
        unclosed_days=0,
        is_sequenced=False,
        is_published=False,
    )


def test_what_is_recorded_waits_until_it_is_numbered_then_told_and_followed(
    office: Callable[[Service], Office], toy: City, clock: FrozenClock
) -> None:
    counted(office(TOY), 1)
    clock.advance(timedelta(seconds=30))
    counted(office(TOY), 1, 1)

    assert asked(toy).unnumbered == Backlog(3, 90.0)
    assert asked(toy).followed[TOTALS] == NONE, "nobody can follow what has no position"

    numbered(toy)
    waiting = asked(toy)
    assert (waiting.positions, waiting.unnumbered, waiting.untold) == (3, NONE, Backlog(3, 90.0))
    assert waiting.followed == {TOTALS: Backlog(3, 90.0), ECHOES: Backlog(3, 90.0)}

    told(toy, 1)
    office(TOY).followers[0].step()
    assert asked(toy).untold == Backlog(2, 60.0)
    assert asked(toy).followed == {TOTALS: NONE, ECHOES: Backlog(3, 90.0)}

    told(toy, 3)
    office(NEIGHBOUR).followers[0].step()
    told_of = asked(toy)
    assert (told_of.untold, told_of.followed[ECHOES]) == (NONE, NONE)
    assert told_of.unnumbered.count == 3, "the neighbour's echoes"


def test_what_was_committed_late_into_a_hole_waits_too(
    office: Callable[[Service], Office], toy: City, cities: Cities
) -> None:
    with connected(cities.administrator_url(toy)) as slow, slow.transaction():
        slow.execute(
            "INSERT INTO events_toy"
            " (category, stream_id, version, id, type, schema_version, command_id, recorded_at, record)"
            " VALUES ('counter', %s, 1, %s, 'Counted', 1, %s, %s, '')",
            (uuid4(), uuid4(), uuid4(), NOON - timedelta(seconds=10)),
        )
        counted(office(TOY), 1, 1)
        assert numbered(toy) == 2
        assert asked(toy).unnumbered == NONE
    assert asked(toy).unnumbered == Backlog(1, 100.0)
    assert numbered(toy) == 1
    assert asked(toy).unnumbered == NONE


def test_an_event_that_is_gone_has_waited_nobody_knows_how_long(
    office: Callable[[Service], Office], toy: City, cities: Cities
) -> None:
    counted(office(TOY), 1)
    numbered(toy)
    with intruder(cities, toy) as superuser:
        superuser.does("DELETE FROM events_toy")

    assert asked(toy).untold == Backlog(1, inf)


def test_an_event_of_a_clock_that_is_ahead_has_not_waited_at_all(
    office: Callable[[Service], Office], toy: City
) -> None:
    counted(office(TOY), 1)

    assert asked(toy, -1).unnumbered == Backlog(1, 0.0)


@pytest.mark.row("B10")
def test_parked_positions_are_counted_by_code_until_they_are_retried_or_discarded(
    office: Callable[[Service], Office], toy: City, clock: FrozenClock
) -> None:
    counted(office(TOY), UNLUCKY, UNLUCKY, 2000)
    numbered(toy)
    (follower,) = office(TOY).followers
    clock.advance(timedelta(seconds=60))
    follower.step()

    parked = {
        ParkedPositions("toy", "totals", "fault"): Backlog(1, 30.0),
        ParkedPositions("toy", "totals", "too_far"): Backlog(2, 30.0),
    }
    assert asked(toy).parked_positions == parked
    assert asked(toy).followed[TOTALS] == NONE, "what is parked is passed"

    for position in (1, 2, 3):
        follower.discard(position)
    assert asked(toy).parked_positions == {}


@pytest.mark.row("B10")
def test_parked_messages_are_counted_by_code(toy: City) -> None:
    with connected(toy.databases["toy"]) as connection:
        for code, seconds in (("not_json", 20), ("not_json", 40), ("too_large", 80)):
            connection.execute(
                "INSERT INTO parked_toy (id, reason, parked_at, class_group, master_key, key_id, wrapped, blob)"
                " VALUES (gen_random_uuid(), %s, %s, 'personal', gen_random_uuid(), gen_random_uuid(), '', '')",
                (code, NOON + timedelta(seconds=seconds)),
            )

    assert asked(toy).parked_messages == {
        ParkedMessages("toy", "not_json"): Backlog(2, 70.0),
        ParkedMessages("toy", "too_large"): Backlog(1, 10.0),
    }


@pytest.mark.row("N13")
def test_days_that_are_over_and_not_closed_are_counted(office: Callable[[Service], Office], toy: City) -> None:
    counted(office(TOY), 1)
    numbered(toy)
    signed(toy)
    midnight = timedelta(hours=12).total_seconds()
    assert [asked(toy, midnight + minute * 60).unclosed_days for minute in (-1, 4, 5, 24 * 60 + 5)] == [0, 0, 1, 2]
    at = asked(toy, midnight)
    assert (at.checkpoint_age, at.closing_age) == (midnight, None)

    with connected(toy.databases["relay"]) as connection:
        now = NOON + timedelta(hours=13)
        close_days(Ledger(connection), toy.municipality, ZONE, signer(toy), outside(toy), now)
    at = asked(toy, timedelta(hours=14).total_seconds())
    assert (at.unclosed_days, at.checkpoint_age, at.closing_age) == (0, 3600.0, 3600.0)


@pytest.mark.parametrize(("work", "field"), [(SEQUENCER, "is_sequenced"), (PUBLISHER, "is_published")])
def test_a_relay_at_work_is_seen_by_its_lock(toy: City, work: int, field: str) -> None:
    with connected(toy.databases["relay"]) as relay:
        take(relay, work)
        assert {name for name in ("is_sequenced", "is_published") if getattr(asked(toy), name)} == {field}
    assert not getattr(asked(toy), field)


def test_the_watch_may_not_take_long(toy: City) -> None:
    with connected(toy.databases["watch"]) as connection:
        assert connection.execute("SHOW statement_timeout").fetchone() == ("3s",)


def test_a_city_from_before_the_watch_is_given_its_login(installation: Installation, cities: Cities) -> None:
    city = cities.new("before")
    del city.databases["watch"]
    city.write()
    with pytest.raises(Unavailable) as unavailable:
        figures.ask(city, SERVICES, NOON)
    assert unavailable.value.stable_code == "not_migrated"

    mend_city(installation, city.name)

    mended = City.read(installation.home, city.name)
    assert {**city.databases, "watch": mended.databases["watch"]} == mended.databases
    assert figures.ask(mended, SERVICES, NOON).unnumbered.count == 1
    assert urlsplit(mended.databases["watch"]).username == f"renkei_{city.name}_watch"
