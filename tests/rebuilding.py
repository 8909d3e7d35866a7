"""Whether read models are the same, byte for byte, when they are built again from the log."""

from typing import Any

import psycopg

from desk.office import Office


def rebuilt_otherwise(office: Office, administrator: psycopg.Connection[Any]) -> list[str]:
    """The tables of a service's projections that are others when they are built again."""
    projections = [one for one in office.followers if one.subscription.is_projection]
    tables = [table for one in projections for table in one.subscription.tables]
    live = {table: _copied(administrator, table) for table in tables}
    for projection in projections:
        projection.rebuild()
    return [table for table in tables if _copied(administrator, table) != live[table]]


def _copied(administrator: psycopg.Connection[Any], table: str) -> bytes:
    """Every byte of a read model, in an order that its rows alone say."""
    statement = f'COPY (SELECT * FROM {table} AS one ORDER BY one::text COLLATE "C") TO STDOUT'
    with administrator.cursor().copy(statement.encode()) as copying:
        return b"".join(copying)
