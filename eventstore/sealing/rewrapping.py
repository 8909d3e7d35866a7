"""Rewrapping: after a new master key was drawn, every data key is wrapped anew under it; what is sealed is not touched.

Done by the key keeper's role, which can read wrapped keys and nothing that they seal. A run that was stopped goes on
where it was: what is wrapped by the current master key already is passed over.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, TypeAlias
from uuid import UUID

from psycopg.sql import SQL, Composed, Identifier

from eventstore.database import Connection, Database
from eventstore.sealing.keys import MasterKeys
from eventstore.sealing.stored import StoredKey

BATCH: Final = 500

Progress: TypeAlias = Callable[[int, int], None]
"""Told how many keys are wrapped anew, and how many there were to do in all."""

_COLUMNS: Final = {
    "data_keys": SQL("id, id, category, stream_id, class_group, subject, master_key, wrapped"),
    "parked": SQL("id, key_id, 'parked', id, class_group, NULL::uuid, master_key, wrapped"),
}
"""The tables in which wrapped keys stand: the row's id, then the columns of a `StoredKey`."""
_OTHERS: Final = SQL("class_group = ANY(%s) AND master_key <> ALL(%s)")


def rewrap(
    database: Database,
    masters: MasterKeys,
    services: Iterable[str],
    *,
    progress: Progress = lambda done, of: None,  # noqa: ARG005 - told to nobody unless asked
) -> int:
    """Wraps the services' data keys by the current master keys of the groups held; gives how many it wrapped.

    `database` acts as the key keeper. Raises `KeyUnavailable` at a key that no held master key opens: what was done
    before stays done. Raises `Unavailable` where the database does not answer.
    """
    places = [(table, service) for service in services for table in _COLUMNS]
    with database.connection() as connection:
        total = sum(_count(connection, masters, *place) for place in places)
    done = 0
    for place in places:
        for wrapped in _batches(database, masters, *place):
            done += wrapped
            progress(done, total)
    return done


def _batches(database: Database, masters: MasterKeys, table: str, service: str) -> Iterator[int]:
    """Wraps one table's keys, a transaction for each batch; gives how many each time."""
    after = UUID(int=0)
    partition = Identifier(f"{table}_{service}")
    following = SQL("SELECT {} FROM {} WHERE id > %s AND {} ORDER BY id LIMIT %s").format(
        _COLUMNS[table], partition, _OTHERS
    )
    while True:
        with database.connection() as connection:
            rows = connection.execute(following, (after, *_parameters(masters), BATCH)).fetchall()
            if not rows:
                return
            with connection.transaction(), connection.cursor() as cursor:
                cursor.executemany(_update(partition), [_anew(masters, row) for row in rows])
        after = rows[-1][0]
        yield len(rows)


def _anew(masters: MasterKeys, row: tuple[Any, ...]) -> tuple[object, ...]:
    """The parameters of `_update` for one row: nothing happens where the row has changed or gone in the meantime."""
    row_id, *columns = row
    stored = StoredKey(*columns)
    key = masters.rewrap(stored.wrapped_key())
    return key.master_key, key.wrapped, row_id, stored.master_key


def _update(partition: Identifier) -> Composed:
    return SQL("UPDATE {} SET master_key = %s, wrapped = %s WHERE id = %s AND master_key = %s").format(partition)


def _count(connection: Connection, masters: MasterKeys, table: str, service: str) -> int:
    statement = SQL("SELECT count(*) FROM {} WHERE {}").format(Identifier(f"{table}_{service}"), _OTHERS)
    (counted,) = connection.execute(statement, _parameters(masters)).fetchone() or (0,)
    return int(counted)


def _parameters(masters: MasterKeys) -> tuple[list[str], list[UUID]]:
    groups = sorted(masters.groups)
    return [str(group) for group in groups], [masters.current(group) for group in groups]
