"""The figures as they are told: to Prometheus, by city, whichever of them answers, and to people."""

import json
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result
from prometheus_client.parser import text_string_to_metric_families
from werkzeug.test import Client

from apps.cli.__main__ import main
from apps.servers.addresses import LOOPBACK
from apps.watch.connections import AT_ONCE
from apps.watch.lately import LATELY
from apps.watch.metrics import GAUGES
from apps.watch.web import application
from eventstore.city import City
from eventstore.records import StreamId
from tests.cities import NOON, Cities, FrozenClock
from tests.ledgers import numbered
from tests.toy import NEIGHBOUR, TOY, UNLUCKY, Counted, context

TOTALS = ("toy", "totals", "projection")
ECHOES = ("neighbour", "echoes", "reaction")
TOYS = (TOY, NEIGHBOUR)


@pytest.fixture(scope="module")
def toy(cities: Cities) -> City:
    """A city whose services are the toy and its neighbour."""
    return cities.stripped(TOYS, "watched")


@pytest.fixture
def silent() -> Iterator[str]:
    """The URI of a server that takes connections and never says anything."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"postgresql://127.0.0.1:{server.getsockname()[1]}/nothing"


def scraped(*cities: City) -> dict[str, dict[tuple[str, ...], float]]:
    """What `/metrics` tells: metric → values of its labels, the city first → value."""
    labels = {gauge.name: gauge.labels for gauge in GAUGES}
    answer = Client(application(cities, TOYS, lambda: NOON + timedelta(seconds=90))).get("/metrics")
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain; version=")
    return {
        family.name: {
            tuple(sample.labels[label] for label in ("city", *labels.get(family.name, ()))): sample.value
            for sample in family.samples
        }
        for family in text_string_to_metric_families(answer.text)
    }


def test_every_metric_is_told_of_every_city_with_its_labels(toy: City, cities: Cities, clock: FrozenClock) -> None:
    office = cities.office(TOY, toy, clock)
    for by in (1, UNLUCKY):
        office.store.append(office.store.new_stream(StreamId("counter", uuid4())), [Counted(by=by)], context())
    numbered(toy)
    office.followers[0].step()
    other = cities.stripped(TOYS, "other")

    metrics = scraped(toy, other)

    assert set(metrics) == {"renkei_up", *(gauge.name for gauge in GAUGES)}
    assert metrics["renkei_up"] == {(toy.name,): 1, (other.name,): 1}
    assert metrics["renkei_ledger_positions"] == {(toy.name,): 2, (other.name,): 0}
    assert metrics["renkei_untold_oldest_age_seconds"] == {(toy.name,): 90, (other.name,): 0}
    assert metrics["renkei_subscription_behind_positions"] == {
        (toy.name, *TOTALS): 0, (toy.name, *ECHOES): 2, (other.name, *TOTALS): 0, (other.name, *ECHOES): 0,
    }  # fmt: skip
    assert metrics["renkei_parked_positions"] == {(toy.name, "toy", "totals", "too_far"): 1}
    assert metrics["renkei_relay_at_work"] == {
        (name, work): 0 for name in (toy.name, other.name) for work in ("sequencer", "publisher")
    }


def _with_watch(city: City, uri: str) -> City:
    return replace(city, databases=city.databases | {"watch": uri})


def test_a_city_that_does_not_answer_is_told_and_the_others_are_told_still(toy: City, silent: str) -> None:
    gone = replace(_with_watch(toy, "postgresql://127.0.0.1:1/nothing"), name="gone")
    mute = replace(_with_watch(toy, silent), name="mute")
    older = replace(toy, name="older", databases={"relay": toy.databases["relay"]})

    metrics = scraped(gone, toy, mute, older)

    assert metrics.pop("renkei_up") == {("gone",): 0, (toy.name,): 1, ("mute",): 0, ("older",): 0}
    assert {labels[0] for samples in metrics.values() for labels in samples} == {toy.name}


def test_so_many_cities_are_asked_at_once_and_no_more(toy: City) -> None:
    with socket.create_server((LOOPBACK, 0), backlog=2 * AT_ONCE) as server, ThreadPoolExecutor(1) as pool:
        uri = f"postgresql://{LOOPBACK}:{server.getsockname()[1]}/nothing?sslmode=disable&gssencmode=disable"
        many = [replace(_with_watch(toy, uri), name=f"city{number}") for number in range(AT_ONCE + 1)]
        asking = pool.submit(scraped, *many)
        asked = [server.accept()[0] for _ in range(AT_ONCE)]
        server.settimeout(0.5)
        with pytest.raises(TimeoutError):
            server.accept()
        server.settimeout(20)
        for one in asked:
            one.close()
        server.accept()[0].close()
        assert asking.result(timeout=20)["renkei_up"] == {(city.name,): 0 for city in many}


def test_metrics_are_asked_for_once_in_a_while_however_many_want_them(toy: City, clock: FrozenClock) -> None:
    """The database goes away unseen until the answer is old."""
    asked = _with_watch(toy, toy.databases["watch"])
    client = Client(application([asked], TOYS, clock))

    def is_up() -> bool:
        return f'renkei_up{{city="{toy.name}"}} 1.0' in client.get("/metrics").text

    assert is_up()
    asked.databases["watch"] = "postgresql://127.0.0.1:1/nothing"
    assert is_up()
    clock.advance(LATELY)
    assert not is_up()


@pytest.fixture
def lag(cities: Cities, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """`lag(city)`: `renkei lag --city …`."""
    monkeypatch.setenv("RENKEI_HOME", str(cities.at.home))
    return lambda city, *arguments: CliRunner().invoke(main, ["lag", "--city", city.name, *arguments])


def test_people_are_told_the_same(city: City, lag: Callable[..., Result]) -> None:
    shown = lag(city)
    assert shown.exit_code == 0, shown.output
    (first, unnumbered, *_), words = shown.stdout.splitlines(), shown.stdout
    assert first.split() == ["count", "oldest"]
    assert unnumbered.split()[:3] == ["not", "numbered", "1"]
    assert "projection intake.proposals" in words
    assert "0 positions; 0 days not closed\nNO relay numbers\nNO relay tells" in words

    written: dict[str, Any] = json.loads(lag(city, "--json").stdout)
    assert written["unnumbered"]["count"] == 1
    assert {"service": "intake", "subscription": "proposals", "kind": "projection", "count": 0, "age": 0.0} in written[
        "followed"
    ]


def test_without_a_database_people_are_told_so(cities: Cities, lag: Callable[..., Result]) -> None:
    away = _with_watch(cities.stripped(TOYS, "away"), "postgresql://127.0.0.1:1/nothing")
    away.write()

    assert lag(away).exit_code == 3
