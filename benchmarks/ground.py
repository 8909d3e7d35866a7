"""Where everything is measured: databases on one durable server, set up by the real migrations and grants."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from secrets import token_bytes
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

    @classmethod
    def create(cls, admin_url: str, city: str) -> "Ground":
        """A new database with the events of the made-up service, and beside it a table equal to its partition."""
        uris = database.draw_uris(admin_url, city, database.logins([SERVICE]))
        database.create(admin_url, city, uris, [SERVICE])
        ground = cls(
            service_uri=uris[SERVICE.name],
            admin_uri=urlunsplit(urlsplit(admin_url)._replace(path=f"/{database.database(city)}")),
            masters=MasterKeys({group: [MasterKey(token_bytes(KEY_BYTES))] for group in ClassGroup}),
            index_secret=token_bytes(KEY_BYTES),
        )
        with ground.admin() as connection:
            connection.execute("CREATE TABLE equal (LIKE events_bench INCLUDING ALL)")
            role = Identifier(database.role(city, SERVICE.name))
            connection.execute(SQL("GRANT INSERT, SELECT ON equal TO {}").format(role))
        return ground

    @contextmanager
    def store(self) -> Iterator[EventStore]:
        """The service's event store, composed as a service composes it."""
        connections = Database(self.service_uri)
        yield EventStore(
            connections, SERVICE.events, clock=now, masters=self.masters, index_secret=self.index_secret
        )
        connections.close()

    def connect(self) -> Connection:
        """One autocommit connection as the service's role, without a pool."""
        return psycopg.connect(self.service_uri, autocommit=True)

    def admin(self) -> Connection:
        """One autocommit connection as the server's administrator."""
        return psycopg.connect(self.admin_uri, autocommit=True)
