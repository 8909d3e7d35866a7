"""Databases that can be read and not written, for tests of what must be recorded first."""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg.sql import SQL, Identifier

from apps.provisioning import database
from eventstore.city import City
from tests.cities import Cities
from tests.ledgers import connected


@contextmanager
def unable_to_append(cities: Cities, city: City, service: str) -> Iterator[None]:
    """Whatever connects as the service from now on may read, and gives up waiting to append after a moment."""
    url, events = cities.administrator_url(city), Identifier(f"events_{service}")
    who, at = Identifier(database.role(city.name, service)), Identifier(database.database(city.name))
    limit = SQL("ALTER ROLE {} IN DATABASE {} SET lock_timeout = {}")
    with connected(url) as administrator, connected(url) as other:
        administrator.execute(limit.format(who, at, "200ms"))
        try:
            with other.transaction():
                other.execute(SQL("LOCK TABLE {} IN EXCLUSIVE MODE").format(events))
                yield
        finally:
            administrator.execute(limit.format(who, at, database.SHORT["lock_timeout"]))
