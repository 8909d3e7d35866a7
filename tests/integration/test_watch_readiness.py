"""Readiness and the watch as a process: ready with everything up, and what of it is not, by stable codes."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result
from structlog.testing import capture_logs
from werkzeug.test import Client

from apps.cli.__main__ import main
from apps.composition import SERVICES
from apps.provisioning import broker
from apps.relay.composition import relay_settings
from apps.servers.addresses import LOOPBACK, free_ports
from apps.watch.lately import LATELY
from apps.watch.readiness import queues, require_consumers
from apps.watch.web import application
from eventstore.city import City
from eventstore.clock import now
from eventstore.errors import Unavailable
from eventstore.following.subscriptions import Subscription
from eventstore.relay.relay import Relay
from services.intake.declaration import INTAKE
from services.matching.declaration import MATCHING
from tests.cities import ROOT, Cities, FrozenClock
from tests.portals import until
from tests.serving import serving

NAMES = [service.name for service in SERVICES]
ALL_READY = dict.fromkeys(["database", "relay", *NAMES], "ready")


@pytest.fixture(scope="module")
def served(city: City, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """A city with every service running."""
    with ExitStack() as stack:
        for name in NAMES:
            stack.enter_context(serving(name, city, folder=tmp_path_factory.mktemp(name)))
        yield city


@contextmanager
def relaying(city: City) -> Iterator[None]:
    relay = Relay(relay_settings(city))
    relay.start()
    try:
        yield
    finally:
        relay.stop()


def readyz(*cities: City) -> tuple[int, dict[str, Any]]:
    """Status and answer of `/readyz`."""
    answer = Client(application(cities, SERVICES, now)).get("/readyz")
    return answer.status_code, json.loads(answer.data)


def test_a_city_is_ready_with_everything_up_and_not_without_a_relay(served: City) -> None:
    with relaying(served):
        assert until(lambda: readyz(served)[0] == 200)
        assert readyz(served) == (200, {"ready": True, "cities": {served.name: ALL_READY}})

    parts = ALL_READY | {"relay": "not_serving"}
    assert readyz(served) == (503, {"ready": False, "cities": {served.name: parts}})


def test_each_part_that_is_not_ready_is_named_by_a_code_and_nothing_more(served: City, cities: Cities) -> None:
    idle = cities.new("idle")
    nowhere = replace(
        served,
        name="nowhere",
        databases=served.databases | {"watch": "postgresql://somebody:secret@127.0.0.1:1/nothing"},
        brokers=dict.fromkeys(served.brokers, "amqp://somebody:secret@127.0.0.1:1/nothing"),
    )
    older = replace(served, name="older", databases={}, brokers={})
    with relaying(served):
        assert until(lambda: readyz(served)[0] == 200)
        status, told = readyz(served, idle, nowhere, older)

    away = dict.fromkeys(("database", "relay"), "database_unavailable")
    assert status == 503
    assert told["cities"] == {
        served.name: ALL_READY,
        idle.name: {"database": "ready", "relay": "not_serving", **dict.fromkeys(NAMES, "not_serving")},
        "nowhere": away | dict.fromkeys(NAMES, "broker_unavailable"),
        "older": dict.fromkeys(ALL_READY, "not_migrated"),
    }


def test_a_service_whose_followers_nobody_wakes_does_not_serve(served: City, cities: Cities) -> None:
    assert queues(MATCHING)[1:3] == ["matching.portal_events", "matching.follow.open_cases"]
    deaf = replace(INTAKE, subscriptions=(*INTAKE.subscriptions, Subscription(name="deaf", on=())))
    require_consumers(served, INTAKE)
    with pytest.raises(Unavailable) as absent:
        require_consumers(served, deaf)
    with broker.Management(cities.at.management_url, served.name) as management:
        management.create_queue("intake.follow.deaf")
    with pytest.raises(Unavailable) as unheard:
        require_consumers(served, deaf)

    for said in (absent.value, unheard.value):
        assert (said.stable_code, "intake.follow.deaf" in said.message) == ("not_serving", True)


def test_readiness_is_asked_once_in_a_while_however_many_want_it(city: City, clock: FrozenClock) -> None:
    """A relay begins to work, and is seen once the answer is old."""
    client = Client(application([city], SERVICES, clock))

    def relay() -> str:
        told: str = client.get("/readyz").get_json()["cities"][city.name]["relay"]
        return told

    assert relay() == "not_serving"
    with relaying(city):
        assert until(lambda: readyz(city)[1]["cities"][city.name]["relay"] == "ready")
        assert relay() == "not_serving"
        clock.advance(LATELY)
        assert relay() == "ready"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/", 404), ("GET", "/metrics/x", 404), ("POST", "/metrics", 405), ("DELETE", "/healthz", 405)],
)
def test_nothing_else_is_answered(city: City, method: str, path: str, status: int) -> None:
    answer = Client(application([city], SERVICES, now)).open(path, method=method)

    assert answer.status_code == status
    assert set(json.loads(answer.data)) == {"code"}


@contextmanager
def watching(city: City, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    """`python -m apps.watch`, answering."""
    environment = {
        **os.environ,
        "RENKEI_HOME": str(city.folder.parent),
        "RENKEI_CITIES": city.name,
        "RENKEI_WATCH_PORT": str(port),
    }
    process = subprocess.Popen([sys.executable, "-m", "apps.watch"], cwd=ROOT, env=environment, stderr=subprocess.PIPE)
    try:
        until(lambda: _status(port, "/healthz") == 200 or process.poll() is not None)
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stderr is not None
        process.stderr.close()


def _status(port: int, path: str) -> int | None:
    try:
        return httpx.get(f"http://{LOOPBACK}:{port}{path}", timeout=20).status_code
    except httpx.TransportError:
        return None


@pytest.fixture
def health(city: City, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """`health("intake", port=…)`: `renkei health intake` in the city."""

    def run(service: str, *, port: int = 1, home: Path = city.folder.parent) -> Result:
        monkeypatch.setenv("RENKEI_HOME", str(home))
        monkeypatch.setenv("RENKEI_WATCH_PORT", str(port))
        return CliRunner().invoke(main, ["health", service, "--city", city.name, "--json"])

    return run


def test_the_process_answers_until_it_is_asked_to_end(city: City, health: Callable[..., Result]) -> None:
    (port,) = free_ports(1)
    with watching(city, port) as process:
        assert _status(port, "/healthz") == 200
        assert _status(port, "/readyz") == 503
        assert "renkei_up{" in httpx.get(f"http://{LOOPBACK}:{port}/metrics", timeout=20).text
        assert health("watch", port=port).exit_code == 0
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0

    unwatched = health("watch", port=port)
    assert (unwatched.exit_code, json.loads(unwatched.stdout)["error"]["code"]) == (3, "not_serving")


def test_an_answer_to_head_has_no_body_and_the_connection_goes_on(city: City) -> None:
    """RFC 9110 §9.3.2: a body there would be read as the beginning of the next answer."""
    (port,) = free_ports(1)
    with watching(city, port), closing(HTTPConnection(LOOPBACK, port, timeout=20)) as connection:
        connection.connect()
        kept = connection.sock
        for path in ("/metrics", "/healthz", "/readyz", "/nothing"):
            connection.request("HEAD", path)
            head = connection.getresponse()
            assert (head.read(), int(head.headers["Content-Length"]) > 0) == (b"", True)
            connection.request("GET", "/healthz")
            assert json.loads(connection.getresponse().read()) == {"alive": True}
        assert connection.sock is kept


def test_the_process_lives_without_any_database(city: City, health: Callable[..., Result], tmp_path: Path) -> None:
    (port,) = free_ports(1)
    (tmp_path / city.name).mkdir()
    away = replace(city, folder=tmp_path / city.name, databases={"watch": "postgresql://127.0.0.1:1/nothing"})
    away.write()
    with watching(away, port):
        assert _status(port, "/healthz") == 200
        assert _status(port, "/metrics") == 200
        sick = health("watch", port=port, home=tmp_path)
        assert (sick.exit_code, json.loads(sick.stdout)["error"]["code"]) == (3, "database_unavailable")


def test_health_of_each_part_is_what_it_was(served: City, health: Callable[..., Result]) -> None:
    with capture_logs(), relaying(served):  # what the relay's thread logs must not stand amid what the command prints
        assert until(lambda: health("relay").exit_code == 0)
        for name in NAMES:
            assert json.loads(health(name).stdout) == {"service": name, "cities": [served.name]}
    without = health("relay")
    assert (without.exit_code, json.loads(without.stdout)["error"]["code"]) == (3, "not_serving")
