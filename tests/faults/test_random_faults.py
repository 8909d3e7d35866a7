"""`kill -9` of services, relay, broker and database at random moments: what was answered is stored once, what is stored
is answered, numbered, followed and shown once in the end.

The seed draws submissions, victims and moments. `RENKEI_SEED` runs another one.
"""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import pytest

from apps.servers import Servers
from tests.faults import consequences
from tests.faults.accounts import settle
from tests.faults.scene import PACKS, Scene, scene
from tests.faults.serving import until

SEED = int(os.environ.get("RENKEI_SEED", "20261122"))
ANSWERED_WITHIN = 180.0  # seconds after the last fault


class Fault(StrEnum):
    """What is done to whom."""

    INTAKE = "intake killed"
    MATCHING = "matching killed"
    RELAY = "relay killed"
    DATABASE = "PostgreSQL killed"
    BROKER = "RabbitMQ killed"
    WIPE = "RabbitMQ killed and wiped"


@dataclass(slots=True)
class Injector:
    """Kills, and starts again at once; a server may still be starting when the next victim is hit."""

    scene: Scene
    _starting: dict[str, "Future[None]"] = field(default_factory=dict)
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(max_workers=2))

    def inject(self, fault: Fault) -> None:
        """One fault; waits first where the victim is still being started."""
        match fault:
            case Fault.INTAKE | Fault.MATCHING | Fault.RELAY:
                self.scene.serving.kill_part(fault.name.lower())
            case Fault.DATABASE:
                self._settled("database")
                self.scene.postgres.kill()
                self._starting["database"] = self._pool.submit(self.scene.postgres.start)
            case Fault.BROKER:
                self._settled("broker")
                self.scene.rabbitmq.kill()
                self._starting["broker"] = self._pool.submit(self.scene.rabbitmq.start)
            case Fault.WIPE:
                self._settled("database", "broker")
                self.scene.rabbitmq.kill()
                self.scene.rabbitmq.wipe()
                refused = len(self.scene.serving.heard_of("AccessRefused"))
                self.scene.rabbitmq.start()
                until(lambda: len(self.scene.serving.heard_of("AccessRefused")) > refused, 60, "a service is refused")
                self.scene.provision_again()
                await_queues(self.scene)

    def settle(self) -> None:
        """Waits until both servers run."""
        self._settled("database", "broker")
        self._pool.shutdown()

    def _settled(self, *victims: str) -> None:
        for victim in victims:
            if victim in self._starting:
                self._starting.pop(victim).result()


@contextmanager
def at_work(servers: Servers, folder: Path, seed: int, portals: int) -> Iterator[Scene]:
    """Two served cities with so many portals each."""
    with scene(servers, folder / "cities", folder / "serve.log", seed) as made:
        made.serving.start()
        for label in PACKS:
            made.appoint(label)
            made.subscribe(label)
            for _ in range(portals):
                made.admit(label)
        yield made


def run(made: Scene, faults: list[Fault], a_portal: int, tell: Callable[[str], None]) -> None:
    """Before each fault every portal submits `a_portal` more; the fault comes when some of those are answered."""
    began, injector = time.monotonic(), Injector(made)
    for fault in faults:
        await_moment(made, a_portal)
        tell(f"  {time.monotonic() - began:5.1f} s  {fault}")
        injector.inject(fault)
    injector.settle()
    tell(f"  {time.monotonic() - began:5.1f} s  both servers run")
    await_answers(made)
    tell(f"  {time.monotonic() - began:5.1f} s  everything is answered")
    account = settle(made)
    consequences.settle(account, made)
    interrupted = sum(client.interruptions for client in made.clients)
    kills = ", ".join(f"{fault} {n}" for fault, n in sorted(Counter(faults).items()))
    summary = f"seed {SEED}, {time.monotonic() - began:.0f} s, {kills}; clients interrupted {interrupted}"
    tell(f"{summary}: {account}")
    assert account.is_settled, f"{summary}: {account}"
    ended = made.serving.heard("container ended")
    assert len(ended) <= 2 * len(faults), f"containers ended {len(ended)} times: {made.serving.trouble()}"


def await_moment(made: Scene, a_portal: int) -> None:
    """Every portal submits so many more; returns when one of them, or a chief, was told of so many more at most."""
    watched = made.random.choice(made.clients)
    told = watched.answered + made.random.randint(0, a_portal)
    for portal in made.portals:
        made.hand_in(portal, a_portal)
    watched.await_that(lambda: watched.answered >= told, 4.0)


def await_queues(made: Scene) -> None:
    """Waits until every queue has carried something: RabbitMQ 3.10 may not bring back a quorum queue that was declared
    within a second before a kill, and with it loses what whoever owns it was still to hear.
    """
    for portal in made.portals:
        made.hand_in(portal, 1, valid=True)
    for portal in made.portals:
        portal.await_answers(30)
    for subscriber in made.subscribers.values():
        subscriber.await_first(30)


def await_answers(made: Scene) -> None:
    """Waits until everything is answered, or that takes too long."""
    deadline = time.monotonic() + ANSWERED_WITHIN
    for client in made.clients:
        client.await_answers(max(0.0, deadline - time.monotonic()))


def drawn(made: Scene, counts: dict[Fault, int]) -> list[Fault]:
    """So many faults of each kind, shuffled."""
    faults = [fault for fault, count in counts.items() for _ in range(count)]
    made.random.shuffle(faults)
    return faults


@pytest.mark.row("B10", "B11", "N13")
def test_what_was_answered_is_stored_numbered_followed_and_shown_once(
    mortal_servers: Servers, tmp_path: Path, tell: Callable[[str], None]
) -> None:
    with at_work(mortal_servers, tmp_path, SEED, portals=2) as made:
        counts = {
            Fault.INTAKE: 2, Fault.MATCHING: 2, Fault.RELAY: 2, Fault.DATABASE: 3, Fault.BROKER: 2, Fault.WIPE: 1,
        }  # fmt: skip
        run(made, drawn(made, counts), 2, tell)


@pytest.mark.soak
@pytest.mark.skipif(not os.environ.get("RENKEI_SOAK"), reason="the long run: make soak")
def test_the_same_holds_over_many_faults(mortal_servers: Servers, tmp_path: Path, tell: Callable[[str], None]) -> None:
    with at_work(mortal_servers, tmp_path, SEED, portals=3) as made:
        counts = {
            Fault.INTAKE: 8, Fault.MATCHING: 8, Fault.RELAY: 8, Fault.DATABASE: 14, Fault.BROKER: 10, Fault.WIPE: 1,
        }  # fmt: skip
        run(made, drawn(made, counts), 3, tell)
