"""How far a read model has followed the log, and waiting until it shows what somebody has just written."""

import time
from dataclasses import dataclass
from typing import Any, Final

from psycopg.sql import SQL, Composed, Identifier

from eventstore.database import Database
from eventstore.errors import NotFound, Unavailable
from eventstore.events import EventTypes
from eventstore.following.subscriptions import Subscription
from eventstore.records import StreamId

WAIT: Final = 1.0
LOOK_AGAIN: Final = 0.02  # seconds


class PositionParked(Unavailable):
    """What should be shown could not be taken into the read model: a person has to look at it first."""

    code = "position_parked"


class NotYetFollowed(Unavailable):
    """The read model does not show it yet: the same question may be asked again."""

    code = "not_yet_followed"


@dataclass(frozen=True, slots=True, kw_only=True)
class AsOf:
    """What a list shows: everything up to `position`; `behind` positions of the log are still to be followed."""

    position: int
    behind: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AtLeast:
    """An event that a list has to show: a stream and the version that somebody wrote there."""

    stream: StreamId
    version: int


class Freshness:
    """How fresh the read models of one service are in one city."""

    def __init__(self, database: Database, own: EventTypes) -> None:
        """own: the service's event types."""
        self._database = database
        self._own = own
        self._checkpoints = Identifier(f"subscriptions_{own.service}")
        self._parked = Identifier(f"parked_positions_{own.service}")
        self._events = Identifier(f"events_{own.service}")

    def of(self, subscription: Subscription[Any]) -> AsOf:
        """How far a projection is. Ask before reading its rows: they may be newer, never older."""
        with self._database.connection() as connection:
            row = connection.execute(
                self._sql(
                    "SELECT coalesce((SELECT position FROM {checkpoints} WHERE name = %s), 0),"
                    " coalesce(max(position), 0) FROM positions"
                ),
                (subscription.name,),
            ).fetchone()
        position, head = row or (0, 0)
        return AsOf(position=position, behind=head - position)

    def wait(self, subscription: Subscription[Any], at_least: AtLeast, seconds: float = WAIT) -> None:
        """Returns when the projection shows it.

        Raises `NotYetFollowed` after a while, `PositionParked` where it was not taken, `NotFound` for no such event and
        for one of streams that the projection does not follow: whether there is any is not for its readers to know.
        """
        if at_least.stream.category not in self._categories(subscription):
            raise NotFound
        ends = time.monotonic() + seconds
        while not self._shows(subscription, at_least):
            if time.monotonic() >= ends:
                raise NotYetFollowed("一覧への反映が終わっていません。しばらくしてから、もう一度お試しください。")
            time.sleep(LOOK_AGAIN)

    def _categories(self, subscription: Subscription[Any]) -> set[str]:
        types = subscription.by_service(self._own.service).get(self._own.service, {})
        return {declared.category for declared in self._own if declared.name in types}

    def _shows(self, subscription: Subscription[Any], at_least: AtLeast) -> bool:
        with self._database.connection() as connection:
            row = connection.execute(
                self._sql(
                    "SELECT p.position <= (SELECT position FROM {checkpoints} WHERE name = %(name)s),"
                    " EXISTS (SELECT FROM {parked} WHERE subscription = %(name)s AND position = p.position)"
                    " FROM {events} e LEFT JOIN positions p ON p.sequence = e.sequence"
                    " WHERE e.stream_id = %(id)s AND e.category = %(category)s AND e.version = %(version)s"
                ),
                {
                    "name": subscription.name,
                    "id": at_least.stream.id,
                    "category": at_least.stream.category,
                    "version": at_least.version,
                },
            ).fetchone()
        if row is None:
            raise NotFound
        is_followed, is_parked = row
        if is_parked:
            raise PositionParked("この変更は一覧に反映できませんでした。システムの担当者に連絡してください。")
        return bool(is_followed)

    def _sql(self, statement: str) -> Composed:
        return SQL(statement).format(checkpoints=self._checkpoints, events=self._events, parked=self._parked)
