"""`renkei events tell`: a subscriber whose queue was lost hears what it missed, and nothing that may not leave."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import amqp
import pytest

from apps.composition import SERVICES
from apps.provisioning import broker
from apps.relay.composition import tells
from desk.office import Office
from eventstore.city import City
from eventstore.records import StreamId
from eventstore.relay.publisher import ConfirmedChannel, Publisher
from eventstore.relay.relay import connected as to_broker
from services.intake.declaration import INTAKE
from tests.cities import Cities
from tests.ledgers import connected, intruder, numbered
from tests.parking import Renkei, commanding, recorded, refusal
from tests.samples import sample
from tests.toy import context

QUEUE = "subscriber"


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Whoever the city lets listen: binds a queue, takes what is in it, and may lose it."""

    channel: amqp.Channel

    def bind(self) -> None:
        self.channel.queue_declare(QUEUE, durable=True, auto_delete=False)
        self.channel.queue_bind(QUEUE, "intake.events", "#")

    def heard(self) -> list[amqp.Message]:
        return list(iter(lambda: self.channel.basic_get(QUEUE, no_ack=True), None))

    def lose(self) -> None:
        self.channel.queue_delete(QUEUE)


@pytest.fixture(scope="module")
def city(cities: Cities) -> City:
    """A city of its own, whose services do not run."""
    return cities.new("retold")


@pytest.fixture(scope="module")
def office(cities: Cities, city: City) -> Office:
    """Intake's: a proposal received and accepted, somebody looked at it, and another proposal."""
    office = cities.office(INTAKE, city)
    proposal_id = recorded(office, "ProposalReceived")
    recorded(office, "ProposalAccepted", proposal_id)
    opened = StreamId("intake_access", uuid4())
    office.store.append(office.store.load(opened), [sample(INTAKE.events.declared("RecordOpened", 1))], context())
    recorded(office, "ProposalReceived")
    return office


@pytest.fixture
def subscriber(cities: Cities, city: City) -> Iterator[Subscriber]:
    at = urlsplit(cities.at.amqp_uri)
    with broker.Management(cities.at.management_url, city.name) as api:
        api.create_user(at.username or "guest", None, broker.Rights(configure=".*", write=".*", read=".*"))
    with to_broker(at._replace(path=f"/{city.name}").geturl()) as administrator:
        listening = Subscriber(administrator.channel())
        listening.bind()
        yield listening
        listening.lose()


@pytest.fixture
def renkei(cities: Cities, city: City) -> Iterator[Renkei]:
    with commanding(cities, city) as run:
        yield run


def relayed(city: City) -> int:
    """Tells what the relay has not told yet; gives how far it got."""
    numbered(city)
    with connected(city.databases["relay"]) as connection, to_broker(city.brokers["relay"]) as opened:
        publisher, channel = Publisher.begin(connection, tells(SERVICES)), ConfirmedChannel(opened)
        while publisher.step(channel):
            continue
        return publisher.published


def types(messages: list[amqp.Message]) -> list[str]:
    return [message.delivery_info["routing_key"] for message in messages]


def as_heard(messages: list[amqp.Message]) -> list[tuple[Any, ...]]:
    """Everything of a message that a subscriber sees of it."""
    return [(one.delivery_info["routing_key"], one.body, dict(one.properties)) for one in messages]


@pytest.mark.row("B11")
def test_a_subscriber_whose_queue_was_lost_hears_what_it_missed(
    renkei: Renkei, office: Office, subscriber: Subscriber
) -> None:
    with connected(office.city.databases["relay"]) as relay:
        relay.execute("UPDATE relay_progress SET published = 0")
    head = relayed(office.city)
    missed = subscriber.heard()
    subscriber.lose()
    subscriber.bind()

    done = renkei("events", "tell", "--from", "1")

    assert done.exit_code == 0, done.output
    again = subscriber.heard()
    assert types(again) == ["ProposalReceived", "ProposalAccepted", "ProposalReceived"]
    assert all(message.properties["delivery_mode"] == 2 for message in again)
    told = json.loads(done.stdout)
    assert (told["first"], told["last"]) == (1, head)
    assert told["events"] >= len(again)
    assert as_heard(again) == as_heard(missed)
    assert relayed(office.city) == head


@pytest.mark.row("B11")
def test_what_is_existence_protected_is_not_told_again(renkei: Renkei, office: Office, subscriber: Subscriber) -> None:
    relayed(office.city)
    with connected(office.city.databases["records"]) as records:
        recorded_types = [row[0] for row in records.execute("SELECT type FROM events WHERE service = 'intake'")]
    assert "RecordOpened" in recorded_types
    subscriber.heard()

    assert renkei("events", "tell", "--from", "1").exit_code == 0

    assert "RecordOpened" not in types(subscriber.heard())
    assert renkei("events", "tell", "--from", "1", "--type", "RecordOpened").exit_code == 2


def test_a_passage_and_types_can_be_chosen(renkei: Renkei, office: Office, subscriber: Subscriber) -> None:
    head = relayed(office.city)
    subscriber.heard()

    renkei("events", "tell", "--from", str(head))
    assert types(subscriber.heard()) == ["ProposalReceived"]
    renkei("events", "tell", "--from", "1", "--to", str(head - 1), "--type", "ProposalReceived")
    assert types(subscriber.heard()) == ["ProposalReceived"]
    renkei("events", "tell", "--from", "1", "--type", "ProposalAccepted", "--type", "ProposalReceived")
    assert types(subscriber.heard()) == ["ProposalReceived", "ProposalAccepted", "ProposalReceived"]


def test_what_the_relay_has_not_told_yet_is_left_to_it(renkei: Renkei, office: Office, subscriber: Subscriber) -> None:
    head = relayed(office.city)
    subscriber.heard()

    for asked in (("--from", str(head + 1)), ("--from", "1", "--to", str(head + 1))):
        assert refusal(renkei("events", "tell", *asked)) == (1, "not_told_yet")
    assert subscriber.heard() == []


@pytest.mark.parametrize(
    "arguments", [(), ("--from", "0"), ("--from", "5", "--to", "4"), ("--from", "1", "--type", "x")]
)
def test_wrong_usage_is_told_apart_from_a_refusal(renkei: Renkei, arguments: tuple[str, ...]) -> None:
    assert renkei("events", "tell", *arguments).exit_code == 2


def test_without_a_broker_it_says_so(renkei: Renkei, office: Office, city: City) -> None:
    relayed(city)
    replace(city, brokers=dict.fromkeys(city.brokers, "amqp://nobody:x@127.0.0.1:1/nothing")).write()
    try:
        assert refusal(renkei("events", "tell", "--from", "1")) == (3, "unavailable")
    finally:
        city.write()


def test_a_record_that_is_not_what_was_numbered_is_named_and_what_is_before_it_is_told(
    renkei: Renkei, office: Office, subscriber: Subscriber, cities: Cities, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.relay.retelling.WINDOW", 2)
    head = relayed(office.city)
    subscriber.heard()
    with intruder(cities, office.city) as superuser:
        superuser.does(
            "UPDATE events e SET record = record || '1'::bytea FROM positions p"
            f" WHERE p.service = e.service AND p.sequence = e.sequence AND p.position = {head}"
        )

    done = renkei("events", "tell", "--from", "1")

    assert refusal(done) == (1, "record_not_whole")
    assert f"position {head} " in done.stderr
    assert types(subscriber.heard()) == ["ProposalReceived", "ProposalAccepted"]
