"""Broker rights by trying: every user does what it must, and is refused everything else that there is to try."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeAlias
from urllib.parse import urlsplit
from uuid import uuid4

import amqp
import pytest

from apps.provisioning.city import Installation, create_city
from eventstore.city import City
from tests.cities import AOMORI, TOKOROZAWA, Cities
from tests.portals import PlainPortal, StaffTool, admitted, connected, proposal

PORTAL, OTHER = "rights-portal", "rights-other"
EXCHANGES: Final = (
    "", "amq.topic", "amq.direct", "amq.fanout", "amq.headers", "portal.events", "portal.answers", "portal.unroutable",
    "nameko-rpc", "intake.events", "matching.events", "administration.events",
)  # fmt: skip
WAKES: Final = {
    "intake": {"intake.follow.proposals"},
    "matching": {"matching.follow.open_cases", "matching.follow.cases"},
    "administration": set[str](),
}
QUEUES: Final = (
    "intake.portal_events", "matching.portal_events", f"portal.answers.{PORTAL}", f"portal.answers.{OTHER}",
    *(f"rpc-{service}" for service in WAKES), *(queue for queues in WAKES.values() for queue in sorted(queues)),
)  # fmt: skip
Act: TypeAlias = Callable[[amqp.Channel], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class May:
    """What a user may do: publish to exchanges, read from queues, declare and delete what has these names."""

    publish: frozenset[str] = frozenset()
    read: frozenset[str] = frozenset()
    configure: frozenset[str] = frozenset()


TAKING: Final = ("intake", "matching")
ANSWERS: Final = {service: {"portal.answers"} for service in TAKING}
MESSAGES: Final = {service: {f"{service}.portal_events"} for service in TAKING}
SERVICES: Final = {
    service: May(
        publish=frozenset({"nameko-rpc", f"{service}.events", *ANSWERS.get(service, ())}),
        read=frozenset({f"rpc-{service}", *MESSAGES.get(service, ()), *WAKES[service]}),
        configure=frozenset({"nameko-rpc", f"rpc-{service}"}),
    )
    for service in WAKES
}
USERS: Final = {
    "portal": May(publish=frozenset({"portal.events"}), read=frozenset({f"portal.answers.{PORTAL}"})),
    "staff": May(publish=frozenset({"nameko-rpc"}), configure=frozenset({"nameko-rpc"})),
    "status": May(publish=frozenset({"nameko-rpc"}), configure=frozenset({"nameko-rpc"})),
    "relay": May(publish=frozenset({"intake.events", "matching.events", "administration.events"})),
    "watch": May(),
    **SERVICES,
}


@pytest.fixture(scope="module")
def other_city(cities: Cities) -> City:
    """Another city on the same broker."""
    return cities.new("neighbour", TOKOROZAWA)


@pytest.fixture(scope="module")
def passwords(installation: Installation, city: City) -> dict[str, tuple[str, str]]:
    """Broker user and password of each kind of user."""
    known = {name: urlsplit(uri) for name, uri in city.brokers.items()}
    users = {name: (at.username or "", at.password or "") for name, at in known.items()}
    admitted(installation, city, OTHER)
    return {**users, "portal": (PORTAL, admitted(installation, city, PORTAL))}


@pytest.fixture(scope="module")
def connect(city: City, passwords: dict[str, tuple[str, str]]) -> Iterator[Callable[[str], amqp.Connection]]:
    """`connect("portal")`: one connection for each kind of user, closed at the end."""
    opened: dict[str, amqp.Connection] = {}

    def connection(user: str) -> amqp.Connection:
        if user not in opened:
            opened[user] = connected(city.brokers["staff"], *passwords[user])
        return opened[user]

    yield connection
    for one in opened.values():
        one.close()


@contextmanager
def refused() -> Iterator[None]:
    """The broker must refuse with 403; the channel is gone afterwards."""
    with pytest.raises(amqp.AccessRefused):
        yield


def tried(connection: amqp.Connection, act: Act) -> None:
    channel = connection.channel()
    act(channel)
    channel.close()


def publish(exchange: str, routing_key: str = "x.y", **headers: Any) -> Act:
    message = amqp.Message("{}", application_headers=headers)
    return lambda channel: channel.basic_publish(message, exchange=exchange, routing_key=routing_key)


def reading(queue: str) -> tuple[Act, ...]:
    return (
        lambda channel: channel.basic_consume(queue),
        lambda channel: channel.basic_get(queue),
        lambda channel: channel.queue_purge(queue),
    )


@pytest.mark.parametrize("user", USERS)
def test_a_user_publishes_where_it_must_and_nowhere_else(connect: Callable[[str], amqp.Connection], user: str) -> None:
    for exchange in EXCHANGES:
        if exchange in USERS[user].publish:
            key = "intake.submission_status" if user == "status" else f"no-such-key-{uuid4()}"
            if exchange != "portal.events":  # what is published there is for intake to refuse
                tried(connect(user), publish(exchange, key))
        else:
            with refused():
                tried(connect(user), publish(exchange))


@pytest.mark.parametrize("user", USERS)
def test_a_user_reads_from_no_queue_but_its_own(connect: Callable[[str], amqp.Connection], user: str) -> None:
    for queue in QUEUES:
        for act in reading(queue):
            if queue in USERS[user].read:
                continue
            with refused():
                tried(connect(user), act)


@pytest.mark.parametrize(
    ("user", "queue"),
    [(user, queue) for user in USERS for queue in sorted(USERS[user].read) if queue != f"rpc-{user}"],
)
def test_a_user_consumes_from_its_own_queues(connect: Callable[[str], amqp.Connection], user: str, queue: str) -> None:
    """But for the queue of its calls, which a service makes itself when it starts."""
    tried(connect(user), lambda channel: channel.basic_consume(queue))


@pytest.mark.parametrize("user", USERS)
def test_a_user_declares_and_deletes_nothing_that_is_not_its_own(
    connect: Callable[[str], amqp.Connection], user: str
) -> None:
    new = f"new-{uuid4()}"
    for name in (*QUEUES, new):
        if name in USERS[user].configure:
            continue
        for act in (
            lambda channel, name=name: channel.queue_declare(name, durable=True),
            lambda channel, name=name: channel.queue_delete(name),
        ):
            with refused():
                tried(connect(user), act)
    for name in (*EXCHANGES[1:], new):
        if name in USERS[user].configure:
            continue
        for act in (
            lambda channel, name=name: channel.exchange_declare(name, "topic", durable=True, auto_delete=False),
            lambda channel, name=name: channel.exchange_delete(name),
        ):
            with refused():
                tried(connect(user), act)


@pytest.mark.parametrize("user", USERS)
def test_a_user_binds_nothing_that_is_not_its_own(connect: Callable[[str], amqp.Connection], user: str) -> None:
    own = f"rpc.reply-standalone_rpc_proxy-{uuid4()}"
    if user in ("staff", "status"):
        connect(user).channel().queue_declare(own, exclusive=True, durable=False, arguments={"x-queue-type": "classic"})
    for exchange in EXCHANGES[1:]:
        for queue in (*QUEUES, *([own] if user in ("staff", "status") else [])):
            if exchange == "nameko-rpc" and (queue == own or queue in USERS[user].configure):
                continue
            for act in (
                lambda channel, queue=queue, exchange=exchange: channel.queue_bind(queue, exchange, "#"),
                lambda channel, queue=queue, exchange=exchange: channel.queue_unbind(queue, exchange, "#"),
            ):
                with refused():
                    tried(connect(user), act)
        if user in SERVICES and exchange == "nameko-rpc":
            continue  # below, by itself
        with refused():
            tried(connect(user), lambda channel, exchange=exchange: channel.exchange_bind("portal.answers", exchange))


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_cannot_lead_calls_to_the_portals(connect: Callable[[str], amqp.Connection], service: str) -> None:
    with refused():
        tried(connect(service), lambda channel: channel.exchange_bind("portal.answers", "nameko-rpc", "#"))


@pytest.mark.parametrize("user", USERS)
def test_a_user_cannot_enter_another_city_s_vhost_or_the_broker_s_own(
    other_city: City, installation: Installation, passwords: dict[str, tuple[str, str]], user: str
) -> None:
    broker_s_own = urlsplit(installation.amqp_uri)._replace(path="/%2F").geturl()
    for uri in (other_city.brokers["staff"], broker_s_own):
        with pytest.raises((amqp.NotAllowed, amqp.AccessRefused, OSError)):
            connected(uri, *passwords[user])


class TestPortal:
    def test_a_portal_reads_its_answers_and_publishes_in_its_own_name(
        self, city: City, passwords: dict[str, tuple[str, str]]
    ) -> None:
        with PlainPortal(city.brokers["intake"], *passwords["portal"]) as portal:
            portal.publish({**proposal(), "source": f"/portals/{PORTAL}"})

    @pytest.mark.parametrize("name", [OTHER, "city-portal", "admin", ""])
    def test_a_portal_cannot_publish_in_another_s_name(
        self, city: City, passwords: dict[str, tuple[str, str]], name: str
    ) -> None:
        with (
            PlainPortal(city.brokers["intake"], *passwords["portal"]) as portal,
            pytest.raises(amqp.PreconditionFailed, match="user_id"),
        ):
            portal.publish(proposal(), user_id=name)


class TestCallers:
    @pytest.mark.parametrize("user", ["staff", "status"])
    def test_a_caller_makes_its_reply_queue_as_nameko_does(self, city: City, user: str) -> None:
        with StaffTool(city.brokers[user]) as tool:
            tool.send("intake.submission_status", {"args": [], "kwargs": {}})

    @pytest.mark.parametrize(
        "method",
        ["intake.get_proposal", "intake.receive_proposal", "administration.adopt_pack", "intake.submission_status2",
         "intake.submission_statu", "xintake.submission_status", "intake.#", "#", "", "intake_submission_status"],
    )  # fmt: skip
    def test_the_status_user_may_call_one_method_alone(
        self, connect: Callable[[str], amqp.Connection], method: str
    ) -> None:
        with refused():
            tried(connect("status"), publish("nameko-rpc", method))

    @pytest.mark.parametrize("user", ["staff", "status"])
    @pytest.mark.parametrize("key", ["#", "intake.*", "administration.adopt_pack", "*"])
    def test_a_caller_cannot_listen_to_the_calls_and_replies_of_others(
        self, connect: Callable[[str], amqp.Connection], user: str, key: str
    ) -> None:
        channel = connect(user).channel()
        queue = f"rpc.reply-standalone_rpc_proxy-{uuid4()}"
        channel.queue_declare(queue, exclusive=True, durable=False, arguments={"x-queue-type": "classic"})

        with refused():
            channel.queue_bind(queue, "nameko-rpc", key)

    @pytest.mark.parametrize("service", SERVICES)
    def test_a_service_cannot_take_the_calls_of_another(
        self, connect: Callable[[str], amqp.Connection], service: str
    ) -> None:
        channel = connect(service).channel()
        queue = f"rpc.reply-{service}-{uuid4()}"
        channel.queue_declare(queue, exclusive=True, durable=False, arguments={"x-queue-type": "classic"})

        for key in ("#", "intake.*" if service == "administration" else "administration.*"):
            with refused():
                tried(connect(service), lambda channel, key=key: channel.queue_bind(queue, "nameko-rpc", key))

    @pytest.mark.parametrize("service", ["administration"])
    def test_a_service_that_takes_no_portal_messages_cannot_answer_portals(
        self, connect: Callable[[str], amqp.Connection], service: str
    ) -> None:
        with refused():
            tried(connect(service), publish("portal.answers", PORTAL))

    def test_what_callers_share_with_nameko_comes_back_by_setting_the_city_up_again(
        self, connect: Callable[[str], amqp.Connection], city: City, installation: Installation
    ) -> None:
        """nameko's own proxies declare nameko-rpc, and who may declare may delete: known, and mended by one command."""
        tried(connect("staff"), lambda channel: channel.exchange_delete("nameko-rpc"))
        with pytest.raises(amqp.NotFound):
            tried(connect("portal"), lambda channel: channel.exchange_declare("nameko-rpc", "topic", passive=True))

        create_city(installation, city.name, AOMORI, approver="市長", reference="企連第1号")

        tried(connect("staff"), lambda channel: channel.exchange_declare("nameko-rpc", "topic", passive=True))
