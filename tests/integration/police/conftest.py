"""The city whose desk asks the police: served, and listened to."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from apps.relay.composition import relay_settings
from eventstore.city import City
from eventstore.relay.relay import Relay
from tests.cities import TOKOROZAWA, Cities
from tests.police import asked, received
from tests.portals import StaffTool
from tests.portals import connected as broker
from tests.serving import Served, serving
from tests.tokens import token_of


@pytest.fixture(scope="module")
def city(cities: Cities) -> City:
    return cities.new("police", TOKOROZAWA)


@pytest.fixture(scope="module")
def heard(cities: Cities, city: City) -> Iterator[Any]:
    """Everything that leaves on intake's exchange while the relay is at work."""
    at = urlsplit(cities.at.amqp_uri)
    uri = at._replace(path=f"/{city.name}").geturl()
    connection = broker(uri, at.username or "guest", at.password or "guest")
    channel = connection.channel()
    queue = channel.queue_declare(exclusive=True).queue
    channel.queue_bind(queue, "intake.events", "#")

    def told() -> list[dict[str, Any]]:
        while (message := channel.basic_get(queue, no_ack=True)) is not None:
            messages.append(json.loads(message.body))
        return messages

    messages: list[dict[str, Any]] = []
    relay = Relay(relay_settings(city))
    relay.start()
    yield told
    relay.stop()
    connection.close()


@pytest.fixture(scope="module")
def intake(city: City, heard: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving("intake", city, folder=tmp_path_factory.mktemp("logs")) as served:
        yield served


@pytest.fixture(scope="module")
def tool(intake: Served, city: City) -> Iterator[StaffTool]:
    with StaffTool(city.brokers["staff"]) as opened:
        yield opened


@pytest.fixture(scope="module")
def chief(city: City) -> str:
    return token_of(city, "desk_chief")


@pytest.fixture(scope="module")
def proposals(tool: StaffTool, chief: str) -> tuple[str, str]:
    """Two proposals: one that nobody asked about, and one that the police were asked about and answered."""
    untouched, asked_about = received(tool, chief), received(tool, chief)
    asked(tool, chief, asked_about)
    return untouched, asked_about
