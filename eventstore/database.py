"""Connections to one city's database as one role: pooled, autocommit, and a lost one said in our own words."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

import psycopg
from psycopg_pool import ConnectionPool, PoolTimeout

from eventstore.errors import Unavailable

Connection: TypeAlias = psycopg.Connection[tuple[Any, ...]]

WAIT_SECONDS = 5.0


class Database:
    """A pool of autocommit connections. One statement is one transaction unless `transaction` is used."""

    def __init__(self, conninfo: str, *, connections: int = 8) -> None:
        """conninfo: libpq connection string or URI; connections: how many at most."""
        self._pool = ConnectionPool(
            conninfo,
            min_size=1,
            max_size=connections,
            timeout=WAIT_SECONDS,
            kwargs={"autocommit": True, "application_name": "renkei"},
            check=ConnectionPool.check_connection if connections == 1 else None,
            open=True,
        )

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection for a statement or a few. Raises `Unavailable` where the database does not answer."""
        try:
            with self._pool.connection() as connection:
                yield connection
        except (psycopg.OperationalError, PoolTimeout) as fault:
            raise Unavailable(
                f"the database does not answer ({type(fault).__name__})", code="database_unavailable"
            ) from fault

    def close(self) -> None:
        """Closes every connection."""
        self._pool.close()
