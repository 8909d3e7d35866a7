"""Connections to one city's database as one role: kept, autocommit, and a lost one said in our own words.

A pool and a way to run a prepared INSERT of our own: the driver's and its pool's take two fifths of the processor time
that an append may take (docs/benchmarks.md). For everything else the driver's `connection` is there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import Any, Final, TypeAlias

import psycopg
from psycopg.errors import InvalidSqlStatementName, error_from_result
from psycopg.generators import execute
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult

from eventstore.binary import Row
from eventstore.errors import Unavailable

Connection: TypeAlias = psycopg.Connection[tuple[Any, ...]]

WAIT_SECONDS: Final = 5
MOST_PREPARED: Final = 100


class Session:
    """A connection and the statements prepared on it, used by one at a time.

    Statements have parameters `$1`… in binary form; what psycopg raises is raised.
    """

    __slots__ = ("_named", "_prepared", "_sent", "connection")

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._prepared: dict[bytes, bytes] = {}
        self._named = 0
        self._sent: tuple[bytes, Row] = (b"", ())

    def run(self, statement: bytes, parameters: Row) -> int:
        """Runs a statement in autocommit, in one round trip once it is prepared; the rows that it inserted or found."""
        self.send(statement, parameters)
        return self.rows()

    def run_once(self, statement: bytes, parameters: Row) -> int:
        """As `run`, but unprepared, so that it may stand inside a transaction."""
        self.connection.pgconn.send_query_params(statement, parameters, param_formats=[1] * len(parameters))
        return self._count()

    def send(self, statement: bytes, parameters: Row) -> None:
        """Sends what `run` runs, and does not wait: `rows` must be asked next."""
        name = self._prepared.get(statement) or self._prepare(statement)
        self._sent = statement, parameters
        self.connection.pgconn.send_query_prepared(name, parameters, param_formats=[1] * len(parameters))

    def rows(self) -> int:
        """Waits for what was sent; the number of rows that it inserted or found."""
        try:
            return self._count()
        except InvalidSqlStatementName:  # after a rollback the driver deallocates everything
            self._prepared.clear()
            self.send(*self._sent)
            return self._count()

    def _prepare(self, statement: bytes) -> bytes:
        """Prepares a statement under a name of its own; very many share one name.

        A name is never used twice: what was prepared since the driver deallocated everything may still have it.
        """
        name = b""
        if len(self._prepared) < MOST_PREPARED:
            self._named += 1
            name = b"renkei_%d" % self._named
        self.connection.pgconn.send_prepare(name, statement)
        self._count()
        if name:
            self._prepared[statement] = name
        return name

    def _count(self) -> int:
        """Waits as the driver waits, which lets other green threads run."""
        result: PGresult = self.connection.wait(execute(self.connection.pgconn))[-1]
        if result.status not in (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK):
            raise error_from_result(result)
        return result.command_tuples or 0


class Database:
    """At most so many autocommit connections, made when they are needed and used again, the last used first.

    One statement is one transaction unless `transaction` is used.
    """

    def __init__(self, conninfo: str, *, connections: int = 8) -> None:
        """conninfo: libpq connection string or URI; connections: how many at most."""
        self._conninfo = conninfo
        self._free: SimpleQueue[None] = SimpleQueue()
        for _ in range(connections):
            self._free.put(None)
        self._idle: list[Session] = []
        self._is_closed = False

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection for a statement or a few. Raises `Unavailable` where the database does not answer."""
        with self.session() as session:
            yield session.connection

    def session(self) -> "Lease":
        """A connection with its prepared statements, for the length of a block. Raises as `connection` does."""
        return Lease(self)

    def close(self) -> None:
        """Closes every connection: those in use as soon as they are given back."""
        self._is_closed = True
        self._close_idle()

    def take(self) -> Session:
        """For `Lease`: a session that is idle, or a new one."""
        try:
            self._free.get(timeout=WAIT_SECONDS)
        except Empty:
            raise _unavailable("no connection became free") from None
        try:
            return self._idle.pop() if self._idle else self._connect()
        except BaseException:
            self._free.put(None)
            raise

    def give_back(self, session: Session) -> None:
        """For `Lease`: keeps a session; closes one that is lost or left amid something, and, lost, all idle ones."""
        connection = session.connection
        if connection.pgconn.transaction_status == TransactionStatus.IDLE and not self._is_closed:
            self._idle.append(session)
        else:
            if connection.broken:
                self._close_idle()
            connection.close()
        self._free.put(None)

    def _connect(self) -> Session:
        try:
            return Session(
                psycopg.connect(
                    self._conninfo, autocommit=True, application_name="renkei", connect_timeout=WAIT_SECONDS
                )
            )
        except psycopg.OperationalError as fault:
            raise _unavailable(type(fault).__name__) from fault

    def _close_idle(self) -> None:
        while self._idle:
            self._idle.pop().connection.close()


class Amid:
    """One connection amid a transaction, where else a `Database` stands: what it runs is part of that transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """The connection."""
        yield self._connection

    @contextmanager
    def session(self) -> Iterator[Session]:
        """The connection behind a savepoint: a statement that fails leaves the transaction as it was before."""
        with self._connection.transaction():
            yield UnpreparedSession(self._connection)


class UnpreparedSession(Session):
    """Prepares nothing: a statement that is no longer prepared would end the transaction."""

    __slots__ = ()

    def send(self, statement: bytes, parameters: Row) -> None:
        self.connection.pgconn.send_query_params(statement, parameters, param_formats=[1] * len(parameters))


class Lease:
    """A session for the length of a block; a class, because a generator's turns are felt."""

    __slots__ = ("_database", "_session")

    def __init__(self, database: Database) -> None:
        self._database = database

    def __enter__(self) -> Session:
        self._session = self._database.take()
        return self._session

    def __exit__(self, _kind: object, fault: BaseException | None, _trace: object) -> None:
        self._database.give_back(self._session)
        if isinstance(fault, psycopg.OperationalError):
            raise _unavailable(type(fault).__name__) from fault


def _unavailable(reason: str) -> Unavailable:
    return Unavailable(f"the database does not answer ({reason})", code="database_unavailable")
