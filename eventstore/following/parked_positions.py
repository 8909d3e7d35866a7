"""Parked positions: what a subscription could not take of the log, kept by position until a person looks at it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.sql import SQL, Composed, Identifier

from eventstore.database import Connection
from eventstore.following.subscriptions import Subscription
from eventstore.parked import NotParked


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedPosition:
    """One parked position: the code of what refused it, when, and the event's type; None where the event is gone."""

    subscription: str
    position: int
    code: str
    parked_at: datetime
    type: str | None


class ParkedPositions:
    """Those of one subscription. Everything is part of the transaction of the connection that is given."""

    def __init__(self, service: str, subscription: Subscription[Any]) -> None:
        self._subscription = subscription.name
        self._table = Identifier(f"parked_positions_{service}")
        self._all = _all(self._table, sorted(subscription.by_service(service)))

    def park(self, connection: Connection, position: int, reason: str, parked_at: datetime) -> None:
        """Parks a position; one that is parked stays as it is."""
        connection.execute(
            self._sql(
                "INSERT INTO {} (subscription, position, code, parked_at) VALUES (%s, %s, %s, %s)"
                " ON CONFLICT DO NOTHING"
            ),
            (self._subscription, position, reason, parked_at),
        )

    def unpark(self, connection: Connection, position: int) -> str:
        """Takes a position from the parked ones; gives the code that it was parked with. Raises `NotParked`."""
        statement = self._sql("DELETE FROM {} WHERE subscription = %s AND position = %s RETURNING code")
        row = connection.execute(statement, (self._subscription, position)).fetchone()
        if row is None:
            raise NotParked(f"position {position} is not parked")
        code: str = row[0]
        return code

    def unpark_all(self, connection: Connection) -> None:
        """Takes every position from the parked ones: the log is followed from its beginning."""
        connection.execute(self._sql("DELETE FROM {} WHERE subscription = %s"), (self._subscription,))

    def all(self, connection: Connection) -> list[ParkedPosition]:
        """What is parked, in the log's order."""
        rows = connection.execute(self._all, (self._subscription,)).fetchall()
        return [
            ParkedPosition(
                subscription=self._subscription, position=position, code=code, parked_at=parked_at, type=event_type
            )
            for position, code, parked_at, event_type in rows
        ]

    def _sql(self, statement: str) -> Composed:
        return SQL(statement).format(self._table)


def _all(table: Identifier, services: list[str]) -> Composed:
    """Parked positions with their events' types, of the services that are followed."""
    of_service = SQL(
        "SELECT e.type FROM positions p JOIN {events} e ON e.sequence = p.sequence"
        " WHERE p.position = parked.position AND p.service = {service}"
    )
    types = [of_service.format(events=Identifier(f"events_{service}"), service=service) for service in services]
    return SQL(
        "SELECT parked.position, parked.code, parked.parked_at, event.type FROM {table} parked"
        " LEFT JOIN LATERAL ({types}) event ON true WHERE parked.subscription = %s ORDER BY parked.position"
    ).format(table=table, types=SQL(" UNION ALL ").join(types))
