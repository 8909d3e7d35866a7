"""Connections to a city's database that are given up soon: whoever watches is answered, whatever does not answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg

from apps.provisioning.database import WATCH
from eventstore.city import City
from eventstore.database import Connection
from eventstore.errors import Unavailable

PATIENCE: Final = 5
"""Seconds to connect; what a statement of the watch may take, its role itself says."""
AT_ONCE: Final = 16
"""Questions at a time: cities that do not answer do not make the others wait."""
LOST_AFTER: Final = 5_000
"""Milliseconds after which a server that is gone amid a question is given up."""


@contextmanager
def connected(city: City, role: str = WATCH) -> Iterator[Connection]:
    """A connection as a role of the city. Raises `Unavailable`, also for what is asked in the block."""
    uri = of_version(city, city.databases, role)
    try:
        with psycopg.connect(
            uri,
            connect_timeout=PATIENCE,
            application_name="renkei watch",
            tcp_user_timeout=LOST_AFTER,
            keepalives_idle=2,
            keepalives_interval=1,
            keepalives_count=3,
        ) as connection:
            yield connection
    except psycopg.Error as fault:
        raise Unavailable(
            f"{city.name}: the database does not answer ({type(fault).__name__})", code="database_unavailable"
        ) from fault


def of_version(city: City, uris: dict[str, str], name: str) -> str:
    """One of the city's URIs. Raises `Unavailable` where the city is older than this version and has it not yet."""
    if name not in uris:
        raise Unavailable(f"{city.name}: {name} has no login here yet: run `renkei migrate`", code="not_migrated")
    return uris[name]
