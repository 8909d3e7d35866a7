"""Delivered twice and shuffled: the same records as once and in order, and every delivery gets the same answer."""

import json
import random
from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

import psycopg
import pytest

from apps.provisioning.city import Installation
from desk.portal.messages import Unanswerable
from eventstore.city import City
from eventstore.parked import Delivery
from eventstore.records import StreamId
from services.administration.declaration import ADMINISTRATION
from services.intake.declaration import INTAKE
from services.intake.queries.records import shown
from services.intake.reactions.portal import portal_reactions
from services.intake.reception import Reception
from tests.cities import Cities, FrozenClock
from tests.portals import (
    FULL,
    admitted_in_the_log,
    as_body,
    changed,
    inquiry,
    opened_portal,
    proposal,
    submission,
    until,
)
from tests.serving import serving

PORTAL: Final = "city-portal"
PORTAL_ID: Final = UUID("6f2f6a52-2d0a-4f43-8a0e-4d4d9b8f3c11")


def messages() -> list[dict[str, Any]]:
    """Good and bad ones, among them a corrected and a reused id."""
    wrong = proposal(title="")
    good = [submission(FULL), *[proposal(title=f"件名{n}") for n in range(8)], *[inquiry() for _ in range(6)]]
    return [*good, wrong, proposal(kind="gift"), submission(FULL, "Greeting"), changed(proposal(), "data.contact", ...)]


def delivery(message: dict[str, Any] | bytes) -> Delivery:
    kind = "ProposalSubmitted" if isinstance(message, bytes) else message["type"]
    return Delivery(body=as_body(message), content_type="application/json", routing_key=kind, user_id=PORTAL)


@pytest.fixture
def in_a_city(cities: Cities) -> Callable[[], tuple[City, Callable[[Delivery], Any]]]:
    """`in_a_city()` makes a city and gives it with what its intake answers; what cannot be answered is parked there."""

    def made() -> tuple[City, Callable[[Delivery], Any]]:
        city = cities.new("shuffled")
        admitted_in_the_log(cities.office(ADMINISTRATION, city), PORTAL, PORTAL_ID)
        office = cities.office(INTAKE, city, FrozenClock())
        reactions = portal_reactions(office, Reception(office))

        def react(delivered: Delivery) -> Any:
            try:
                return reactions.answer(delivered).event
            except Unanswerable as unanswerable:
                office.parked.park(delivered, unanswerable.stable_code, office.clock())
                return unanswerable.stable_code

        return city, react

    return made


def records(cities: Cities, city: City) -> list[Any]:
    """What intake recorded, by id: sealed parts as their class, since salts are drawn anew, and then opened."""
    store = cities.office(INTAKE, city).store
    with psycopg.connect(cities.administrator_url(city)) as connection:
        rows = connection.execute("SELECT record FROM events_intake ORDER BY id").fetchall()
    envelopes = [json.loads(row[0]) for row in rows]
    opened = [shown(store.load(StreamId.parse(envelope["stream"])).events) for envelope in envelopes]
    for one in opened:
        del one["receipt_number"]  # by the city's own key
    return [*map(_without_salts, envelopes), *opened]


def _without_salts(value: Any) -> Any:
    match value:
        case {"class": str(protection), **_rest}:
            return protection
        case dict():
            return {name: _without_salts(inner) for name, inner in value.items()}
        case list():
            return [_without_salts(inner) for inner in value]
        case _:
            return value


@pytest.mark.row("S17")
@pytest.mark.parametrize("seed", range(3))
def test_twice_and_shuffled_records_the_same_as_once_and_in_order(
    cities: Cities, in_a_city: Callable[[], tuple[City, Callable[[Delivery], Any]]], seed: int
) -> None:
    sent = [*map(delivery, messages()), delivery(b"not JSON"), delivery(b"[]")]
    shuffled = [*sent, *sent]
    random.Random(seed).shuffle(shuffled)  # noqa: S311 - the same order each time
    (once, react_once), (twice, react_twice) = in_a_city(), in_a_city()

    first = [react_once(one) for one in sent]
    answers: dict[bytes, list[Any]] = {}
    for one in shuffled:
        answers.setdefault(one.body, []).append(react_twice(one))

    assert len(records(cities, once)) == 2 * 15
    assert records(cities, twice) == records(cities, once)
    assert all(given[0] == given[1] for given in answers.values())
    assert [_outcome(answers[one.body][0]) for one in sent] == [_outcome(answer) for answer in first]
    for city in (once, twice):
        with psycopg.connect(cities.administrator_url(city)) as connection:
            assert connection.execute("SELECT count(*) FROM parked_intake").fetchone() == (2,)


def _outcome(answer: Any) -> Any:
    if isinstance(answer, str):
        return answer
    kept = {name: value for name, value in answer["data"].items() if name not in ("content_receipt",)}
    return answer["type"], answer["id"], {name: kept[name] for name in kept if not name.startswith(("rece", "access"))}


@pytest.mark.row("S17")
def test_ten_at_a_time_from_the_queue_record_each_submission_once(
    cities: Cities, installation: Installation, tmp_path: Any
) -> None:
    city = cities.new("at_once")
    sent = messages()
    deliveries = [*sent, *sent, *sent]
    random.Random(5).shuffle(deliveries)  # noqa: S311 - the same order each time

    with serving("intake", city, folder=tmp_path), opened_portal(installation, city) as portal:
        for message in deliveries:
            portal.publish(message)
        for message in sent:
            assert len({answer.type for answer in portal.wait(message["id"], 3)}) == 1
        received = [answer for answer in portal.answers if answer.type.endswith("Received")]

        assert len(received) == 3 * 15
        assert len({answer.body for answer in received}) == 15
        until(lambda: len(records(cities, city)) == 2 * 15)
