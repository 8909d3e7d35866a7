"""A city for what is measured of matching: its office, and the database's administrator, who fills what is asked."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg

from apps.provisioning import database
from apps.provisioning.city import Installation, create_city
from apps.servers import Servers
from benchmarks.matching.proposals import PACK
from desk.office import Office
from eventstore.database import Connection
from services.matching.declaration import MATCHING


@contextmanager
def office(servers: Servers) -> Iterator[tuple[Office, Connection]]:
    """Matching's office in a new city, and a connection that no time limit stops. The servers are private ones."""
    with TemporaryDirectory(prefix="renkei-bench-") as home:
        at = Installation(
            home=Path(home),
            database_url=servers.database_url,
            amqp_uri=servers.amqp_uri,
            management_url=servers.management_url,
        )
        city = create_city(at, f"matching_{uuid4().hex[:8]}", PACK, approver="市長", reference="企連第1号")
        uri = urlsplit(servers.database_url)._replace(path=f"/{database.database(city.name)}").geturl()
        with (
            closing(Office(MATCHING, city)) as made,
            psycopg.connect(uri, autocommit=True, options="-c statement_timeout=0") as administrator,
        ):
            yield made, administrator
