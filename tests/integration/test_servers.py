"""Private servers: durable, on loopback only, without privileges, and gone with whoever started them."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import amqp
import httpx
import psycopg
import pytest

from apps.servers import Servers, running
from apps.servers.instances import Instance
from apps.servers.processes import process
from apps.servers.sources import Source
from tests.portals import until

ROOT = Path(__file__).parents[2]
RUN = ROOT / ".run"
GIVEN_BROKER = {"AMQP_URI": "amqp://somewhere//", "RABBITMQ_MANAGEMENT_URL": "http://somewhere"}
"""A broker that is said to be there, where a test needs PostgreSQL only."""

UNPRIVILEGED_PYTHON = "/usr/bin/python3"
NOBODY = 65534


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    """Both servers, from packages."""
    with running(RUN, purpose="test-servers", sources=(Source.PACKAGES,), environ={}) as started:
        yield started


@pytest.fixture
def postgres(servers: Servers) -> Instance:
    assert isinstance(servers.postgres, Instance)
    return servers.postgres


@pytest.fixture
def rabbitmq(servers: Servers) -> Instance:
    assert isinstance(servers.rabbitmq, Instance)
    return servers.rabbitmq


def ask(servers: Servers, statement: str) -> Any:
    """The first value of a statement's first row, if it has any."""
    with psycopg.connect(servers.database_url, autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def channel(servers: Servers) -> Any:
    credentials, _, place = servers.amqp_uri.removeprefix("amqp://").partition("@")
    user, _, password = credentials.partition(":")
    connection = amqp.Connection(place.rstrip("/"), user, password, confirm_publish=True)
    connection.connect()
    return connection.channel()


def declared(servers: Servers, queue: str) -> bool:
    with channel(servers).connection as connection:
        try:
            connection.channel().queue_declare(queue, passive=True)
        except amqp.NotFound:
            return False
    return True


def listening(pid: int) -> set[str]:
    """The addresses, in the kernel's notation, on which a process takes connections; none of one that has ended."""
    entries = {}
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A":
                entries[f"socket:[{fields[9]}]"] = fields[1].partition(":")[0]
    return {entries[link] for link in links(pid) if link in entries}


def links(pid: int) -> Iterator[str]:
    """What a process has open; a worker of PostgreSQL, or a file, may be gone since it was listed."""
    with suppress(FileNotFoundError):
        for one in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(FileNotFoundError):
                yield str(one.readlink())


def test_both_are_had_from_packages_and_administered(servers: Servers) -> None:
    ask(servers, "CREATE ROLE somebody")
    ask(servers, "CREATE DATABASE something OWNER somebody")
    assert httpx.get(f"{servers.management_url}/api/whoami").json()["tags"] == ["administrator"]


@pytest.mark.parametrize(
    ("setting", "value"),
    [("fsync", "on"), ("full_page_writes", "on"), ("synchronous_commit", "on"), ("lc_ctype", "C.UTF-8")],
)
def test_postgresql_is_durable_and_knows_japanese_letters(servers: Servers, setting: str, value: str) -> None:
    assert ask(servers, f"SELECT setting FROM pg_settings WHERE name = '{setting}'") == value


def test_every_listening_socket_is_on_loopback(postgres: Instance, rabbitmq: Instance) -> None:
    found = [address for one in (*postgres.processes(), *rabbitmq.processes()) for address in listening(one.pid)]
    assert found
    assert set(found) <= {"0100007F", "00000000000000000000000001000000"}


def test_no_server_runs_as_root(postgres: Instance, rabbitmq: Instance) -> None:
    found = [Path(f"/proc/{one.pid}") for one in (*postgres.processes(), *rabbitmq.processes())]
    owners = {one.stat().st_uid for one in found if one.exists()}
    assert owners
    assert 0 not in owners


def test_postgresql_keeps_its_data_over_a_kill_and_loses_it_by_a_wipe(servers: Servers, postgres: Instance) -> None:
    ask(servers, "CREATE TABLE kept AS SELECT 1 AS one")
    killed = postgres.processes()
    postgres.kill()
    assert not any(process(one.pid) == one for one in killed)
    postgres.start()
    assert ask(servers, "SELECT one FROM kept") == 1
    with pytest.raises(RuntimeError):
        postgres.wipe()
    postgres.stop()
    postgres.wipe()
    postgres.start()
    assert ask(servers, "SELECT to_regclass('kept')") is None


def metadata(rabbitmq: Instance) -> list[Path]:
    """Where RabbitMQ writes what queues there are: a moment after it has said that one is declared."""
    return [path for path in (rabbitmq.folder / "data").glob("*/*") if path.suffix in {".LOG", ".DCL", ".DCD"}]


def test_rabbitmq_keeps_confirmed_messages_over_a_kill_and_loses_them_by_a_wipe(
    servers: Servers, rabbitmq: Instance
) -> None:
    with channel(servers).connection as connection:
        there = connection.channel()
        there.queue_declare("kept", durable=True, auto_delete=False)
        there.basic_publish(amqp.Message(b"body", delivery_mode=2), routing_key="kept")
    until(lambda: any(b"kept" in written.read_bytes() for written in metadata(rabbitmq)))
    killed = rabbitmq.processes()
    rabbitmq.kill()
    assert not any(process(one.pid) == one for one in killed)
    rabbitmq.start()
    with channel(servers).connection as connection:
        assert connection.channel().basic_get("kept", no_ack=True).body == b"body"
    rabbitmq.kill()
    rabbitmq.wipe()
    rabbitmq.start()
    assert not declared(servers, "kept")


def starter(purpose: str, *command: str, environ: dict[str, str] | None = None) -> subprocess.Popen[str]:
    """`python -m apps.servers` with PostgreSQL only, in a process of its own."""
    environment = {**os.environ, **GIVEN_BROKER, **(environ or {})}
    environment.pop("DATABASE_URL", None)
    arguments = [sys.executable, "-m", "apps.servers", "--purpose", purpose, "--", *command]
    return subprocess.Popen(arguments, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


def recorded(purpose: str) -> list[int]:
    record = RUN / purpose / "postgres.json"
    return [entry["pid"] for entry in json.loads(record.read_text())]


def test_a_command_finds_the_servers_in_its_environment_and_gives_the_exit_code() -> None:
    script = 'echo "$AMQP_URI"; echo "$DATABASE_URL"; exit 7'
    with starter("test-command", "sh", "-c", script) as started:
        output, _ = started.communicate(timeout=60)
    broker, database = output.split()
    assert broker == GIVEN_BROKER["AMQP_URI"]
    assert database.startswith("postgresql://admin:")
    assert started.returncode == 7


def test_sigterm_reaches_the_command_and_ends_what_was_started() -> None:
    script = "trap 'exit 9' TERM; echo ready; while :; do wait; done"
    with starter("test-sigterm", "sh", "-c", script) as started:
        assert started.stdout is not None
        started.stdout.readline()
        (server,) = recorded("test-sigterm")
        started.send_signal(signal.SIGTERM)
        assert started.wait(timeout=30) == 9
    assert process(server) is None


def test_what_a_killed_starter_left_running_is_ended_by_the_next() -> None:
    with starter("test-orphan", "sh", "-c", "echo ready; read never") as started:
        assert started.stdout is not None
        started.stdout.readline()
        (orphan,) = recorded("test-orphan")
        started.kill()
    assert process(orphan) is not None
    with starter("test-orphan", "true") as again:
        assert again.wait(timeout=60) == 0
    assert process(orphan) is None


def test_a_run_leaves_the_servers_of_another_alone() -> None:
    with running(RUN, purpose="test-twice", environ=GIVEN_BROKER) as mine:
        with running(RUN, purpose="test-twice", environ=GIVEN_BROKER) as theirs:
            assert theirs.database_url != mine.database_url
        assert ask(mine, "SELECT 1") == 1


@pytest.fixture
def reachable_folder() -> Iterator[Path]:
    """An empty folder that every user can enter, unlike pytest's own."""
    with tempfile.TemporaryDirectory(prefix="renkei-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.skipif(os.geteuid() != 0, reason="every other test here shows it where the tests' user is an ordinary one")
def test_an_ordinary_user_gets_both(reachable_folder: Path) -> None:
    """Downloads RabbitMQ once more, for what is shown is that this needs no root."""
    os.chown(reachable_folder, NOBODY, NOBODY)
    done = subprocess.run(
        [UNPRIVILEGED_PYTHON, "-m", "apps.servers", "--", "id", "-u"],
        check=False,
        cwd=reachable_folder,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        user=NOBODY,
        group=NOBODY,
        extra_groups=[],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert (done.returncode, done.stdout) == (0, f"{NOBODY}\n")


def test_without_any_source_the_exit_code_is_3_and_one_sentence_says_why(reachable_folder: Path) -> None:
    arguments = [sys.executable, "-m", "apps.servers", "--", "true"]
    environment = {"PATH": str(reachable_folder), "PYTHONPATH": str(ROOT), "DATABASE_URL": "postgresql://there"}
    done = subprocess.run(arguments, cwd=reachable_folder, env=environment, check=False, capture_output=True, text=True)
    assert done.returncode == 3
    assert done.stderr.splitlines()[-1].startswith("RabbitMQ is neither")
    assert "Traceback" not in done.stderr
