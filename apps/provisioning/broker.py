"""A city's vhost: exchanges, queues, users and what each may do, set up by RabbitMQ's management API.

A portal may write `portal.events` and read its own answer queue, nothing else. Every declaration can be repeated.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Any, Final, Self
from urllib.parse import quote, urlsplit, urlunsplit

import httpx

from eventstore.declaration import Service
from eventstore.errors import Refusal, Unavailable

EVENTS, ANSWERS, UNROUTABLE, RPC = "portal.events", "portal.answers", "portal.unroutable", "nameko-rpc"
STAFF, STATUS, RELAY, WATCH = "staff", "status", "relay", "watch"
DELIVERY_LIMIT: Final = 1_000_000_000
"""RabbitMQ 4 drops after 20 deliveries by default, and -1 on 3.10 at the first: a number that is never reached."""
WAKE: Final = {"x-queue-type": "classic", "x-max-length": 1, "x-overflow": "drop-head"}
"""A wake says nothing but that it came: one waits, however many came, on one broker, since a lost one costs nothing."""
REPLY_KEY: Final = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
"""The routing key of a caller's own replies: random, so that nobody can bind a queue to another's."""
REPLIES: Final = r"rpc\.reply-standalone_rpc_proxy-.*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """Regular expressions of the names that a user may configure, write and read in a vhost."""

    configure: str = "^$"
    write: str = "^$"
    read: str = "^$"


def names(*patterns: str) -> str:
    """The regular expression of exactly these names."""
    return f"^({'|'.join(patterns)})$"


def portal_rights(portal: str) -> Rights:
    """What a portal may do."""
    return Rights(write=names(r"portal\.events"), read=names(rf"portal\.answers\.{portal}"))


def caller_rights() -> Rights:
    """What a staff tool may do: call, and read its own replies."""
    return Rights(configure=names(RPC, REPLIES), write=names(RPC, REPLIES), read=names(RPC, REPLIES))


def service_rights(service: Service) -> Rights:
    """What a service may do: take calls, portal messages where it takes any, and wakes; answer; tell its events."""
    calls = (RPC, f"rpc-{service.name}", rf"rpc\.reply-{service.name}-.*")
    answers, messages = ((r"portal\.answers",), (rf"{service.name}\.portal_events",)) if service.takes else ((), ())
    return Rights(
        configure=names(*calls),
        write=names(*calls, rf"{service.name}\.events", *answers),
        read=names(*calls, *messages, *([rf"{service.name}\.follow\..*"] if service.subscriptions else [])),
    )


def relay_rights(services: Iterable[Service]) -> Rights:
    """What the relay may do: tell every service's events."""
    return Rights(write=names(*(rf"{service.name}\.events" for service in services)))


class PortalNameTaken(Refusal):
    """The broker has a user of this name that belongs to another city."""

    code = "portal_name_taken"


class Management:
    """RabbitMQ's management API, for one city's vhost: `with Management(url, vhost) as management`."""

    def __init__(self, url: str, vhost: str) -> None:
        """url: `http://user:password@host:port`."""
        at = urlsplit(url)
        self._vhost = quote(vhost, safe="")
        self._client = httpx.Client(
            base_url=urlunsplit((at.scheme, at.netloc.rpartition("@")[2], at.path.rstrip("/") + "/api/", "", "")),
            auth=(at.username or "guest", at.password or "guest"),
            timeout=30,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def create_vhost(self) -> None:
        """The vhost, in which a queue is a quorum queue unless it says otherwise."""
        self._put(f"vhosts/{self._vhost}", {"default_queue_type": "quorum"})

    def create_user(self, name: str, password: str | None, rights: Rights) -> None:
        """A user with these rights here; without a password one that exists keeps its own."""
        if password is not None:
            self._put(f"users/{quote(name, safe='')}", {"password": password, "tags": ""})
        self._put(
            f"permissions/{self._vhost}/{quote(name, safe='')}",
            {"configure": rights.configure, "write": rights.write, "read": rights.read},
        )

    def is_ours(self, user: str) -> bool:
        """Whether a user has rights in this vhost. Raises `PortalNameTaken` where it has some in another one."""
        found = self._request("GET", f"users/{quote(user, safe='')}/permissions", None, expected=(200, 404))
        vhosts = {quote(given["vhost"], safe="") for given in found.json()} if found.status_code == 200 else set()
        if vhosts - {self._vhost}:
            raise PortalNameTaken(f"the broker knows {user} as another city's user: give the portal another name")
        return bool(vhosts)

    def limit_topic(self, user: str, exchange: str, *, write: str, read: str) -> None:
        """Lets a user publish to a topic exchange, and bind to it, only with routing keys of these forms."""
        self._put(
            f"topic-permissions/{self._vhost}/{quote(user, safe='')}",
            {"exchange": exchange, "write": write, "read": read},
        )

    def create_exchange(self, name: str, kind: str, arguments: Mapping[str, Any] | None = None) -> None:
        """A durable exchange."""
        self._put(
            f"exchanges/{self._vhost}/{quote(name)}",
            {"type": kind, "durable": True, "arguments": dict(arguments or {})},
        )

    def create_queue(self, name: str) -> None:
        """A quorum queue that drops nothing however often a message comes back."""
        arguments = {"x-queue-type": "quorum", "x-delivery-limit": DELIVERY_LIMIT}
        self._put(f"queues/{self._vhost}/{quote(name)}", {"durable": True, "arguments": arguments})

    def create_wake(self, name: str) -> None:
        """A queue of wakes (`WAKE`); one of this name that was declared otherwise is replaced, whatever is in it."""
        path, queue = f"queues/{self._vhost}/{quote(name)}", {"durable": True, "arguments": WAKE}
        if self._request("PUT", path, queue, expected=(201, 204, 400)).status_code == 400:
            self._request("DELETE", path, None, expected=(204, 404))
            self._put(path, queue)

    def bind(self, exchange: str, queue: str, routing_key: str = "") -> None:
        """A binding."""
        path = f"bindings/{self._vhost}/e/{quote(exchange)}/q/{quote(queue)}"
        self._request("POST", path, {"routing_key": routing_key, "arguments": {}}, expected=(201,))

    def _put(self, path: str, body: Mapping[str, Any]) -> None:
        self._request("PUT", path, body, expected=(201, 204))

    def _request(self, method: str, path: str, body: Any, *, expected: Sequence[int]) -> httpx.Response:
        try:
            response = self._client.request(method, path, json=body)
        except httpx.TransportError as fault:
            raise Unavailable(f"RabbitMQ's management API does not answer ({type(fault).__name__})") from fault
        if response.status_code not in expected:
            raise Unavailable(f"RabbitMQ refused {method} {path}: {response.status_code} {response.text[:200]}")
        return response


def draw_uris(amqp_uri: str, city: str, services: Iterable[Service]) -> dict[str, str]:
    """AMQP URIs with fresh passwords for services, staff tools, status user, relay and watch, in the city's vhost."""
    at = urlsplit(amqp_uri)
    host = at.netloc.rpartition("@")[2]
    users = [*(service.name for service in services), STAFF, STATUS, RELAY, WATCH]
    return {
        name: urlunsplit((at.scheme, f"renkei.{city}.{name}:{token_urlsafe(24)}@{host}", f"/{city}", "", ""))
        for name in users
    }


def create(management: Management, uris: Mapping[str, str], services: Sequence[Service]) -> None:
    """Creates what is missing of the vhost, its exchanges, queues and users."""
    management.create_vhost()
    management.create_exchange(UNROUTABLE, "fanout")
    management.create_exchange(EVENTS, "topic", {"alternate-exchange": UNROUTABLE})
    management.create_exchange(ANSWERS, "direct")
    management.create_exchange(RPC, "topic")
    for service in services:
        management.create_exchange(f"{service.name}.events", "topic")
        _create_user(management, uris[service.name], service_rights(service))
        _limit_calls(management, uris[service.name], write=".*", read=names(rf"{service.name}\.\*", REPLY_KEY))
        if service.takes:
            _route_portal_messages(management, service)
    for service in services:
        _route_wakes(management, service)
    _create_user(management, uris[RELAY], relay_rights(services))
    _create_user(management, uris[WATCH], Rights())
    _create_user(management, uris[STAFF], caller_rights())
    _create_user(management, uris[STATUS], caller_rights())
    _limit_calls(management, uris[STAFF], write=".*", read=names(REPLY_KEY))
    _limit_calls(management, uris[STATUS], write=names(r"intake\.submission_status"), read=names(REPLY_KEY))


def admit_portal(management: Management, portal: str) -> str | None:
    """The portal's user, rights and answer queue; gives the password drawn, or None where it was admitted before.

    Users are the broker's, not a vhost's: a name that another city has admitted would let its portal in here.
    """
    is_known = management.is_ours(portal)
    queue = f"{ANSWERS}.{portal}"
    management.create_queue(queue)
    management.bind(ANSWERS, queue, portal)
    password = None if is_known else token_urlsafe(24)
    management.create_user(portal, password, portal_rights(portal))
    return password


def _create_user(management: Management, uri: str, rights: Rights) -> None:
    at = urlsplit(uri)
    management.create_user(at.username or "", at.password, rights)


def _limit_calls(management: Management, uri: str, *, write: str, read: str) -> None:
    management.limit_topic(urlsplit(uri).username or "", RPC, write=write, read=read)


def _route_portal_messages(management: Management, service: Service) -> None:
    management.create_queue(service.portal_queue)
    for taken in service.takes:
        management.bind(EVENTS, service.portal_queue, taken)
    if service.takes_unroutable:
        management.bind(UNROUTABLE, service.portal_queue)


def _route_wakes(management: Management, service: Service) -> None:
    """A queue for each subscription, whose one message says that there is something to follow."""
    for subscription in service.subscriptions:
        queue = subscription.queue(service.name)
        management.create_wake(queue)
        for owner, types in subscription.by_service(service.name).items():
            for followed in types:
                management.bind(f"{owner}.events", queue, followed)
