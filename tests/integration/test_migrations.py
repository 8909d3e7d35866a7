"""Migrations: forward only, each once, whoever runs them and however many at a time."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest

from apps.provisioning.database import migrate_city
from eventstore.city import City
from eventstore.declaration import Service
from eventstore.events import EventTypes
from eventstore.migrate import MigrationChanged, migrate
from tests.cities import Cities
from tests.toy import NEIGHBOUR, TOY


@pytest.fixture
def bare(cities: Cities) -> City:
    return cities.stripped([TOY, NEIGHBOUR], "migrated")


@pytest.fixture
def connection(cities: Cities, bare: City) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(cities.administrator_url(bare), autocommit=True) as connection:
        connection.execute(f"SET ROLE renkei_{bare.name}_owner".encode())
        yield connection


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Service]:
    """Writes a migration of a service that is `late`, and gives the service."""

    def written(name: str, content: str) -> Service:
        (tmp_path / name).write_text(content)
        return Service(events=EventTypes("late"), opens=frozenset(), migrations=tmp_path)

    return written


def applied(connection: psycopg.Connection[Any]) -> list[str]:
    rows = connection.execute("SELECT component || '/' || name FROM migrations ORDER BY applied_at, component, name")
    return [name for (name,) in rows.fetchall()]


def test_the_kernel_s_come_first_and_each_is_applied_once(connection: psycopg.Connection[Any]) -> None:
    before = applied(connection)

    assert migrate(connection, [TOY, NEIGHBOUR]) == []
    assert applied(connection) == before
    assert {name.split("/")[0] for name in before} == {"eventstore", "toy", "neighbour"}


def test_a_new_one_is_applied_when_it_comes(
    connection: psycopg.Connection[Any], write: Callable[[str, str], Service]
) -> None:
    late = write("0001_partition.sql", "CALL create_service('late')")
    assert migrate(connection, [TOY, late]) == ["late/0001_partition.sql"]

    write("0002_more.sql", "CREATE TABLE more (a int)")
    assert migrate(connection, [late, TOY]) == ["late/0002_more.sql"]
    assert migrate(connection, [late]) == []


def test_one_that_was_edited_after_it_was_applied_is_refused(
    connection: psycopg.Connection[Any], write: Callable[[str, str], Service]
) -> None:
    late = write("0001_partition.sql", "CALL create_service('late')")
    migrate(connection, [late])

    write("0001_partition.sql", "CALL create_service('late');\n")
    write("0002_more.sql", "CREATE TABLE more (a int)")
    with pytest.raises(MigrationChanged, match=r"late/0001_partition\.sql"):
        migrate(connection, [late])
    assert connection.execute("SELECT to_regclass('more')").fetchone() == (None,)


def test_one_that_fails_leaves_nothing_behind(
    connection: psycopg.Connection[Any], write: Callable[[str, str], Service]
) -> None:
    late = write("0001_partition.sql", "CREATE TABLE half (a int); SELECT 1 / 0;")
    before = applied(connection)

    with pytest.raises(psycopg.errors.DivisionByZero):
        migrate(connection, [late])
    assert connection.execute("SELECT to_regclass('half')").fetchone() == (None,)
    assert applied(connection) == before


def test_several_at_once_apply_each_once(
    cities: Cities, bare: City, connection: psycopg.Connection[Any], write: Callable[[str, str], Service]
) -> None:
    late = write("0001_partition.sql", "CALL create_service('late')")
    with psycopg.connect(cities.at.database_url, autocommit=True) as admin:
        admin.execute(f"CREATE ROLE renkei_{bare.name}_late".encode())

    with ThreadPoolExecutor(4) as pool:
        runs = [pool.submit(migrate_city, cities.at.database_url, bare.name, [TOY, NEIGHBOUR, late]) for _ in range(4)]
        results = [run.result() for run in runs]

    assert sorted(results) == [[], [], [], ["late/0001_partition.sql"]]
    assert applied(connection).count("late/0001_partition.sql") == 1
