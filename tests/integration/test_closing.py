"""Closing days: at midnight in Tokyo, at the size that the log says, each day once and none left out."""

import json
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from apps.ledger import ZONE, outside
from eventstore.city import City
from eventstore.clock import now
from eventstore.records import StreamId
from eventstore.store import EventStore
from tests.cities import Cities, FrozenClock
from tests.integration.conftest import OpenStore
from tests.ledgers import closed, connected, filled, ledger_command, numbered, verdict_of
from tests.toy import NEIGHBOUR, TOY, Counted, context

TOKYO_MIDNIGHT = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)


def _counted(store: EventStore, at: datetime) -> None:
    store._clock = lambda: at
    store.append(store.new_stream(StreamId("counter", uuid4())), [Counted(by=1)], context())


def _closings(city: City) -> dict[date, int]:
    with connected(city.databases["records"]) as connection:
        return dict(connection.execute("SELECT closes, size FROM checkpoints WHERE closes IS NOT NULL").fetchall())


@pytest.mark.row("N13")
def test_a_day_closes_at_midnight_in_tokyo(cities: Cities, open_store: OpenStore) -> None:
    city, clock, second = cities.stripped([TOY, NEIGHBOUR], "days"), FrozenClock(), timedelta(seconds=1)
    store = open_store(city=city)
    assert closed(city, clock()) == []
    for at in (TOKYO_MIDNIGHT - second, TOKYO_MIDNIGHT - second, TOKYO_MIDNIGHT, TOKYO_MIDNIGHT - second):
        _counted(store, at)
    numbered(city)

    assert closed(city, TOKYO_MIDNIGHT + timedelta(minutes=4)) == [], "what was slow may still come"
    assert closed(city, TOKYO_MIDNIGHT + timedelta(minutes=5)) == [date(2026, 11, 22)]
    assert closed(city, TOKYO_MIDNIGHT + timedelta(hours=23)) == []
    assert _closings(city) == {date(2026, 11, 22): 2}

    later = TOKYO_MIDNIGHT + timedelta(days=3, hours=1)
    assert closed(city, later) == [date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 25)]
    assert _closings(city) == {date(2026, 11, 22): 2} | {date(2026, 11, day): 4 for day in (23, 24, 25)}
    assert verdict_of(city).is_sound


def test_a_day_waits_until_all_of_it_is_numbered(cities: Cities, open_store: OpenStore) -> None:
    city = cities.stripped([TOY, NEIGHBOUR], "waits")
    store = open_store(city=city)
    _counted(store, TOKYO_MIDNIGHT - timedelta(hours=1))
    numbered(city)
    _counted(store, TOKYO_MIDNIGHT - timedelta(minutes=1))

    assert closed(city, TOKYO_MIDNIGHT + timedelta(hours=1)) == []
    numbered(city)
    assert closed(city, TOKYO_MIDNIGHT + timedelta(hours=1)) == [date(2026, 11, 22)]
    assert _closings(city) == {date(2026, 11, 22): 2}


def test_a_closing_is_kept_outside_under_its_day(cities: Cities, open_store: OpenStore) -> None:
    city = cities.stripped([TOY, NEIGHBOUR], "kept")
    _counted(open_store(city=city), TOKYO_MIDNIGHT - timedelta(hours=1))
    numbered(city)
    closed(city, TOKYO_MIDNIGHT + timedelta(days=1, hours=1))

    assert [(note.name, note.closes) for note in outside(city).notes()] == [
        ("001-000000000001-2026-11-22.txt", date(2026, 11, 22)),
        ("001-000000000001-2026-11-23.txt", date(2026, 11, 23)),
    ]


def test_the_command_signs_the_days_before_too_and_prints_the_same_note_again(
    cities: Cities, open_store: OpenStore
) -> None:
    """A day that it left out would never be closed: the relay goes on after the last one."""
    city = cities.stripped([TOY, NEIGHBOUR], "asked")
    first = now() - timedelta(days=3)
    filled(open_store(city=city), 2, at=first)
    numbered(city)
    day = first.astimezone(ZONE).date()
    days = [day + timedelta(days=n) for n in range(-1, 4)]

    def asked(of: date) -> dict[str, object]:
        return dict(json.loads(ledger_command(cities, city, "checkpoint", "--closing", str(of)).stdout))

    note = asked(days[2])
    assert (note["size"], _closings(city)) == (8, dict.fromkeys(days[1:4], 8))
    assert asked(days[2]) == note
    for refused in (days[0], days[4]):  # before the first event, and today
        assert asked(refused) == {"error": asked(date(2999, 1, 1))["error"] | {"message": _message(refused)}}
    assert verdict_of(city, now=now()).is_sound


def _message(day: date) -> str:
    return f"{day} is not closed: it is not over, is before the first event, or is not all numbered and signed yet"
