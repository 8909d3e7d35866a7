"""One at a time in a database: an advisory lock that a connection holds, and loses with its end."""

from typing import Final

from eventstore.database import Connection
from eventstore.errors import Unavailable

SEQUENCER: Final = 0x72656E6B6569_01
"""Who numbers the city's events."""

PUBLISHER: Final = 0x72656E6B6569_02
"""Who tells them."""


class AnotherRelay(Unavailable):
    """Another relay does this work in this city; this one stands by."""

    code = "another_relay"


def take(connection: Connection, work: int) -> None:
    """Holds the lock of a work until the connection ends. Raises `AnotherRelay`."""
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", (work,)).fetchone()
    if row is None or not row[0]:
        raise AnotherRelay("another relay does this work in this city")


def is_taken(connection: Connection, work: int) -> bool:
    """Whether somebody holds the lock of a work in this database."""
    row = connection.execute(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        " AND (classid::bigint << 32 | objid::bigint) = %s",
        (work,),
    ).fetchone()
    return bool(row and row[0])
