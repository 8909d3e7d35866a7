"""The two kinds of server that Renkei needs, and how each is had from each source."""

import urllib.parse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from apps.servers.containers import Image
from apps.servers.instances import Recipe
from apps.servers.packages import POSTGRESQL, RABBITMQ, library_path, unpacked
from apps.servers.postgres import PostgresAddress, PostgresRecipe, installed_postgres, unpacked_postgres
from apps.servers.progress import Progress
from apps.servers.rabbitmq import (
    CONSUMER_TIMEOUT,
    MAX_MESSAGE_SIZE,
    RabbitAddress,
    RabbitRecipe,
    installed_rabbitmq,
    unpacked_rabbitmq,
)


class Address(Protocol):
    """Where a server of ours listens."""

    def variables(self) -> dict[str, str]:
        """Its addresses by environment variable."""

    def answers(self) -> bool:
        """Whether the server takes requests."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A server that can be started from programs of this machine: how, from where, and its address."""

    recipe: Recipe
    origin: Path
    address: Address


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of server.

    `given` reads its addresses from environment variables and is empty if they are not set; `installed` is None where
    the machine has none; `from_packages` takes a folder to unpack into; `image` makes a container's settings.
    """

    name: str
    folder: str
    given: Callable[[Mapping[str, str]], dict[str, str]]
    installed: Callable[[], Prepared | None]
    from_packages: Callable[[Path, Progress], Prepared]
    image: Callable[[], tuple[Image, Address]]


def _given_postgres(environ: Mapping[str, str]) -> dict[str, str]:
    return {"DATABASE_URL": environ["DATABASE_URL"]} if environ.get("DATABASE_URL") else {}


def _installed_postgres() -> Prepared | None:
    found = installed_postgres()
    if found is None:
        return None
    address = PostgresAddress()
    return Prepared(PostgresRecipe(found, address), found.folder, address)


def _postgres_from_packages(folder: Path, progress: Progress) -> Prepared:
    root = unpacked(POSTGRESQL, folder, progress)
    found = unpacked_postgres(root, library_path(root))
    address = PostgresAddress()
    return Prepared(PostgresRecipe(found, address), found.folder, address)


def _postgres_image() -> tuple[Image, Address]:
    address = PostgresAddress()
    environment = {
        "POSTGRES_USER": "admin",
        "POSTGRES_PASSWORD": address.password,
        "POSTGRES_DB": "postgres",
        "POSTGRES_INITDB_ARGS": "--locale=C.UTF-8 --encoding=UTF8",
    }
    arguments = ("-c", "max_connections=200", "-c", "jit=off", "-c", "timezone=UTC")
    return Image("postgres:17", {5432: address.port}, environment, arguments), address


def _given_rabbitmq(environ: Mapping[str, str]) -> dict[str, str]:
    uri = environ.get("AMQP_URI")
    if not uri:
        return {}
    management = environ.get("RABBITMQ_MANAGEMENT_URL") or management_beside(uri)
    return {"AMQP_URI": uri, "RABBITMQ_MANAGEMENT_URL": management}


def management_beside(amqp_uri: str) -> str:
    """Where a broker's management API usually is: the same host and user, port 15672."""
    parts = urllib.parse.urlsplit(amqp_uri)
    user, at, _ = parts.netloc.rpartition("@")
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or "127.0.0.1"
    return f"http://{user}{at}{host}:15672"


def _installed_rabbitmq() -> Prepared | None:
    found = installed_rabbitmq()
    if found is None:
        return None
    address = RabbitAddress()
    return Prepared(RabbitRecipe(found, address), found.server.parent, address)


def _rabbitmq_from_packages(folder: Path, progress: Progress) -> Prepared:
    root = unpacked(RABBITMQ, folder, progress)
    found = unpacked_rabbitmq(root, library_path(root))
    address = RabbitAddress()
    return Prepared(RabbitRecipe(found, address), found.server.parent, address)


def _rabbitmq_image() -> tuple[Image, Address]:
    address = RabbitAddress()
    limits = f"-rabbit max_message_size {MAX_MESSAGE_SIZE} -rabbit consumer_timeout {CONSUMER_TIMEOUT}"
    environment = {
        "RABBITMQ_DEFAULT_USER": "admin",
        "RABBITMQ_DEFAULT_PASS": address.password,
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": limits,
    }
    ports = {5672: address.amqp, 15672: address.management}
    return Image("rabbitmq:4-management", ports, environment), address


POSTGRES_KIND = Kind(
    name="PostgreSQL",
    folder="postgres",
    given=_given_postgres,
    installed=_installed_postgres,
    from_packages=_postgres_from_packages,
    image=_postgres_image,
)
RABBITMQ_KIND = Kind(
    name="RabbitMQ",
    folder="rabbitmq",
    given=_given_rabbitmq,
    installed=_installed_rabbitmq,
    from_packages=_rabbitmq_from_packages,
    image=_rabbitmq_image,
)
