"""The publisher on a real RabbitMQ: in the ledger's order, persistent, valid, nothing sealed, nothing protected."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import amqp
import psycopg
import pytest
import structlog
from cloudevents.core.bindings.http import HTTPMessage, from_structured
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from apps.provisioning import broker
from apps.relay.composition import tells
from eventstore.city import City
from eventstore.errors import Unavailable
from eventstore.events import EventTypes
from eventstore.records import StreamId
from eventstore.relay.publisher import CONTENT_TYPE, ConfirmedChannel, Publisher
from eventstore.relay.relay import connected as to_broker
from eventstore.relay.sequencer import Sequencer
from eventstore.relay.single import AnotherRelay
from eventstore.store import EventStore
from tests.cities import Cities, management
from tests.integration.conftest import OpenStore
from tests.ledgers import Connection, connected, filled, intruder, numbered, on_broker
from tests.toy import NEIGHBOUR, TOY, Counted, context

ALL = tells([TOY, NEIGHBOUR])
QUEUE = "heard"


class Ground:
    """A toy city with a vhost, and a queue that hears everything the toy tells."""

    def __init__(self, city: City, relay: str, administrator: amqp.Connection) -> None:
        self.city, self.relay = city, relay
        self.channel = administrator.channel()
        self.channel.queue_declare(QUEUE, durable=True, auto_delete=False)
        self.channel.queue_bind(QUEUE, "toy.events", "#")

    def heard(self) -> list[amqp.Message]:
        """Takes what is in the queue."""
        return list(iter(lambda: self.channel.basic_get(QUEUE, no_ack=True), None))

    def records(self) -> list[dict[str, Any]]:
        """The envelopes in the ledger's order."""
        with connected(self.city.databases["records"]) as connection:
            rows = connection.execute(
                "SELECT record FROM positions JOIN events USING (service, sequence) ORDER BY position"
            ).fetchall()
        return [json.loads(row[0]) for row in rows]


@pytest.fixture
def ground(cities: Cities) -> Iterator[Ground]:
    city = on_broker(cities, cities.stripped([TOY, NEIGHBOUR], "told"))
    at = urlsplit(cities.at.amqp_uri)
    with broker.Management(cities.at.management_url, city.name) as api:
        api.create_user(at.username or "guest", None, broker.Rights(configure=".*", write=".*", read=".*"))
    with to_broker(at._replace(path=f"/{city.name}").geturl()) as administrator:
        yield Ground(city, city.brokers["relay"], administrator)


def told(ground: Ground, types: Any = ALL) -> int:
    """Publishes everything that is numbered."""
    with connected(ground.city.databases["relay"]) as connection, to_broker(ground.relay) as opened:
        publisher, channel, count = Publisher.begin(connection, types), ConfirmedChannel(opened), 0
        while made := publisher.step(channel):
            count += made
        return count


def numbered_one_by_one(city: City, store: EventStore, events: int) -> None:
    with connected(city.databases["relay"]) as connection:
        sequencer = Sequencer.begin(connection)
        for _ in range(events):
            store.append(store.new_stream(StreamId("counter", uuid4())), [Counted(by=1)], context())
            sequencer.step()


def test_what_is_numbered_while_the_publisher_looks_is_told(ground: Ground, open_store: OpenStore) -> None:
    with (
        ThreadPoolExecutor(1) as pool,
        connected(ground.city.databases["relay"]) as connection,
        to_broker(ground.relay) as opened,
    ):
        publisher, channel = Publisher.begin(connection, ALL), ConfirmedChannel(opened)
        numbering = pool.submit(numbered_one_by_one, ground.city, open_store(city=ground.city), 100)
        while not numbering.done():
            publisher.step(channel)
        while publisher.step(channel):
            continue
    numbering.result()
    assert [json.loads(message.body)["id"] for message in ground.heard()] == [one["id"] for one in ground.records()]


def test_everything_is_told_in_the_ledger_s_order_persistent_and_valid(ground: Ground, open_store: OpenStore) -> None:
    store = open_store(city=ground.city)
    filled(store, 4)
    numbered(ground.city)
    assert told(ground) == 16

    messages, records = ground.heard(), ground.records()
    assert [message.properties["message_id"] for message in messages] == [record["id"] for record in records]
    for message, record in zip(messages, records, strict=True):
        body = message.body if isinstance(message.body, bytes) else message.body.encode()
        event = from_structured(
            HTTPMessage(headers={"content-type": CONTENT_TYPE}, body=body), JSONFormat(), CloudEvent
        )
        assert message.properties["delivery_mode"] == 2
        assert message.properties["content_type"] == CONTENT_TYPE
        assert message.delivery_info["routing_key"] == event.get_type() == record["type"]
        assert (event.get_id(), event.get_source(), event.get_subject()) == (
            record["id"], "/services/toy", record["stream"],
        )  # fmt: skip
        assert event.get_extension("streamversion") == record["version"]
        assert event.get_extension("correlationid") == record["correlation"]
        span = UUID(record["id"]).hex[:16]
        assert event.get_extension("traceparent") == f"00-{UUID(record['correlation']).hex}-{span}-01"


def test_nothing_sealed_travels(ground: Ground, open_store: OpenStore) -> None:
    filled(open_store(city=ground.city), 1)
    numbered(ground.city)
    told(ground)

    [letter, *_] = [json.loads(message.body) for message in ground.heard()]
    assert set(letter["data"]) == {"sender_id", "receiver_id", "subject"}
    for word in ("青森一郎", "百万円", "試験", "commitment", "reason", "digest", "actor"):
        assert word not in json.dumps(letter, ensure_ascii=False)


def test_what_is_existence_protected_or_unknown_never_leaves(ground: Ground, open_store: OpenStore) -> None:
    filled(open_store(city=ground.city), 2)
    numbered(ground.city)

    assert told(ground, {("toy", "Counted"): True, ("toy", "LetterWritten"): False}) == 8
    assert {message.delivery_info["routing_key"] for message in ground.heard()} == {"Counted"}


def test_an_existence_protected_type_is_declared_not_to_leave() -> None:
    types = EventTypes("police")

    @types.event(category="enquiry", version=1, existence_protected=True)
    @dataclass(frozen=True, slots=True, kw_only=True)
    class EnquirySent:
        number: int

    assert tells([replace(TOY, events=types)]) == {("police", "EnquirySent"): False}


def test_an_event_is_told_with_the_trace_that_came_and_a_span_of_its_own(ground: Ground, open_store: OpenStore) -> None:
    store, trace = open_store(city=ground.city), "4bf92f3577b34da6a3ce929d0e0e4736"
    came = replace(context(), trace=f"00-{trace}-00f067aa0ba902b7-00")
    store.append(store.new_stream(StreamId("counter", uuid4())), [Counted(by=1)] * 2, came)
    numbered(ground.city)
    told(ground)

    assert [json.loads(message.body)["traceparent"] for message in ground.heard()] == [
        f"00-{trace}-{UUID(record['id']).hex[:16]}-00" for record in ground.records()
    ]


FIVE = "SELECT sequence FROM positions WHERE position BETWEEN 3 AND 7"
GONE = "DELETE FROM positions WHERE position BETWEEN 3 AND 7"


@pytest.mark.parametrize(
    ("statement", "window", "code", "last"),
    [
        (f"DELETE FROM events_toy WHERE sequence IN ({FIVE})", 5, "record_missing", 7),
        (f"UPDATE events_toy SET record = record || '1'::bytea WHERE sequence IN ({FIVE})", 9, "record_changed", 7),
        (GONE, 1000, "position_missing", 7),
        (GONE, 5, "position_missing", 7),
        (
            "UPDATE events_toy e SET record = '{}' FROM positions p WHERE e.sequence = p.sequence AND position = 3;"
            " UPDATE positions SET leaf = sha256('\\x00'::bytea || '{}') WHERE position = 3",
            1000, "form_unknown", 3,
        ),
    ],
    ids=["events gone", "records changed", "positions gone", "a whole window gone", "no record"],
)  # fmt: skip
def test_what_cannot_be_told_any_more_is_said_and_passed(
    ground: Ground,
    open_store: OpenStore,
    cities: Cities,
    monkeypatch: pytest.MonkeyPatch,
    statement: str,
    window: int,
    code: str,
    last: int,
) -> None:
    monkeypatch.setattr("eventstore.relay.publisher.WINDOW", window)
    filled(open_store(city=ground.city), 3)
    numbered(ground.city)
    ids = [record["id"] for record in ground.records()]
    with intruder(cities, ground.city) as superuser:
        superuser.does(statement)

    with structlog.testing.capture_logs() as logged:
        assert told(ground) == 12
    said = [line for line in logged if line["log_level"] == "error"]
    assert {line["code"] for line in said} == {code}
    assert [at for line in said for at in range(line["position"], line["position"] + line.get("count", 1))] == [
        *range(3, last + 1)
    ]
    assert [message.properties["message_id"] for message in ground.heard()] == ids[:2] + ids[last:]


def test_one_publisher_is_at_work(ground: Ground) -> None:
    with connected(ground.city.databases["relay"]) as first, connected(ground.city.databases["relay"]) as second:
        Publisher.begin(first, ALL)
        with pytest.raises(AnotherRelay):
            Publisher.begin(second, ALL)


def test_after_a_killed_connection_everything_is_told_at_least_once_in_order(
    ground: Ground, open_store: OpenStore, cities: Cities, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eventstore.relay.publisher.WINDOW", 50)
    store = open_store(city=ground.city)
    store.append(store.new_stream(StreamId("counter", uuid4())), [Counted(by=1)] * 400, context())
    numbered(ground.city)
    kills: list[Callable[[Connection, amqp.Connection], object]] = [
        lambda database, _: database.close(),
        lambda _, opened: opened.transport.sock.close(),
        lambda database, _: _terminated(cities, ground.city, database),
    ]

    for kill in kills:
        with connected(ground.city.databases["relay"]) as connection:
            opened = to_broker(ground.relay)
            opened.connect()
            publisher, channel = Publisher.begin(connection, ALL), ConfirmedChannel(opened)
            assert publisher.step(channel) == 50
            confirm = channel.confirm
            monkeypatch.setattr(channel, "confirm", lambda tag: (confirm(tag), kill(connection, opened)))  # noqa: B023
            with pytest.raises((Unavailable, psycopg.Error)):
                _two_steps(publisher, channel)
            opened.collect()
    assert told(ground) > 0

    heard = [message.properties["message_id"] for message in ground.heard()]
    assert list(dict.fromkeys(heard)) == [record["id"] for record in ground.records()]
    assert len(heard) > 400, "nothing was told twice: the test does not test"


def test_a_broker_that_dies_between_two_windows_is_told_again_from_the_last_confirmed_one(
    ground: Ground, open_store: OpenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eventstore.relay.publisher.WINDOW", 50)
    store = open_store(city=ground.city)
    store.append(store.new_stream(StreamId("counter", uuid4())), [Counted(by=1)] * 180, context())
    numbered(ground.city)
    ids = [record["id"] for record in ground.records()]
    with connected(ground.city.databases["relay"]) as connection:
        opened = to_broker(ground.relay)
        opened.connect()
        publisher, channel = Publisher.begin(connection, ALL), ConfirmedChannel(opened)
        for published in (0, 50, 100):
            assert publisher.step(channel) == 50
            assert publisher.published == progress(connection) == published, "one window is open"
        channel.confirm(150)
        assert progress(connection) == 100
        opened.transport.sock.close()
        with pytest.raises(Unavailable):
            publisher.step(channel)
        assert (progress(connection), publisher.published) == (100, 100)
        opened.collect()

    assert told(ground) == 80
    assert [message.properties["message_id"] for message in ground.heard()] == ids[:150] + ids[100:]
    with connected(ground.city.databases["relay"]) as connection:
        assert progress(connection) == 180


def progress(connection: Connection) -> int:
    (published,) = connection.execute("SELECT published FROM relay_progress").fetchone() or (None,)
    return int(published or 0)


def _two_steps(publisher: Publisher, channel: ConfirmedChannel) -> None:
    publisher.step(channel)
    publisher.step(channel)


def _terminated(cities: Cities, city: City, connection: Connection) -> None:
    with connected(cities.administrator_url(city)) as administrator:
        administrator.execute("SELECT pg_terminate_backend(%s)", (connection.info.backend_pid,))


def test_a_missing_exchange_stops_the_telling_and_loses_nothing(
    ground: Ground, open_store: OpenStore, cities: Cities
) -> None:
    filled(open_store(city=ground.city), 1)
    numbered(ground.city)
    with management(cities.at.management_url) as api:
        api.delete(f"exchanges/{ground.city.name}/toy.events").raise_for_status()
    with pytest.raises(Unavailable):
        told(ground)
    with broker.Management(cities.at.management_url, ground.city.name) as mending:
        mending.create_exchange("toy.events", "topic")
    ground.channel.queue_bind(QUEUE, "toy.events", "#")

    assert told(ground) == 4
    assert len(ground.heard()) == 4
