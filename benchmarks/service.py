"""The figures of intake as one process: from a portal's message to its answer, at a steady pace and at its limit."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import Any, Final
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import amqp

from apps.provisioning.city import Installation, admit_portal, create_city
from apps.servers import Servers
from benchmarks.figures import Figure
from benchmarks.racing import Tell
from benchmarks.scale import Scale
from eventstore.city import City

ROOT: Final = Path(__file__).parents[1]
PORTAL: Final = "bench-portal"
PER_SECOND: Final = 20
START_SECONDS: Final = 60


class PacedPortal:
    """A portal that notes when it published each message and when its answer came; one connection for each way."""

    def __init__(self, uri: str, password: str) -> None:
        self.published: dict[str, float] = {}
        self.answered: dict[str, float] = {}
        self._message = json.loads((ROOT / "examples" / "01-aomori-company.json").read_text(encoding="utf-8"))
        self._connections = [_connected(uri, password) for _ in range(2)]
        self._out, self._in = (connection.channel() for connection in self._connections)
        self._in.basic_consume(f"portal.answers.{PORTAL}", callback=self._on_answer, no_ack=True)

    def publish(self) -> None:
        """Publishes one proposal with a new id."""
        submission = str(uuid4())
        body = amqp.Message(
            json.dumps({**self._message, "id": submission, "source": f"/portals/{PORTAL}"}).encode(),
            content_type="application/json",
            delivery_mode=2,
            user_id=PORTAL,
        )
        self.published[submission] = time.perf_counter()
        self._out.basic_publish(body, exchange="portal.events", routing_key=self._message["type"])

    def publish_paced(self, count: int, per_second: float) -> None:
        """Publishes so many, evenly."""
        began = time.perf_counter()
        for n in range(count):
            time.sleep(max(0.0, began + n / per_second - time.perf_counter()))
            self.publish()

    def await_answers(self) -> None:
        """Reads answers until there is one to every message published. Raises TimeoutError after a silence."""
        while len(self.answered) < len(self.published):
            self._connections[1].drain_events(timeout=START_SECONDS)

    def close(self) -> None:
        """Closes both connections."""
        for connection in self._connections:
            connection.close()

    def _on_answer(self, message: Any) -> None:
        answer = json.loads(message.body)
        if answer["type"] != "ProposalReceived":
            raise ValueError(f"the sample was answered by {answer['type']}")
        self.answered[answer["correlationid"]] = time.perf_counter()


def service(servers: Servers, scale: Scale, tell: Tell) -> Iterator[Figure]:
    """Message → answered at a steady pace; then as many as one process can."""
    with _city(servers) as (city, password), _intake(city):
        yield _paced(city, password, scale, tell)
        yield _at_its_limit(city, password, scale, tell)


def _paced(city: City, password: str, scale: Scale, tell: Tell) -> Figure:
    tell(f"intake: {scale.messages} messages, {PER_SECOND} a second")
    portal = PacedPortal(city.brokers["intake"], password)
    publishing = threading.Thread(target=portal.publish_paced, args=(scale.messages, PER_SECOND))
    publishing.start()
    while publishing.is_alive():
        portal.await_answers()
        time.sleep(0.001)
    portal.await_answers()
    portal.close()
    times = sorted(portal.answered[one] - portal.published[one] for one in portal.published)
    percent = quantiles(times, n=100, method="inclusive")
    return Figure(
        what=f"intake, message → answered at {PER_SECOND} messages/s: p50, p99",
        ours=f"{percent[49] * 1e3:.0f} ms, {percent[98] * 1e3:.0f} ms",
    )


def _at_its_limit(city: City, password: str, scale: Scale, tell: Tell) -> Figure:
    tell(f"intake: {scale.messages} messages at once")
    portal = PacedPortal(city.brokers["intake"], password)
    for _ in range(scale.messages):
        portal.publish()
    portal.await_answers()
    portal.close()
    instants = sorted(portal.answered.values())
    rate = (len(instants) - 1) / (instants[-1] - instants[0])
    return Figure(what="intake, one process at its limit", ours=f"{rate:,.0f} messages/s")


@contextmanager
def _city(servers: Servers) -> Iterator[tuple[City, str]]:
    """A city with a portal admitted; gives the portal's password, too."""
    with TemporaryDirectory(prefix="renkei-bench-") as home:
        at = Installation(
            home=Path(home),
            database_url=servers.database_url,
            amqp_uri=servers.amqp_uri,
            management_url=servers.management_url,
        )
        name = f"bench_{uuid4().hex[:8]}"
        city = create_city(at, name, ROOT / "municipalities" / "aomori.toml", approver="計測", reference="計測1")
        yield city, admit_portal(at, city, PORTAL) or ""


@contextmanager
def _intake(city: City) -> Iterator[None]:
    """One process of intake, as `renkei serve` starts it, ready."""
    environment = {**os.environ, "RENKEI_HOME": str(city.folder.parent), "RENKEI_CITIES": city.name}
    log_file = city.folder / "intake.log"
    with log_file.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "services.intake"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
    try:
        began = time.monotonic()
        while b'"serving"' not in log_file.read_bytes():
            if process.poll() is not None or time.monotonic() - began > START_SECONDS:
                raise RuntimeError(f"intake did not start: {log_file.read_text(errors='replace')[-2000:]}")
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait()


def _connected(uri: str, password: str) -> Any:
    at = urlsplit(uri)
    connection = amqp.Connection(
        host=f"{at.hostname}:{at.port}", userid=PORTAL, password=password, virtual_host=unquote(at.path[1:])
    )
    connection.connect()
    return connection
