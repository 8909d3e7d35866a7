"""`docker-compose.yml` without an engine: each service of ours by the command, environment and health check it gives.

What differs from a container: the addresses of the servers and of the watch, the folder of the cities and PATH.
"""

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote
from uuid import uuid4

import pytest

from apps.demo.portal import Portal
from apps.servers.addresses import LOOPBACK, free_ports
from eventstore.city import FILE, City
from tests.cities import AOMORI, ROOT, Cities, management
from tests.compose import Composition, composition

SAMPLE: Final = ROOT / "examples" / "01-aomori-company.json"
DATABASE, BROKER, MANAGEMENT = (
    "postgresql://admin:of-the-database@postgres:5432/postgres",
    "amqp://admin:of-the-broker@rabbitmq:5672//",
    "http://admin:of-the-broker@rabbitmq:15672",
)
HEALTHY_WITHIN, ANSWERED_WITHIN, ENDED_WITHIN = 30.0, 20.0, 10.0  # seconds


@dataclass(frozen=True, slots=True)
class Machine:
    """Runs what the file says as processes: the city's name, the services, where files lie, and what is elsewhere."""

    city: str
    file: Composition
    folder: Path
    elsewhere: Mapping[str, str]

    @property
    def home(self) -> Path:
        """The volume `cities`."""
        return self.folder / "cities"

    def environment(self, service: str) -> dict[str, str]:
        """The environment that the file gives, and PATH as the image has it: `python` and `renkei` are ours."""
        given = self.file.services[service]["environment"]
        path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
        return {"PATH": path} | {name: self.elsewhere.get(value, value) for name, value in given.items()}

    def run(self, service: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs a service that ends by itself; arguments replace its command, as in `docker compose run`."""
        return self._finished(service, [*self.file.arguments(service), *arguments])

    def is_healthy(self, service: str) -> bool:
        """Whether the service's health check says so."""
        return self._finished(service, self.file.health_check(service)).returncode == 0

    def await_health(self, service: str) -> None:
        """Raises TimeoutError where the service does not become healthy."""
        deadline = time.monotonic() + HEALTHY_WITHIN
        while not self.is_healthy(service):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{service} is not healthy: {(self.folder / f'{service}.log').read_text()}")

    @contextmanager
    def running(self, service: str) -> Iterator[subprocess.Popen[bytes]]:
        """A service while the block runs; its log lies in the folder."""
        with (self.folder / f"{service}.log").open("wb") as log:
            process = subprocess.Popen(
                self.file.arguments(service), cwd=self.folder, env=self.environment(service), stderr=log
            )
            try:
                yield process
            finally:
                process.kill()
                process.wait()

    def _finished(self, service: str, arguments: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            arguments,
            check=False,
            cwd=self.folder,
            env=self.environment(service),
            capture_output=True,
            text=True,
            timeout=60,
        )


@pytest.fixture(scope="module")
def machine(cities: Cities, tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """A machine with nothing on it but the two servers, and the pack of one city."""
    name = cities.reserve("compose")
    folder = tmp_path_factory.mktemp("compose")
    (folder / "municipalities").mkdir()
    (folder / "municipalities" / f"{name}.toml").write_bytes(AOMORI.read_bytes())
    variables = {
        "POSTGRES_PASSWORD": "of-the-database",
        "RABBITMQ_PASSWORD": "of-the-broker",
        "RENKEI_CITIES": name,
        "RENKEI_APPROVER": "市長",
        "RENKEI_REFERENCE": "企連第1号",
    }
    elsewhere = {
        DATABASE: cities.at.database_url,
        BROKER: cities.at.amqp_uri,
        MANAGEMENT: cities.at.management_url,
        "/var/lib/renkei": str(folder / "cities"),
        "/var/lib/renkei-checkpoints": str(folder / "checkpoints"),
        "0.0.0.0": LOOPBACK,  # noqa: S104 - what the container listens on
        "9465": str(*free_ports(1)),
    }
    return Machine(name, composition(variables), folder, elsewhere)


@pytest.fixture(scope="module")
def migrated(machine: Machine) -> Machine:
    """The machine after the first migration."""
    done = machine.run("migrate")
    assert done.returncode == 0, done.stderr
    return machine


def test_what_is_elsewhere_stands_in_the_file(machine: Machine) -> None:
    """Of the test itself: nothing that it puts in another place has another name in the file by now."""
    given = {value for service in machine.file.ours.values() for value in service["environment"].values()}
    assert set(machine.elsewhere) <= given


def test_every_service_starts_serves_and_ends_as_the_file_says(migrated: Machine) -> None:
    machine = migrated
    serving = [name for name, service in machine.file.ours.items() if "healthcheck" in service]
    assert not any(machine.is_healthy(name) for name in serving)

    with ExitStack() as stack:
        running = {name: stack.enter_context(machine.running(name)) for name in serving}
        for name in serving:
            machine.await_health(name)
            assert not _without_database(machine).is_healthy(name)
        assert _handed_in(machine)["type"] == "ProposalReceived"

        began = time.monotonic()
        for process in running.values():
            process.send_signal(signal.SIGTERM)
        ends = {name: process.wait(timeout=ENDED_WITHIN) for name, process in running.items()}
        assert ends == dict.fromkeys(serving, 0), f"after {time.monotonic() - began:.1f} s"
    assert not any(machine.is_healthy(name) for name in serving)


def test_a_broker_that_lost_everything_is_mended_from_the_command_line(migrated: Machine) -> None:
    """As docs/operations.md says."""
    machine = migrated
    _lose_vhost(machine)
    assert not machine.is_healthy("intake")

    mended = machine.run("cli", "city", "create", machine.city, "--approver", "市長", "--reference", "企連第1号")
    assert mended.returncode == 0, mended.stderr

    with machine.running("intake"):
        machine.await_health("intake")
        assert _handed_in(machine)["type"] == "ProposalReceived"


def test_starting_again_leaves_a_city_as_it_is(migrated: Machine) -> None:
    machine = migrated
    pack = machine.folder / "municipalities" / f"{machine.city}.toml"
    before = {path: path.read_bytes() for path in machine.home.rglob("*") if path.is_file()}
    pack.write_bytes(AOMORI.read_bytes() + b"\n# what a newer image brings is not adopted by a restart\n")

    again = machine.run("migrate")

    assert again.returncode == 0, again.stderr
    assert again.stdout == f"{machine.city}: nothing new\n"
    assert {path: path.read_bytes() for path in machine.home.rglob("*") if path.is_file()} == before


def test_a_new_city_needs_the_approval_of_its_pack(machine: Machine, tmp_path: Path) -> None:
    """Nothing is set up before the approval is named."""
    environment = machine.environment("migrate") | {"RENKEI_HOME": str(tmp_path), "RENKEI_APPROVER": ""}

    refused = subprocess.run(
        machine.file.arguments("migrate"), check=False, env=environment, capture_output=True, text=True
    )

    assert refused.returncode != 0
    assert "RENKEI_APPROVER" in refused.stderr
    assert not list(tmp_path.iterdir())


def _without_database(machine: Machine) -> Machine:
    """The same machine with databases where nothing listens."""
    home = machine.folder / "without-database"
    shutil.copytree(machine.home, home, dirs_exist_ok=True)
    file = home / machine.city / FILE
    kept = json.loads(file.read_text(encoding="utf-8"))
    kept["databases"] = dict.fromkeys(kept["databases"], "postgresql://127.0.0.1:1/nothing")
    file.write_text(json.dumps(kept), encoding="utf-8")
    return replace(machine, elsewhere={**machine.elsewhere, "/var/lib/renkei": str(home)})


def _lose_vhost(machine: Machine) -> None:
    """Deletes the city's vhost and all of its users, as if the broker's data were new."""
    with management(machine.elsewhere[MANAGEMENT]) as api:
        users = {permission["user"] for permission in api.get(f"vhosts/{machine.city}/permissions").json()}
        api.delete(f"vhosts/{machine.city}").raise_for_status()
        for user in users - {api.auth_name}:
            api.delete(f"users/{quote(user, safe='')}").raise_for_status()


def _handed_in(machine: Machine) -> dict[str, Any]:
    """The answer to a proposal that a portal admitted from the command line publishes by plain AMQP."""
    name = machine.city.replace("_", "-")
    admitted = machine.run("cli", "portal", "admit", name, "--city", machine.city, "--json")
    assert admitted.returncode == 0, admitted.stderr
    submission = json.loads(SAMPLE.read_text(encoding="utf-8")) | {"id": str(uuid4())}
    city = City.read(machine.home, machine.city)
    portal = Portal(city.brokers["intake"], name, json.loads(admitted.stdout)["password"])
    try:
        portal.publish(submission)
        return portal.wait(submission["id"], ANSWERED_WITHIN)
    finally:
        portal.close()
