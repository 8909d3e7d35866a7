"""The scene of the fault tests: servers that may be killed, two cities on them, `renkei serve`, and portals."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import psycopg

from apps.provisioning import database
from apps.provisioning.city import Installation, admit_portal, create_city
from apps.servers import Servers
from apps.servers.instances import Server
from apps.servers.processes import Process, gone, kill, process
from eventstore.city import City
from tests.cities import AOMORI, ROOT, TOKOROZAWA, Cities
from tests.faults.portals import RESEND_AFTER, Portal, Supply
from tests.faults.staff import DeskChief
from tests.faults.subscriber import Subscriber
from tests.tokens import token_of

LOOK: Final = 0.05  # seconds between two looks at something that is awaited
STARTED: Final = 60.0
T = TypeVar("T")


def until(look: Callable[[], T], seconds: float, what: str) -> T:
    """What `look` gives as soon as it is truthy. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while not (seen := look()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {seconds:.0f} s")
        time.sleep(LOOK)
    return seen


@dataclass(slots=True)
class Serving:
    """One `renkei serve` as users start it, and what it and its parts say."""

    home: Path
    log: Path
    arguments: tuple[str, ...] = ()
    _process: "subprocess.Popen[bytes] | None" = None

    @property
    def environment(self) -> dict[str, str]:
        """What `renkei` sees."""
        return {**os.environ, "RENKEI_HOME": str(self.home)}

    def start(self) -> None:
        """Starts it, without waiting for its parts."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "apps.cli", "serve", *self.arguments],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def stop(self, within: float = 30.0) -> float:
        """Asks it to end and gives the seconds that it took. Raises subprocess.TimeoutExpired."""
        began = time.monotonic()
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(timeout=within)
            self._process = None
        return time.monotonic() - began

    def end(self) -> None:
        """Leaves nothing of it behind, however it stands."""
        if self._process is None:
            return
        try:
            self.stop()
        except subprocess.TimeoutExpired:
            left = process(self._process.pid)
            kill([left] if left else [])
            self._process = None

    def kill_supervisor(self) -> None:
        """SIGKILL to `renkei serve` itself, and to none of its parts."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(timeout=10)
        self._process = None

    def said(self) -> list[dict[str, Any]]:
        """The lines of the log; one that is not ours as `{"raw": line}`."""
        if not self.log.exists():
            return []
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return [json.loads(line) if line.startswith("{") else {"raw": line} for line in lines]

    def heard(self, event: str, **fields: object) -> list[dict[str, Any]]:
        """The lines of this event with these fields."""
        wanted = {"event": event, **fields}
        return [line for line in self.said() if wanted.items() <= line.items()]

    def heard_of(self, error: str) -> list[dict[str, Any]]:
        """The lines that name this type of error."""
        return [line for line in self.said() if line.get("error") == error]

    def part(self, name: str) -> Process | None:
        """The process of a part as it runs now; None while there is none."""
        started = self.heard("started", part=name)
        return process(started[-1]["pid"]) if started else None

    def await_serving(self, service: str, times: int, seconds: float = STARTED) -> None:
        """Waits until the service has said so often that it serves a city."""
        until(lambda: len(self.heard("serving", service=service)) >= times, seconds, f"{service} serves")

    def kill_part(self, name: str) -> None:
        """SIGKILL to a part, as soon as it runs."""
        running = until(lambda: self.part(name), STARTED, f"{name} runs")
        kill([running])
        gone(running, 10)

    def trouble(self) -> Counter[str]:
        """What was said as warning or worse, and what others wrote, by kind."""
        kinds: Counter[str] = Counter()
        for line in self.said():
            if "raw" in line:
                kinds["(not a log line)"] += 1
            elif line.get("level") in ("warning", "error", "critical"):
                words = (line.get("service"), line.get("logger"), line["event"][:60], line.get("error"))
                kinds[" ".join(str(word) for word in words if word)] += 1
        return kinds


@dataclass(slots=True)
class Scene:
    """Servers, cities, the service and portals, and what an operator does with them."""

    servers: Servers
    at: Installation
    cities: dict[str, City]
    serving: Serving
    random: Random
    portals: list[Portal] = field(default_factory=list)
    chiefs: dict[str, DeskChief] = field(default_factory=dict)
    subscribers: dict[str, Subscriber] = field(default_factory=dict)
    supplies: dict[str, Supply] = field(default_factory=dict)

    @property
    def postgres(self) -> Server:
        assert self.servers.postgres is not None
        return self.servers.postgres

    @property
    def rabbitmq(self) -> Server:
        assert self.servers.rabbitmq is not None
        return self.servers.rabbitmq

    @property
    def clients(self) -> "list[Portal | DeskChief]":
        """Everybody who waits for answers."""
        return [*self.portals, *self.chiefs.values()]

    def city_of(self, portal: Portal) -> City:
        """The city that admitted a portal."""
        return self.cities[portal.name.partition("-")[0]]

    def admit(self, label: str, resend_after: float = RESEND_AFTER) -> Portal:
        """Another portal of a city, admitted and at work."""
        city, name = self.cities[label], f"{label}-{self.random.getrandbits(32)}"
        told = self.chiefs[label].hear if label in self.chiefs else lambda _: None
        portal = Portal(city.brokers["intake"], name, admit_portal(self.at, city, name) or "", resend_after, told)
        self.supplies[name] = Supply(self.random, name, city.municipality)
        self.portals.append(portal)
        portal.start()
        return portal

    def appoint(self, label: str) -> None:
        """A desk chief of a city, who accepts what the portals admitted from now on are told was received."""
        city = self.cities[label]
        self.chiefs[label] = DeskChief(city.brokers["staff"], label, token_of(city, "desk_chief"))
        self.chiefs[label].start()

    def subscribe(self, label: str) -> None:
        """A subscriber outside, who hears what a city tells."""
        city = self.cities[label]
        uri = urlsplit(self.at.amqp_uri)._replace(path=f"/{city.name}").geturl()
        self.subscribers[label] = Subscriber(uri, label, lambda: self.size(city))
        self.subscribers[label].subscribe()
        self.subscribers[label].start()

    def size(self, city: City) -> int:
        """How many positions a city's ledger has."""
        with self.administrator(city) as connection:
            row = connection.execute("SELECT coalesce(max(position), 0) FROM positions").fetchone()
        return int(row[0]) if row else 0

    def administrator(self, city: City) -> psycopg.Connection[tuple[Any, ...]]:
        """A connection to a city's database as superuser."""
        at = urlsplit(self.at.database_url)._replace(path=f"/{database.database(city.name)}")
        return psycopg.connect(at.geturl(), autocommit=True)

    def hand_in(self, portal: Portal, count: int, *, valid: bool | None = None) -> None:
        """Lets a portal submit so many more."""
        portal.submit(*(self.supplies[portal.name].draw(valid=valid) for _ in range(count)))

    def provision_again(self) -> None:
        """What an operator does after the broker's data is lost: every city and portal again, with new passwords."""
        for label, pack in PACKS.items():
            create_city(self.at, self.cities[label].name, pack, approver="市長", reference="企連第1号")
        for portal in self.portals:
            portal.password = admit_portal(self.at, self.city_of(portal), portal.name) or portal.password
        for subscriber in self.subscribers.values():
            subscriber.subscribe()

    def leave(self) -> None:
        """Ends everybody and the service."""
        for client in (*self.clients, *self.subscribers.values()):
            client.leave()
        self.serving.end()


PACKS: Final = {"aomori": AOMORI, "tokorozawa": TOKOROZAWA}


@contextmanager
def scene(servers: Servers, home: Path, log: Path, seed: int, parts: tuple[str, ...] = ()) -> Iterator[Scene]:
    """Two cities on servers that are private and may be killed. parts: of `renkei serve`, all of them unless named."""
    at = Installation(
        home=home,
        database_url=servers.database_url,
        amqp_uri=servers.amqp_uri,
        management_url=servers.management_url,
    )
    with Cities(at) as cities:
        made = {label: cities.new(label, pack) for label, pack in PACKS.items()}
        set_up = Scene(servers, at, made, Serving(home, log, parts), Random(seed))  # noqa: S311 - draws faults, no secrets
        try:
            yield set_up
        finally:
            set_up.leave()
            servers.postgres and servers.postgres.start()  # a failed test may have left them down
            servers.rabbitmq and servers.rabbitmq.start()
