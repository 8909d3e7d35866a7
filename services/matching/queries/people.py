"""Which cases a person has to do with, as the list of cases has it."""

from collections.abc import Sequence
from uuid import UUID

from psycopg.sql import SQL, Composable

from desk.office import Office


def cases_of(office: Office, staff_id: UUID, seen: Sequence[Composable] = ()) -> tuple[UUID, ...]:
    """The ids of these cases, in the order in which they were opened. seen: which there are for whoever asks."""
    where = SQL(" AND ").join([SQL("people @> ARRAY[{}]::uuid[]").format(staff_id), *seen])
    statement = SQL("SELECT case_id FROM matching_cases WHERE {} ORDER BY position").format(where)
    with office.database.connection() as connection:
        return tuple(case_id for (case_id,) in connection.execute(statement))
