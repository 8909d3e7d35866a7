"""A city's database and its roles: nobody logs in as the owner; services, office, keeper, relay and watch log in."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from secrets import token_urlsafe
from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg.sql import SQL, Composed, Identifier, Literal

from eventstore.database import Connection
from eventstore.declaration import Service
from eventstore.errors import Unavailable
from eventstore.migrate import (
    grant,
    grant_key_keeper,
    grant_records_office,
    grant_relay,
    grant_watch,
    migrate,
    one_at_a_time,
)

OWNER, RECORDS, KEEPER, RELAY, WATCH = "owner", "records", "keeper", "relay", "watch"
SHORT: Final = {
    "lock_timeout": "10s",
    "statement_timeout": "60s",
    "idle_in_transaction_session_timeout": "60s",
}
"""What a service may not exceed; the records office and whoever migrates may take their time."""
BRIEF: Final = {"lock_timeout": "1s", "statement_timeout": "3s", "idle_in_transaction_session_timeout": "10s"}
"""What the watch may not exceed: it waits for nobody, and nobody for it."""


@contextmanager
def _administrator(url: str) -> Iterator[Connection]:
    """A connection as administrator. Raises `Unavailable` where the server does not answer."""
    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
            yield connection
    except psycopg.OperationalError as fault:
        raise Unavailable(f"PostgreSQL does not answer ({type(fault).__name__})") from fault


def logins(services: Iterable[Service]) -> list[str]:
    """The names of those who log in: each service, the records office, the keeper of the keys, the relay, the watch."""
    return [*(service.name for service in services), RECORDS, KEEPER, RELAY, WATCH]


def draw_uris(admin_url: str, city: str, names: Iterable[str]) -> dict[str, str]:
    """A libpq URI with a fresh password for each name, to the city's own database."""
    at = urlsplit(admin_url)
    host = at.netloc.rpartition("@")[2]
    return {
        name: urlunsplit(
            (at.scheme, f"{role(city, name)}:{quote(token_urlsafe(24))}@{host}", f"/{database(city)}", "", "")
        )
        for name in names
    }


def database(city: str) -> str:
    """The name of the city's database."""
    return f"renkei_{city}"


def role(city: str, name: str) -> str:
    """The name of a role of the city."""
    return f"renkei_{city}_{name}"


def create(admin_url: str, city: str, uris: dict[str, str], services: Sequence[Service]) -> list[str]:
    """Creates what is missing of roles, database, schema and grants; gives the migrations applied."""
    owner = role(city, OWNER)
    limits = {**{service.name: SHORT for service in services}, WATCH: BRIEF}
    with _administrator(admin_url) as admin:
        _create_role(admin, owner, None)
        admin.execute(SQL("GRANT {} TO CURRENT_USER").format(Identifier(owner)))
        for name, uri in uris.items():
            _create_role(admin, role(city, name), urlsplit(uri).password)
        _create_database(admin, city, owner)
        for name in uris:
            _admit(admin, city, role(city, name), limits.get(name, {}))
    return migrate_city(admin_url, city, services)


def migrate_city(admin_url: str, city: str, services: Sequence[Service]) -> list[str]:
    """Applies new migrations and the grants that the services declare; gives the names of those applied."""
    at = urlsplit(admin_url)
    with _administrator(urlunsplit(at._replace(path=f"/{database(city)}"))) as connection:
        connection.execute(SQL("SET ROLE {}").format(Identifier(role(city, OWNER))))
        with one_at_a_time(connection):
            applied = migrate(connection, services)
            for service in services:
                grant(connection, service, role(city, service.name))
            grant_records_office(connection, services, role(city, RECORDS))
            grant_key_keeper(connection, services, role(city, KEEPER))
            grant_relay(connection, services, role(city, RELAY))
            grant_watch(connection, services, role(city, WATCH))
    return applied


def _create_role(admin: Connection, name: str, password: str | None) -> None:
    """Creates the role or sets its password anew; without a password nobody can log in as it."""
    exists = admin.execute("SELECT FROM pg_roles WHERE rolname = %s", (name,)).rowcount
    login: Composed | SQL = SQL("NOLOGIN")
    if password:  # as a verifier: the password itself stands in no statement and no log
        verifier = admin.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256")
        login = SQL("LOGIN PASSWORD {}").format(Literal(verifier.decode()))
    verb = SQL("ALTER") if exists else SQL("CREATE")
    admin.execute(SQL("{} ROLE {} {}").format(verb, Identifier(name), login))


def _create_database(admin: Connection, city: str, owner: str) -> None:
    name = Identifier(database(city))
    if not admin.execute("SELECT FROM pg_database WHERE datname = %s", (database(city),)).rowcount:
        admin.execute(
            SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'").format(name, Identifier(owner))
        )
        admin.execute(SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    admin.execute(SQL("ALTER DATABASE {} SET timezone = 'UTC'").format(name))


def _admit(admin: Connection, city: str, login: str, limits: Mapping[str, str]) -> None:
    """Lets one login into the city's database, within limits."""
    at, who = Identifier(database(city)), Identifier(login)
    admin.execute(SQL("GRANT CONNECT ON DATABASE {} TO {}").format(at, who))
    for limit, value in limits.items():
        setting = SQL("ALTER ROLE {} IN DATABASE {} SET {} = {}")
        admin.execute(setting.format(who, at, Identifier(limit), Literal(value)))
