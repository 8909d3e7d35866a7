"""Rows of read models, as projections change them."""

from uuid import UUID

from psycopg.sql import SQL, Identifier

from desk.turns import Turn


def change_row(turn: Turn, table: str, key: str, row: UUID, /, **columns: object) -> None:
    """Gives these columns of a row these values; nothing where there is no such row. key: the column that names it."""
    changed = SQL(", ").join(SQL("{} = %s").format(Identifier(column)) for column in columns)
    statement = SQL("UPDATE {} SET {} WHERE {} = %s").format(Identifier(table), changed, Identifier(key))
    turn.connection.execute(statement, (*columns.values(), row))
