"""Connections to one city's database as one role: kept, autocommit, and a lost one said in our own words.

A pool of our own, because a library's costs a fifth of what an append may cost (docs/benchmarks.md).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Semaphore
from typing import Any, Final, TypeAlias

import psycopg
from psycopg.pq import TransactionStatus

from eventstore.errors import Unavailable

Connection: TypeAlias = psycopg.Connection[tuple[Any, ...]]
Cursor: TypeAlias = psycopg.Cursor[tuple[Any, ...]]

WAIT_SECONDS: Final = 5


class Database:
    """At most so many autocommit connections, made when they are needed and used again, the last used first.

    One statement is one transaction unless `transaction` is used.
    """

    def __init__(self, conninfo: str, *, connections: int = 8) -> None:
        """conninfo: libpq connection string or URI; connections: how many at most."""
        self._conninfo = conninfo
        self._free = Semaphore(connections)
        self._idle: list[Cursor] = []
        self._is_closed = False

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection for a statement or a few. Raises `Unavailable` where the database does not answer."""
        with self.cursor() as cursor:
            yield cursor.connection

    @contextmanager
    def cursor(self) -> Iterator[Cursor]:
        """A connection's own cursor, kept with it: cheaper for one short statement. Raises as `connection` does."""
        if not self._free.acquire(timeout=WAIT_SECONDS):
            raise _unavailable("no connection became free")
        try:
            cursor = self._idle.pop() if self._idle else self._connect()
            try:
                yield cursor
            finally:
                self._keep(cursor)
        except psycopg.OperationalError as fault:
            raise _unavailable(type(fault).__name__) from fault
        finally:
            self._free.release()

    def close(self) -> None:
        """Closes every connection: those in use as soon as they are given back."""
        self._is_closed = True
        self._close_idle()

    def _connect(self) -> Cursor:
        return psycopg.connect(
            self._conninfo, autocommit=True, application_name="renkei", connect_timeout=WAIT_SECONDS
        ).cursor()

    def _keep(self, cursor: Cursor) -> None:
        """Keeps the connection for the next; closes one that is lost or left amid something, and, lost, all others."""
        connection = cursor.connection
        if connection.pgconn.transaction_status == TransactionStatus.IDLE and not self._is_closed:
            self._idle.append(cursor)
            return
        if connection.broken:
            self._close_idle()
        connection.close()

    def _close_idle(self) -> None:
        while self._idle:
            self._idle.pop().connection.close()


def _unavailable(reason: str) -> Unavailable:
    return Unavailable(f"the database does not answer ({reason})", code="database_unavailable")
