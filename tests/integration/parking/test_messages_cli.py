"""`renkei messages`: what is parked is seen, retried once its cause is gone, or discarded by who says why."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from apps.provisioning.city import Installation
from desk.office import Office
from eventstore.city import City
from eventstore.parked import NotParked
from tests.cities import Cities, management
from tests.integration.parking.conftest import Stored
from tests.ledgers import connected
from tests.parking import (
    Renkei,
    failing_at_commit,
    park,
    parked,
    refusal,
    submitted,
)
from tests.portals import PlainPortal, admitted, quote, until


@pytest.fixture
def portal_name() -> str:
    """A portal's name, which the broker knows in one city only; nobody has admitted it."""
    return f"late-{uuid4().hex[:12]}"


@pytest.fixture
def late(installation: Installation, city: City, portal_name: str) -> Iterator[PlainPortal]:
    """That portal, admitted when a test asks for it."""
    with PlainPortal(city.brokers["intake"], portal_name, admitted(installation, city, portal_name)) as portal:
        yield portal


@pytest.mark.row("B10")
def test_a_message_of_a_portal_admitted_later_is_answered_and_stored_once(
    renkei: Renkei, office: Office, portal_name: str, stored: Stored, request: pytest.FixtureRequest
) -> None:
    message = submitted(portal_name)
    parked_id = park(office, message, "unknown_portal", portal_name)
    again = renkei("messages", "retry", parked_id)
    assert again.exit_code == 1
    assert json.loads(again.stdout) == [{"service": "intake", "id": parked_id, "refused": "unknown_portal"}]
    assert [row["id"] for row in parked(renkei)] == [parked_id]

    portal: PlainPortal = request.getfixturevalue("late")
    retried = renkei("messages", "retry", parked_id)
    (answer,) = portal.wait(message["id"])

    assert retried.exit_code == 0
    assert json.loads(retried.stdout) == [{"service": "intake", "id": parked_id, "refused": None}]
    assert answer.type == "ProposalReceived"
    assert (stored(), parked(renkei)) == (["ProposalReceived"], [])
    assert refusal(renkei("messages", "retry", parked_id)) == (1, "not_parked")


@pytest.mark.row("B10")
def test_a_retry_broken_off_after_its_answer_gives_the_same_answer_again(
    renkei: Renkei, office: Office, city: City, cities: Cities, late: PlainPortal, portal_name: str, stored: Stored
) -> None:
    """As a process killed at the last moment leaves it: stored, answered, and still parked."""
    message = submitted(portal_name)
    parked_id = park(office, message, "unknown_portal", portal_name)
    with failing_at_commit(cities, city, "parked_intake"):
        assert refusal(renkei("messages", "retry", parked_id)) == (3, "not_removed")
        (first,) = late.wait(message["id"])
        assert [row["id"] for row in parked(renkei)] == [parked_id]

    assert renkei("messages", "retry", "--all").exit_code == 0
    _, second = late.wait(message["id"], 2)
    assert second.event == first.event
    assert (stored(), parked(renkei)) == (["ProposalReceived"], [])


def test_an_answer_that_no_queue_takes_leaves_the_message_parked(
    renkei: Renkei, office: Office, city: City, installation: Installation, portal_name: str, stored: Stored
) -> None:
    admitted(installation, city, portal_name)
    with management(installation.management_url) as api:
        api.delete(f"queues/{quote(city.name)}/portal.answers.{portal_name}").raise_for_status()
    parked_id = park(office, submitted(portal_name), "unknown_portal", portal_name)

    for _ in range(2):
        assert json.loads(renkei("messages", "retry", parked_id).stdout)[0]["refused"] == "undeliverable"
    assert ([row["id"] for row in parked(renkei)], stored()) == ([parked_id], ["ProposalReceived"])


def test_without_a_broker_the_message_stays_parked(
    renkei: Renkei, office: Office, city: City, late: PlainPortal, portal_name: str
) -> None:
    parked_id = park(office, submitted(portal_name), "unknown_portal", portal_name)
    nowhere = dict.fromkeys(city.brokers, "amqp://nobody:x@127.0.0.1:1/nothing")
    replace(city, brokers=nowhere).write()
    try:
        assert renkei("messages", "retry", "--all").exit_code == 3
    finally:
        city.write()
    assert [row["id"] for row in parked(renkei)] == [parked_id]


def test_all_of_it_is_retried_and_what_is_refused_again_is_named(
    renkei: Renkei, office: Office, late: PlainPortal, portal_name: str
) -> None:
    broken = park(office, b"not JSON", portal=portal_name)
    good = park(office, submitted(portal_name), "unknown_portal", portal_name)

    retried = renkei("messages", "retry", "--all")

    assert retried.exit_code == 1
    assert {row["id"]: row["refused"] for row in json.loads(retried.stdout)} == {broken: "not_json", good: None}
    assert [row["id"] for row in parked(renkei)] == [broken]


def test_where_nothing_is_parked_there_is_nothing_to_retry(renkei: Renkei) -> None:
    retried = renkei("messages", "retry", "--all")
    assert (retried.exit_code, json.loads(retried.stdout)) == (0, [])


def test_of_two_who_handle_a_message_at_once_the_second_finds_it_gone(
    office: Office, city: City, cities: Cities
) -> None:
    parked_id = UUID(park(office, b"x"))

    def second() -> None:
        with office.parked.removing(parked_id):
            raise AssertionError("both have it")

    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    with ThreadPoolExecutor(1) as pool, connected(cities.administrator_url(city)) as admin:
        with office.parked.removing(parked_id):
            other = pool.submit(second)
            until(lambda: (admin.execute(waiting.encode()).fetchone() or (0,))[0])
        with pytest.raises(NotParked):
            other.result(timeout=20)


@pytest.mark.parametrize(
    "arguments",
    [
        ("retry",), ("retry", "x", "--all"), ("discard", "x"), ("discard", "--reason", "y"),
        ("discard", "x", "--reason", " "), ("discard", "x", "--reason", "a\x00b"),
    ],
)  # fmt: skip
def test_wrong_usage_is_told_apart_from_a_refusal(renkei: Renkei, arguments: tuple[str, ...]) -> None:
    assert renkei("messages", *arguments).exit_code == 2
