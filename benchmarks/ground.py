"""Where everything is measured: databases on one durable server, set up by the real migrations and grants."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from secrets import token_bytes, token_hex
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg.sql import SQL, Identifier

from apps.provisioning import database
from benchmarks.facts import SERVICE
from eventstore.clock import now
from eventstore.database import Connection, Database
from eventstore.keys import KEY_BYTES, MasterKey, MasterKeys
from eventstore.protection import ClassGroup
from eventstore.store import EventStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """One city's database: the service's own URI, the administrator's to the same, and the keys. Can be pickled."""

    service_uri: str = field(repr=False)
    admin_uri: str = field(repr=False)
    masters: MasterKeys = field(repr=False)
    index_secret: bytes = field(repr=False)

    @contextmanager
    def store(self) -> Iterator[EventStore]:
        """The service's event store, composed as a service composes it."""
        with closing(Database(self.service_uri)) as connections:
            yield EventStore(
                connections, SERVICE.events, clock=now, masters=self.masters, index_secret=self.index_secret
            )

    def connect(self) -> Connection:
        """One autocommit connection as the service's role, without a pool."""
        return psycopg.connect(self.service_uri, autocommit=True)

    def admin(self) -> Connection:
        """One autocommit connection as the server's administrator, which no time limit stops."""
        return psycopg.connect(self.admin_uri, autocommit=True, options="-c statement_timeout=0")


@contextmanager
def ground(admin_url: str) -> Iterator[Ground]:
    """A new database with the events of the made-up service, and beside it a table equal to its partition."""
    city = f"bench_{token_hex(4)}"
    uris = database.draw_uris(admin_url, city, database.logins([SERVICE]))
    database.create(admin_url, city, uris, [SERVICE])
    made = Ground(
        service_uri=uris[SERVICE.name],
        admin_uri=urlunsplit(urlsplit(admin_url)._replace(path=f"/{database.database(city)}")),
        masters=MasterKeys({group: [MasterKey(token_bytes(KEY_BYTES))] for group in ClassGroup}),
        index_secret=token_bytes(KEY_BYTES),
    )
    with made.admin() as connection:
        connection.execute("CREATE TABLE equal (LIKE events_bench INCLUDING ALL)")
        role = Identifier(database.role(city, SERVICE.name))
        connection.execute(SQL("GRANT INSERT, SELECT ON equal TO {}").format(role))
    try:
        yield made
    finally:
        with psycopg.connect(admin_url, autocommit=True) as admin:
            drop(admin, database.database(city))
            roles = admin.execute(
                "SELECT rolname FROM pg_roles WHERE starts_with(rolname, %s)", (database.role(city, ""),)
            )
            for (role_name,) in roles.fetchall():
                admin.execute(SQL("DROP ROLE {}").format(Identifier(role_name)))


def drop(admin: Connection, name: str) -> None:
    """Drops a database, whoever is connected."""
    admin.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))
