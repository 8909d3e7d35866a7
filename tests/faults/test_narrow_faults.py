"""Single faults at chosen moments: what waits, what is tried again, and what comes back by itself."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGCONT, SIGSTOP
from urllib.parse import urlsplit

import amqp
import pytest

from apps.servers import Servers
from apps.servers.instances import Instance
from apps.servers.processes import Process, gone, send
from eventstore.city import City
from tests.cities import management
from tests.faults.accounts import settle
from tests.faults.portals import Portal
from tests.faults.scene import PACKS, Scene, scene
from tests.faults.serving import until

HEARTBEAT = 3  # seconds: the broker gives a silent connection up after two or three of them
PREFETCH = 10
QUEUE = "intake.portal_events"


@pytest.fixture(scope="module")
def made(mortal_servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Two served cities on a broker that soon gives up who is silent."""
    broker = mortal_servers.rabbitmq
    assert isinstance(broker, Instance)
    broker.kill()
    with (broker.folder / "rabbitmq.conf").open("a") as settings:
        settings.write(f"heartbeat = {HEARTBEAT}\n")
    broker.start()
    folder = tmp_path_factory.mktemp("narrow")
    parts = ("administration", "intake")
    with scene(mortal_servers, folder / "cities", folder / "serve.log", seed=1, parts=parts) as set_up:
        for label in PACKS:
            set_up.admit(label, resend_after=1000)
        set_up.serving.start()
        set_up.serving.await_serving("intake", times=2)
        yield set_up


@pytest.fixture(autouse=True)
def settled(request: pytest.FixtureRequest, made: Scene, tell: Callable[[str], None]) -> Iterator[None]:
    """After each test: both servers run, the service serves, and every promise to every portal was kept."""
    yield
    made.postgres.start()
    made.rabbitmq.start()
    account = settle(made)
    tell(f"  {request.node.name}: {account}")
    assert account.is_settled, account
    assert not account.parked, account


def of(made: Scene, label: str) -> tuple[Portal, City]:
    """The portal of a city, and the city. The portal sends a submission once, unless the broker took none."""
    city = made.cities[label]
    return next(portal for portal in made.portals if made.city_of(portal) is city), city


def waiting(made: Scene, city: City) -> int:
    """How many messages wait in intake's queue without having been delivered."""
    at = urlsplit(made.at.amqp_uri)
    with amqp.Connection(f"{at.hostname}:{at.port}", at.username, at.password, virtual_host=city.name) as connection:
        return int(connection.channel().queue_declare(QUEUE, passive=True).message_count)


def consuming(made: Scene, city: City) -> dict[str, int]:
    """The connections over which intake takes portal messages, by name, and how many bytes the broker heard on each."""
    with management(made.at.management_url) as api:
        consumers = api.get(f"consumers/{city.name}").json()
        names = {one["channel_details"]["connection_name"] for one in consumers if one["queue"]["name"] == QUEUE}
        return {one["name"]: one.get("recv_oct", 0) for one in api.get("connections").json() if one["name"] in names}


def resident_kib(one: Process) -> int:
    """Memory that a process holds."""
    lines = Path(f"/proc/{one.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))


@contextmanager
def appends_wait(made: Scene, city: City) -> Iterator[None]:
    """While the block runs, every append of intake waits for a lock."""
    with made.administrator(city) as connection, connection.transaction(force_rollback=True):
        connection.execute("LOCK TABLE events_intake IN SHARE MODE")
        yield


def await_waiting_append(made: Scene, city: City) -> None:
    """Waits until an append waits for the lock."""

    def looked() -> bool:
        with made.administrator(city) as connection:
            found = connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND usename LIKE '%_intake'"
            ).fetchone()
        return bool(found and found[0])

    until(looked, 20, "an append waits")


def stored(made: Scene, city: City) -> int:
    """How many events intake has recorded."""
    with made.administrator(city) as connection:
        row = connection.execute("SELECT count(*) FROM events_intake").fetchone()
    return int(row[0]) if row else 0


def signal_broker(made: Scene, number: int) -> None:
    """A signal to every process of the broker."""
    assert isinstance(made.rabbitmq, Instance)
    for one in made.rabbitmq.processes():
        send(one, number)


def served(portal: Portal, made: Scene, seconds: float = 60.0) -> bool:
    """Whether one more submission is answered."""
    made.hand_in(portal, 1, valid=True)
    return portal.await_answers(seconds)


def test_the_answer_comes_though_the_service_was_killed_between_commit_and_answer(made: Scene) -> None:
    portal, city = of(made, "aomori")
    before = stored(made, city)
    with appends_wait(made, city):
        made.hand_in(portal, 1, valid=True)
        await_waiting_append(made, city)
        signal_broker(made, SIGSTOP)
    until(lambda: stored(made, city) == before + 1, 20, "the commit")
    assert portal.unanswered()
    made.serving.kill_part("intake")
    signal_broker(made, SIGCONT)
    assert portal.await_answers(60)
    assert stored(made, city) == before + 1


def test_the_answer_comes_though_the_broker_was_killed_between_commit_and_answer(made: Scene) -> None:
    portal, city = of(made, "tokorozawa")
    assert served(portal, made)
    before, running = stored(made, city), made.serving.part("intake")
    with appends_wait(made, city):
        made.hand_in(portal, 3, valid=True)
        await_waiting_append(made, city)
        made.rabbitmq.kill()
    until(lambda: stored(made, city) > before, 20, "the commit")
    made.rabbitmq.start()
    assert portal.await_answers(60)
    assert stored(made, city) == before + 3
    assert made.serving.part("intake") == running, "the service should have come back by itself"


def test_messages_wait_while_the_database_is_down_and_the_connection_lives(made: Scene) -> None:
    portal, city = of(made, "aomori")
    assert served(portal, made)
    running = until(lambda: made.serving.part("intake"), 10, "intake runs")
    made.postgres.kill()
    made.hand_in(portal, 100, valid=True)
    until(lambda: waiting(made, city) == 100 - PREFETCH, 30, "ten are held and ninety wait")
    consumers = until(lambda: consuming(made, city), 20, "the broker tells who consumes")
    memory = resident_kib(running)
    (name,) = consumers

    def heard() -> bool:
        return consuming(made, city)[name] >= consumers[name] + 8 * 3 * HEARTBEAT

    until(heard, 60, "heartbeats for longer than the broker's patience")
    assert waiting(made, city) == 100 - PREFETCH
    assert resident_kib(running) < memory + 20 * 1024
    made.postgres.start()
    assert portal.await_answers(90)
    assert consuming(made, city).keys() == {name}
    assert made.serving.part("intake") == running


def test_submissions_wait_while_the_service_is_down(made: Scene) -> None:
    portal, city = of(made, "tokorozawa")
    assert made.serving.stop() < 15
    made.hand_in(portal, 20)
    until(lambda: waiting(made, city) == 20, 20, "twenty wait")
    made.serving.start()
    assert portal.await_answers(60)


def test_the_service_ends_when_asked_though_the_broker_is_down(made: Scene) -> None:
    portal, _ = of(made, "aomori")
    assert served(portal, made)
    made.rabbitmq.kill()
    until(lambda: made.serving.said()[-1].get("logger") in ("kombu.mixins", "nameko.messaging"), 20, "it is noticed")
    assert made.serving.stop() < 15
    made.rabbitmq.start()
    made.serving.start()
    assert served(portal, made)


def test_a_service_started_before_its_servers_serves_when_they_come(made: Scene) -> None:
    portal, _ = of(made, "tokorozawa")
    made.serving.stop()
    made.postgres.kill()
    made.rabbitmq.kill()
    before = len(made.serving.heard_of("ConnectionRefusedError"))
    made.serving.start()
    until(lambda: len(made.serving.heard_of("ConnectionRefusedError")) >= before + 4, 60, "intake tries twice")
    made.rabbitmq.start()
    made.postgres.start()
    assert served(portal, made)


def test_a_killed_part_is_begun_anew_after_growing_delays(made: Scene) -> None:
    before = len(made.serving.heard("ended", part="administration"))
    for _ in range(3):
        made.serving.kill_part("administration")
    until(lambda: len(made.serving.heard("ended", part="administration")) == before + 3, 20, "three ends")
    assert [line["delay"] for line in made.serving.heard("ended", part="administration")[before:]] == [1.0, 2.0, 4.0]
    until(lambda: made.serving.part("administration"), 20, "it runs again")


def test_no_part_is_left_behind_when_the_supervisor_is_killed(made: Scene) -> None:
    portal, _ = of(made, "aomori")
    parts = [
        until(lambda name=name: made.serving.part(name), 20, f"{name} runs") for name in ("administration", "intake")
    ]
    made.serving.kill_supervisor()
    for part in parts:
        gone(part, 20)
    made.serving.start()
    assert served(portal, made)
