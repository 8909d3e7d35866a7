"""Migrations and grants: numbered SQL files, forward only, then the rights that each service declares."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from psycopg.sql import SQL, Identifier

from eventstore.database import Connection
from eventstore.declaration import Service
from eventstore.errors import Refusal
from eventstore.statements import Statements

KERNEL: Final = Path(__file__).parent / "migrations"
_LOCK: Final = 0x72656E6B6569  # "renkei": one migration at a time in a database


class MigrationChanged(Refusal):
    """A migration that was applied has been edited since; write a new one instead."""

    code = "migration_changed"


@dataclass(frozen=True, slots=True)
class Migration:
    """One SQL file of the kernel or of a service."""

    component: str
    name: str
    content: bytes

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the file's bytes."""
        return sha256(self.content).hexdigest()


def migrations(component: str, folder: Path) -> list[Migration]:
    """The component's files in the order of their numbers."""
    return [Migration(component, path.name, path.read_bytes()) for path in sorted(folder.glob("[0-9]*.sql"))]


@contextmanager
def one_at_a_time(connection: Connection) -> Iterator[None]:
    """A transaction in which nobody else migrates or grants in this database."""
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        yield


def migrate(connection: Connection, services: Sequence[Service]) -> list[str]:
    """Applies what is not yet applied, kernel first: all of it or nothing; gives the names of those applied.

    `connection` must be allowed to act as the owner of the schema. Raises `MigrationChanged`.
    """
    wanted = [
        *migrations("eventstore", KERNEL),
        *(migration for service in services for migration in migrations(service.name, service.migrations)),
    ]
    with one_at_a_time(connection):
        connection.execute(
            "CREATE TABLE IF NOT EXISTS migrations (component text, name text, digest text NOT NULL,"
            " applied_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (component, name))"
        )
        rows = connection.execute("SELECT component, name, digest FROM migrations").fetchall()
        applied = {(component, name): digest for component, name, digest in rows}
        return [f"{m.component}/{m.name}" for m in wanted if _apply(connection, m, applied)]


def _apply(connection: Connection, migration: Migration, applied: dict[tuple[str, str], str]) -> bool:
    before = applied.get((migration.component, migration.name))
    if before is None:
        connection.execute(migration.content)
        connection.execute(
            "INSERT INTO migrations (component, name, digest) VALUES (%s, %s, %s)",
            (migration.component, migration.name, migration.digest),
        )
    elif before != migration.digest:
        raise MigrationChanged(f"{migration.component}/{migration.name} was edited after it was applied")
    return before is None


BESIDE: Final = ("data_keys", "sealed_values", "blind_indexes")
ROWS: Final = "SELECT, INSERT, UPDATE, DELETE"
COUNTED: Final = {
    "events": "service, sequence, recorded_at",
    "positions": "position, sequence, service",
    "relay_progress": "decided, published",
    "subscriptions": "service, name, position",
    "parked_positions": "service, subscription, code, parked_at",
    "parked": "service, reason, parked_at",
    "checkpoints": "closes, signed_at",
}
"""The columns that counting needs, of the whole tables: their partitions are not asked by name."""


def grant(connection: Connection, service: Service, role: str) -> None:
    """Gives the service's role what it declares and nothing else: INSERT on its own partition, SELECT on what it reads.

    Of an event it fills what an append fills: it cannot choose a sequence number, only leave one unused. A foreign
    service's sealed values and keys are granted only where it opens some of their classes.
    """
    filled = ", ".join(Statements.of(service.name).events.columns)
    _only(connection, role, f"SELECT, INSERT ({filled})", _partitions(service.name, ("events",)))
    _only(connection, role, "INSERT, SELECT", _partitions(service.name, BESIDE))
    _only(connection, role, "INSERT, SELECT, DELETE", _partitions(service.name, ("parked",)))
    connection.execute(SQL("GRANT USAGE ON SEQUENCE events_sequence TO {}").format(Identifier(role)))
    for reads in service.reads:
        tables = ("events", "data_keys", "sealed_values") if reads.opens else ("events",)
        _only(connection, role, "SELECT", _partitions(reads.service, tables))
    if service.subscriptions:
        _only(connection, role, "SELECT", ("positions",))
        _only(connection, role, ROWS, _partitions(service.name, ("subscriptions", "parked_positions")))
        for subscription in service.subscriptions:
            _only(connection, role, ROWS, subscription.tables)


def grant_records_office(connection: Connection, services: Iterable[Service], role: str) -> None:
    """Lets the records office's role read every event and all that lies beside, and write nothing."""
    read = ("events", *BESIDE)
    ledger = ("positions", "tree_nodes", "checkpoints", "ledger_epochs", "relay_progress")
    _only(connection, role, "SELECT", (*read, *ledger, "migrations"))
    for service in services:
        _only(connection, role, "SELECT", _partitions(service.name, read))


def grant_relay(connection: Connection, services: Iterable[Service], role: str) -> None:
    """Lets the relay's role read events and write the ledger, and touch nothing sealed."""
    _only(connection, role, "SELECT", ("events", *(f"events_{service.name}" for service in services)))
    _only(connection, role, "SELECT, INSERT", ("positions", "tree_nodes", "checkpoints", "ledger_epochs"))
    _only(connection, role, "SELECT, UPDATE", ("relay_progress",))


def grant_key_keeper(connection: Connection, services: Iterable[Service], role: str) -> None:
    """Lets the key keeper's role wrap data keys anew, those of parked messages too, and read nothing that they seal."""
    for service in services:
        _only(connection, role, "SELECT, UPDATE (master_key, wrapped)", _partitions(service.name, ("data_keys",)))
        kept = "SELECT (id, class_group, master_key, key_id, wrapped), UPDATE (master_key, wrapped)"
        _only(connection, role, kept, _partitions(service.name, ("parked",)))


def grant_watch(connection: Connection, services: Iterable[Service], role: str) -> None:
    """Lets the watch's role count what waits and what is parked, and read no record, leaf, note or sealed value."""
    for table, columns in COUNTED.items():
        _only(connection, role, f"SELECT ({columns})", (table,))
    _only(connection, role, "SELECT", [service.waiting for service in services if service.waiting])


def _partitions(service: str, tables: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"{table}_{service}" for table in tables)


def _only(connection: Connection, role: str, rights: str, tables: Sequence[str]) -> None:
    for table in tables:
        connection.execute(SQL("GRANT {} ON {} TO {}").format(SQL(rights), Identifier(table), Identifier(role)))
