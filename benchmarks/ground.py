"""Where everything is measured: cities on one durable server, set up by the real migrations, grants and keys."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from secrets import token_bytes, token_hex
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
from psycopg.sql import SQL, Identifier

from apps.provisioning import broker, database
from apps.servers import Servers
from benchmarks.facts import SERVICE
from eventstore.city import City
from eventstore.clock import now
from eventstore.database import Connection, Database
from eventstore.ledger.checkpoints import draw_signing_key, origin_of
from eventstore.protection import ClassGroup
from eventstore.sealing.keys import KEY_BYTES, derive, write_master_key, write_secret
from eventstore.store import EventStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """One city of the made-up service alone, and its database's URI as administrator. Can be pickled."""

    city: City
    admin_uri: str = field(repr=False)

    @contextmanager
    def store(self) -> Iterator[EventStore]:
        """The service's event store, composed as a service composes it."""
        with closing(Database(self.city.databases[SERVICE.name])) as connections:
            yield EventStore(
                connections,
                SERVICE.events,
                clock=now,
                masters=self.city.master_keys(ClassGroup),
                index_secret=derive(self.city.secret(SERVICE.name), "blind index"),
            )

    def connect(self, role: str = SERVICE.name) -> Connection:
        """One autocommit connection as one of the city's roles, without a pool."""
        return psycopg.connect(self.city.databases[role], autocommit=True)

    def admin(self) -> Connection:
        """One autocommit connection as the server's administrator, which no time limit stops."""
        return psycopg.connect(self.admin_uri, autocommit=True, options="-c statement_timeout=0")


@contextmanager
def ground(servers: Servers) -> Iterator[Ground]:
    """A new city whose database has the events of the made-up service, and beside them a table equal to theirs."""
    with TemporaryDirectory(prefix="renkei-bench-") as home:
        name = f"bench_{token_hex(4)}"
        city = _city(servers, name, Path(home))
        database.create(servers.database_url, name, city.databases, [SERVICE])
        admin_uri = urlsplit(servers.database_url)._replace(path=f"/{database.database(name)}").geturl()
        made = Ground(city=city, admin_uri=admin_uri)
        with made.admin() as connection:
            connection.execute("CREATE TABLE equal (LIKE events_bench INCLUDING ALL)")
            role = Identifier(database.role(name, SERVICE.name))
            connection.execute(SQL("GRANT INSERT, SELECT ON equal TO {}").format(role))
        try:
            yield made
        finally:
            _drop_city(servers, name)


def with_broker(servers: Servers, at: Ground) -> Ground:
    """The same city with a vhost, its exchanges and users, in which the administrator may do everything."""
    uris = broker.draw_uris(servers.amqp_uri, at.city.name, [SERVICE])
    admin = urlsplit(servers.amqp_uri)
    with broker.Management(servers.management_url, at.city.name) as management:
        broker.create(management, uris, [SERVICE])
        management.create_user(admin.username or "guest", None, broker.Rights(configure=".*", write=".*", read=".*"))
    uris["administrator"] = admin._replace(path=f"/{at.city.name}").geturl()
    return replace(at, city=replace(at.city, brokers=uris))


def drop(admin: Connection, name: str) -> None:
    """Drops a database, whoever is connected."""
    admin.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


def _city(servers: Servers, name: str, home: Path) -> City:
    """A city's configuration and keys, as `renkei city create` makes them."""
    keys = home / name / "keys"
    keys.mkdir(parents=True)
    for group in ClassGroup:
        write_master_key(keys, group)
    write_secret(keys / f"{SERVICE.name}.secret", token_bytes(KEY_BYTES).hex())
    draw_signing_key(keys, origin_of("012025", 1))
    return City(
        name=name,
        municipality="012025",
        stream=uuid4(),
        operator=uuid4(),
        folder=keys.parent,
        databases=database.draw_uris(servers.database_url, name, database.logins([SERVICE])),
        brokers={},
    )


def _drop_city(servers: Servers, name: str) -> None:
    with psycopg.connect(servers.database_url, autocommit=True) as admin:
        drop(admin, database.database(name))
        roles = admin.execute("SELECT rolname FROM pg_roles WHERE starts_with(rolname, %s)", (database.role(name, ""),))
        for (role,) in roles.fetchall():
            admin.execute(SQL("DROP ROLE {}").format(Identifier(role)))
