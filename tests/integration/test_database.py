"""Connections of a city's database: kept and used again, never more than allowed, and a lost one said once."""

import threading
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from eventstore import database
from eventstore.binary import int4
from eventstore.city import City
from eventstore.database import Database
from eventstore.errors import Unavailable
from tests.cities import Cities

PID = "SELECT pg_backend_pid()"
FOUND = b"SELECT FROM generate_series(1, $1::int4)"


@pytest.fixture
def kept(cities: Cities, toy_city: City) -> Database:
    return cities.closing(Database(toy_city.databases["toy"], connections=2))


@pytest.fixture(scope="module")
def administrator(cities: Cities, toy_city: City) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(cities.administrator_url(toy_city), autocommit=True) as connection:
        yield connection


def pid(kept: Database) -> int:
    with kept.connection() as connection:
        return int(connection.execute(PID).fetchall()[0][0])


def test_a_connection_is_used_again(kept: Database) -> None:
    assert pid(kept) == pid(kept)


def test_no_more_connections_are_made_than_allowed(kept: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "WAIT_SECONDS", 0.05)

    with (
        kept.connection(),
        kept.connection(),
        pytest.raises(Unavailable, match="no connection became free"),
        kept.connection(),
    ):
        pytest.fail("a third connection was given")

    assert pid(kept)


def test_who_waits_gets_the_connection_that_becomes_free(kept: Database) -> None:
    got: list[int] = []
    with kept.connection(), kept.connection():
        waiting = threading.Thread(target=lambda: got.append(pid(kept)))
        waiting.start()
    waiting.join(timeout=20)

    assert len(got) == 1


def test_a_lost_connection_is_said_once_and_the_idle_ones_are_lost_with_it(
    kept: Database, administrator: psycopg.Connection[Any]
) -> None:
    with kept.connection() as one, kept.connection() as other:
        pids = [one.info.backend_pid, other.info.backend_pid]
    for lost in pids:
        administrator.execute("SELECT pg_terminate_backend(%s, 5000)", (lost,))

    with pytest.raises(Unavailable):
        pid(kept)

    assert pid(kept) not in pids
    with kept.connection() as one, kept.connection() as other:
        assert {one.info.backend_pid, other.info.backend_pid}.isdisjoint(pids)


def test_a_connection_left_amid_a_transaction_is_not_used_again(kept: Database) -> None:
    with kept.connection() as connection:
        connection.execute("BEGIN")
        left = connection.info.backend_pid

    assert pid(kept) != left


def test_a_statement_is_run_again_after_the_driver_has_dropped_what_was_prepared(kept: Database) -> None:
    with kept.session() as session:
        assert session.run(FOUND, [int4(3)]) == 3
        session.connection.execute("DEALLOCATE ALL")

        assert session.run(FOUND, [int4(2)]) == 2


def test_a_statement_prepared_since_the_driver_dropped_the_others_keeps_its_name(kept: Database) -> None:
    other = FOUND + b" -- another"
    with kept.session() as session:
        assert session.run(FOUND, [int4(3)]) == 3
        session.connection.execute("DEALLOCATE ALL")

        assert session.run(other, [int4(1)]) == 1
        assert session.run(FOUND, [int4(2)]) == 2
        assert session.run(other, [int4(3)]) == 3


def test_very_many_statements_can_be_run(kept: Database) -> None:
    with kept.session() as session:
        counts = [session.run(b"SELECT %d WHERE $1::int4 > 0" % n, [int4(1)]) for n in range(150)]

        assert set(counts) == {1}
        (prepared,) = session.connection.execute("SELECT count(*) FROM pg_prepared_statements").fetchall()[0]
        assert prepared <= database.MOST_PREPARED


def test_what_a_statement_may_not_do_is_said_as_the_driver_says_it(kept: Database) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege), kept.session() as session:
        session.run(b"DELETE FROM events_toy", [])

    assert pid(kept)


def test_a_database_that_is_not_there_is_unavailable() -> None:
    nowhere = Database("postgresql://nobody@127.0.0.1:1/nothing")

    for _ in range(10):  # more often than there are connections
        with pytest.raises(Unavailable), nowhere.connection():
            pytest.fail("there was a connection")
