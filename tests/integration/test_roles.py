"""Append-only thrice: no role may change what is recorded, nor read, write or lock what it does not declare."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import Any, TypeAlias
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest
from psycopg.errors import ForeignKeyViolation, InsufficientPrivilege

from apps.composition import SERVICES
from apps.provisioning.database import OWNER, role
from eventstore.city import City
from tests.cities import Cities

Connect: TypeAlias = Callable[[str], psycopg.Connection[Any]]

NAMES = [service.name for service in SERVICES]
LOGINS = [*NAMES, "records", "keeper", "relay", "watch"]
LEDGER = ("positions", "tree_nodes", "checkpoints", "ledger_epochs")
BESIDE = ("data_keys", "sealed_values", "blind_indexes")
EVERYTHING = [f"{table}_{name}" for name in NAMES for table in ("events", *BESIDE, "parked")] + [
    "events", *BESIDE, "parked", "migrations", *LEDGER,
]  # fmt: skip

READS = {
    **{
        service.name: {
            *(f"{table}_{service.name}" for table in ("events", *BESIDE, "parked")),
            *(f"events_{reads.service}" for reads in service.reads),
            *(f"{t}_{reads.service}" for reads in service.reads if reads.opens for t in ("data_keys", "sealed_values")),
            *(["positions"] if service.subscriptions else []),
        }
        for service in SERVICES
    },
    "records": {
        "migrations",
        *(f"{table}_{name}" for name in NAMES for table in ("events", *BESIDE)), "events", *BESIDE, *LEDGER,
    },
    "relay": {"events", *(f"events_{name}" for name in NAMES), *LEDGER},
    "keeper": {f"data_keys_{name}" for name in NAMES},
    "watch": set(),
}  # fmt: skip
"""What each role may select from whole; written down here a second time, on purpose."""

COUNTS = {
    "events": {"service", "sequence", "recorded_at"},
    "positions": {"position", "sequence", "service"},
    "relay_progress": {"decided", "published"},
    "subscriptions": {"service", "name", "position"},
    "parked_positions": {"service", "subscription", "code", "parked_at"},
    "parked": {"service", "reason", "parked_at"},
    "checkpoints": {"closes", "signed_at"},
    "intake_waiting": {"what", "code", "count", "oldest"},
    "matching_waiting": {"what", "code", "count", "oldest"},
}
"""The columns that the watch may read, of these tables and none of their partitions: no record and nothing sealed.

The last two are views, which count: of their tables the watch may read nothing."""

INSERTS = {name: {f"{table}_{name}" for table in ("events", *BESIDE, "parked")} for name in NAMES} | {
    "relay": set(LEDGER)
}

ROW = {
    "events": "(category, stream_id, version, id, type, schema_version, command_id, recorded_at, record)"
    " VALUES ('forged', gen_random_uuid(), 1, gen_random_uuid(), 'Forged', 1, gen_random_uuid(), now(), '{}')",
    "data_keys": "(id, category, stream_id, class_group, master_key, wrapped)"
    " VALUES (gen_random_uuid(), 'forged', gen_random_uuid(), 'internal', gen_random_uuid(), '')",
    "sealed_values": "(key_id, event_id, blob) VALUES (gen_random_uuid(), gen_random_uuid(), '')",
    "blind_indexes": "(name, digest, category, stream_id, key_id)"
    " VALUES ('forged', '', 'forged', gen_random_uuid(), gen_random_uuid())",
    "parked": "(id, reason, parked_at, class_group, master_key, key_id, wrapped, blob)"
    " VALUES (gen_random_uuid(), 'x', now(), 'personal', gen_random_uuid(), gen_random_uuid(), '', '')",
    "positions": "(position, sequence, service, leaf) VALUES (99, -1, 'forged', sha256('x'))",
    "tree_nodes": "(level, number, hash) VALUES (8, 99, sha256('x'))",
    "checkpoints": "(size, origin, note, signed_at) VALUES (0, 'forged', '', now())",
    "ledger_epochs": "(epoch, began_at_size, reason, begun_at) VALUES (9, 0, '', now())",
    "migrations": "(component, name, digest) VALUES ('forged', 'forged', '')",
}  # fmt: skip


def kind(table: str) -> str:
    return next(name for name in ROW if table == name or table.startswith(f"{name}_"))


@pytest.fixture(scope="module")
def connect(cities: Cities, city: City) -> Iterator[Connect]:
    """A connection as a role of the city, or as its owner, or as superuser; kept for the module."""
    made: dict[str, psycopg.Connection[Any]] = {}

    def connected(name: str) -> psycopg.Connection[Any]:
        if name not in made:
            uri = city.databases.get(name) or cities.administrator_url(city)
            made[name] = psycopg.connect(uri, autocommit=True)
            if name == OWNER:
                made[name].execute(f"SET ROLE {role(city.name, OWNER)}")
        return made[name]

    yield connected
    for connection in made.values():
        connection.close()


def refused(connection: psycopg.Connection[Any], statement: str) -> None:
    with pytest.raises(InsufficientPrivilege), _undone(connection, statement):
        connection.execute(statement.encode())


def _undone(connection: psycopg.Connection[Any], statement: str) -> AbstractContextManager[Any]:
    """A transaction that never commits, where the statement may stand in one."""
    if statement.startswith("CREATE DATABASE"):
        return nullcontext()
    return connection.transaction(force_rollback=True)


@pytest.mark.parametrize("table", EVERYTHING)
@pytest.mark.parametrize("name", LOGINS)
def test_a_role_may_read_what_it_declares_and_nothing_else(connect: Connect, name: str, table: str) -> None:
    statement = f"SELECT * FROM {table} LIMIT 1"

    if table in READS[name]:
        connect(name).execute(statement.encode())
    else:
        refused(connect(name), statement)


@pytest.mark.parametrize("table", EVERYTHING)
@pytest.mark.parametrize("name", LOGINS)
def test_a_role_may_insert_into_its_own_partitions_only(connect: Connect, name: str, table: str) -> None:
    statement = f"INSERT INTO {table} {ROW[kind(table)]}"

    if table in INSERTS.get(name, ()):
        with suppress(ForeignKeyViolation), connect(name).transaction(force_rollback=True):
            connect(name).execute(statement.encode())
    else:
        refused(connect(name), statement)


COLUMN = {"migrations": "name", "tree_nodes": "level", "checkpoints": "size", "ledger_epochs": "epoch"}
CHANGES = [
    (name, table, change)
    for name in LOGINS
    for table in EVERYTHING
    for change in ("UPDATE {} SET {column} = {column}", "DELETE FROM {}", "TRUNCATE {}")
    if (table, change) != (f"parked_{name}", "DELETE FROM {}")  # deleted when it is retried or discarded
]


@pytest.mark.parametrize(("name", "table", "change"), CHANGES)
def test_a_role_may_change_nothing(connect: Connect, name: str, table: str, change: str) -> None:
    refused(connect(name), change.format(table, column=COLUMN.get(table, "service")))


@pytest.mark.parametrize("column", ["service", "id", "category", "stream_id", "class_group", "subject"])
@pytest.mark.parametrize("table", [f"data_keys_{name}" for name in NAMES])
def test_the_keeper_may_change_how_a_key_is_wrapped_and_not_whose_it_is(
    connect: Connect, table: str, column: str
) -> None:
    connect("keeper").execute(f"UPDATE {table} SET master_key = master_key, wrapped = wrapped WHERE false".encode())
    refused(connect("keeper"), f"UPDATE {table} SET {column} = {column}")


@pytest.mark.parametrize("column", ["blob", "reason", "parked_at"])
@pytest.mark.parametrize("table", [f"parked_{name}" for name in NAMES])
def test_the_keeper_may_not_read_a_parked_message(connect: Connect, table: str, column: str) -> None:
    refused(connect("keeper"), f"SELECT {column} FROM {table}")
    refused(connect("keeper"), f"UPDATE {table} SET {column} = {column}")


def test_the_watch_may_count_and_read_no_record_and_nothing_sealed(connect: Connect) -> None:
    """Every column of every table, view and sequence is tried."""
    columns = (
        connect("superuser")
        .execute(
            "SELECT relname, attname FROM pg_attribute JOIN pg_class c ON c.oid = attrelid"
            " WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND relkind NOT IN ('i', 'I')"
        )
        .fetchall()
    )
    assert {table for table, _ in columns} > {*EVERYTHING, *COUNTS}
    for table, column in columns:
        statement = f"SELECT {column} FROM {table} LIMIT 1"
        if column in COUNTS.get(table, ()):
            connect("watch").execute(statement.encode())
        else:
            refused(connect("watch"), statement)


@pytest.mark.parametrize("name", NAMES)
def test_a_service_draws_no_sequence_number_at_will(connect: Connect, name: str) -> None:
    columns, values = ROW["events"].split(" VALUES (")
    with_sequence = f"{columns[:-1]}, sequence) VALUES ({values[:-1]}, 999999999)"

    refused(connect(name), f"INSERT INTO events_{name} {with_sequence}")
    refused(connect(name), "SELECT setval('events_sequence', 1)")


FORBIDDEN = [
    "CREATE TABLE forged (a int)",
    "CREATE TEMP TABLE forged (a int)",
    "CREATE SCHEMA forged",
    "CREATE FUNCTION forged() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE EXTENSION file_fdw",
    "CREATE ROLE forged",
    "CREATE DATABASE forged",
    "CALL create_service('forged')",
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "SET session_replication_role = replica",
    "SELECT setval('events_sequence', 1)",
    "ALTER SEQUENCE events_sequence RESTART",
    "COPY (SELECT 1) TO '/tmp/forged'",
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "SELECT pg_read_file('PG_VERSION')",
    "SELECT rolpassword FROM pg_authid",
]  # fmt: skip
TABLE_CHANGES = [
    "ALTER TABLE {} DISABLE TRIGGER ALL",
    "ALTER TABLE {} ADD COLUMN forged int",
    "ALTER TABLE {} OWNER TO CURRENT_USER",
    "DROP TABLE {}",
    "DROP TRIGGER append_only ON {}",
    "CREATE TRIGGER forged AFTER INSERT ON {} EXECUTE FUNCTION refuse_change()",
    "CREATE RULE forged AS ON INSERT TO {} DO INSTEAD NOTHING",
    "CREATE INDEX ON {} (version)",
    "ALTER TABLE {} ENABLE ROW LEVEL SECURITY",
    "LOCK TABLE {} IN ACCESS EXCLUSIVE MODE",
    "LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE",
    "COPY {} FROM PROGRAM 'true'",
    "COPY {} (sequence) FROM '/dev/null'",
]  # fmt: skip


@pytest.mark.parametrize("statement", FORBIDDEN, ids=lambda statement: statement[:40])
@pytest.mark.parametrize("name", LOGINS)
def test_a_role_may_neither_build_nor_break(connect: Connect, name: str, statement: str) -> None:
    refused(connect(name), statement)


@pytest.mark.parametrize("statement", TABLE_CHANGES, ids=lambda statement: statement[:40])
@pytest.mark.parametrize("name", LOGINS)
def test_a_role_may_not_touch_the_form_of_a_table(connect: Connect, name: str, statement: str) -> None:
    for table in ("events", *(f"events_{service}" for service in NAMES)):
        refused(connect(name), statement.format(table))


@pytest.mark.parametrize("name", LOGINS)
def test_a_role_cannot_pass_its_rights_on(connect: Connect, name: str) -> None:
    """PostgreSQL only warns where somebody has a right without the option to grant it."""
    for table in EVERYTHING:
        with suppress(InsufficientPrivilege):
            connect(name).execute(f"GRANT ALL ON {table} TO PUBLIC".encode())

    granted = connect("superuser").execute(
        "SELECT relname FROM pg_class, aclexplode(relacl) WHERE grantee = 0 AND relnamespace = 'public'::regnamespace"
    )
    assert granted.fetchall() == []


@pytest.mark.parametrize("name", LOGINS)
def test_a_role_may_not_become_another(connect: Connect, city: City, name: str) -> None:
    for other in {OWNER, *LOGINS} - {name}:
        refused(connect(name), f"SET ROLE {role(city.name, other)}")


@pytest.mark.parametrize("name", [*NAMES, "keeper", "records"])
def test_a_role_may_copy_into_no_foreign_partition(connect: Connect, name: str) -> None:
    for table in ("events", *(f"events_{service}" for service in NAMES if service != name)):
        connection = connect(name)
        with (
            pytest.raises(InsufficientPrivilege),
            connection.transaction(),
            connection.cursor().copy(f"COPY {table} (category) FROM STDIN".encode()) as copying,
        ):
            copying.write_row(["forged"])


@pytest.mark.parametrize("change", ["UPDATE {} SET type = type", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.parametrize("table", ["events", *(f"events_{name}" for name in NAMES)])
@pytest.mark.parametrize("name", [OWNER, "superuser"])
def test_even_the_owner_and_a_superuser_are_refused_by_the_trigger(
    connect: Connect, name: str, table: str, change: str
) -> None:
    with (
        pytest.raises(InsufficientPrivilege, match="append-only"),
        connect(name).transaction(),
    ):
        connect(name).execute(change.format(table).encode())


@pytest.mark.parametrize("name", NAMES)
def test_an_insert_cannot_overwrite(connect: Connect, name: str) -> None:
    for action in ("UPDATE SET type = 'Forged'", "UPDATE SET record = excluded.record"):
        refused(connect(name), f"INSERT INTO events_{name} {ROW['events']} ON CONFLICT (id) DO {action}")


def test_nobody_can_log_in_as_the_owner(connect: Connect, city: City) -> None:
    owner = role(city.name, OWNER)
    (may_log_in,) = (
        connect("superuser").execute("SELECT rolcanlogin FROM pg_roles WHERE rolname = %s", (owner,)).fetchone()
    )
    assert may_log_in is False

    uri = urlsplit(city.databases["intake"])
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(uri._replace(netloc=f"{owner}:{uuid4()}@{uri.hostname}:{uri.port}").geturl())


def test_no_role_of_a_city_has_rights_beyond_it(connect: Connect, city: City) -> None:
    rights = (
        connect("superuser")
        .execute(
            "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls FROM pg_roles"
            " WHERE starts_with(rolname, %s)",
            (role(city.name, ""),),
        )
        .fetchall()
    )

    assert len(rights) == len(LOGINS) + 1
    assert set(rights) == {(False,)}
