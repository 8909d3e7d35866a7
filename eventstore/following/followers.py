"""Followers: take a subscription through the log by position, its results and its checkpoint in one transaction.

RabbitMQ only wakes a follower; what it takes, and in which order, the log says. So a message that is lost, repeated or
forged costs nothing and gains nothing, and building a projection again is the same code from the first position.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final, Generic, NamedTuple, TypeVar

import psycopg
import structlog
from psycopg.sql import SQL, Composed, Identifier

from eventstore.database import Connection, Database
from eventstore.errors import Refusal, Unavailable
from eventstore.events import EventTypes
from eventstore.following.parked_positions import ParkedPosition, ParkedPositions
from eventstore.following.subscriptions import Subscription
from eventstore.following.taking import NotTaken, Taken, Taking, Works
from eventstore.parked import NotParked
from eventstore.store import Clock

W = TypeVar("W")

PAGE: Final = 2_000
"""Positions a transaction: many, because a page is a range of an index; for a reaction still a matter of seconds."""

_LOCK: Final = "SELECT position FROM {checkpoints} WHERE name = %s FOR UPDATE"
_LOCK_IF_FREE: Final = f"{_LOCK} SKIP LOCKED"

log = structlog.get_logger(__name__)


class NotAProjection(ValueError):
    """Only a projection can be built again: what a reaction appended stands."""


class Busy(Unavailable):
    """Another follower is at work on this subscription."""

    code = "busy"


class RefusedAgain(Refusal):
    """Parked positions were refused once more; they stay parked. `codes`: position → the code of what refused it."""

    def __init__(self, codes: Mapping[int, str]) -> None:
        super().__init__(f"refused again: {', '.join(map(str, codes))}", code=next(iter(codes.values())))
        self.codes = codes


class _Reached(NamedTuple):
    """The checkpoint of a subscription and the end of the log."""

    position: int
    head: int


class Follower(Generic[W]):
    """Follows one subscription in one city. Of several followers of a subscription one is at work at a time."""

    def __init__(
        self,
        subscription: Subscription[W],
        own: EventTypes,
        database: Database,
        *,
        works: Works[W],
        clock: Clock,
    ) -> None:
        """own: the service's event types. works: what the handlers work with."""
        self.subscription = subscription
        self.queue = subscription.queue(own.service)
        self._database = database
        self._works = works
        self._clock = clock
        self._checkpoints = Identifier(f"subscriptions_{own.service}")
        self._parked = ParkedPositions(own.service, subscription)
        self._taking = Taking(subscription, own, works)

    def step(self) -> int:
        """Takes the next page of the log; gives how many positions that was, 0 where there is nothing to do.

        What a rule refuses or nobody can read is parked with its code and passed. Raises `Busy` where another follower
        is at it, `Unavailable` where it has to be tried again: then nothing has happened.
        """
        with self._transaction() as connection:
            reached = self._reached(connection, _LOCK_IF_FREE)
            if reached.position >= reached.head:
                return 0
            last = min(reached.position + PAGE, reached.head)
            taken = self._follow(connection, reached.position + 1, last)
            self._advance(connection, last)
        if last == reached.head:  # what is caught up with is not told one by one
            for one in taken:
                log.info("followed", subscription=self.subscription.name, **one._asdict())
        return last - reached.position

    def rebuild(self, progress: Callable[[int, int], None] = lambda _, __: None) -> int:
        """Builds the projection again from the first position; gives the position reached.

        One transaction: until its end everybody reads the old rows, and if it is broken off, goes on reading them.
        Raises `NotAProjection`, `Unavailable`.
        """
        if not self.subscription.is_projection:
            raise NotAProjection(f"{self.subscription.name} is a reaction")
        with self._transaction() as connection:
            head = self._reached(connection, _LOCK).head
            for table in self.subscription.tables:
                connection.execute(SQL("DELETE FROM {}").format(Identifier(table)))
            self._parked.unpark_all(connection)
            for first in range(1, head + 1, PAGE):
                last = min(first + PAGE - 1, head)
                self._follow(connection, first, last)
                progress(last, head)
            self._advance(connection, head)
        return head

    def parked(self) -> list[ParkedPosition]:
        """What is parked, in the log's order."""
        with self._transaction() as connection:
            return self._parked.all(connection)

    def retry(self, *positions: int) -> None:
        """Takes parked positions again; what is taken is no longer parked.

        A projection is built again for it: an event taken after later ones would leave rows that no rebuild gives.
        Raises `NotParked` where one of them is not, and nothing is done; `RefusedAgain` with those that stay parked.
        """
        if strange := set(positions) - {one.position for one in self.parked()}:
            raise NotParked(f"not parked: {', '.join(map(str, sorted(strange)))}")
        if self.subscription.is_projection:
            self.rebuild()
            refused = {one.position: one.code for one in self.parked() if one.position in positions}
        else:
            refused = {position: code for position in sorted(positions) if (code := self._retake(position))}
        if refused:
            raise RefusedAgain(refused)

    def discard(self, position: int, record: Callable[[W, str], None] = lambda _, __: None) -> None:
        """Takes a position from the parked ones, untaken; a projection meets it again when it is built again.

        record: puts the decision on record in the same transaction, with what the handlers work with and the code that
        the position was parked with. Raises `NotParked`, and what `record` raises: then it stays parked.
        """
        with self._transaction() as connection:
            code = self._parked.unpark(connection, position)
            record(self._works(connection, position), code)

    def _retake(self, position: int) -> str | None:
        """Takes a position that is parked; gives the code of what refused it, None where it is taken."""
        try:
            with self._transaction() as connection:
                self._reached(connection, _LOCK)
                self._parked.unpark(connection, position)
                self._taking.take(connection, position, position)
        except NotTaken as refused:
            return refused.code
        return None

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        try:
            with self._database.connection() as connection, connection.transaction():
                yield connection
        except psycopg.Error as fault:  # a right or a table that is missing is mended by a migration, not by parking
            raise Unavailable(f"the log cannot be followed ({type(fault).__name__})", code="not_followed") from fault

    def _reached(self, connection: Connection, lock: str) -> _Reached:
        """The checkpoint, locked, and the end of the log, looked at when it is locked. Raises `Busy`."""
        name = (self.subscription.name,)
        connection.execute(self._sql("INSERT INTO {checkpoints} (name) VALUES (%s) ON CONFLICT DO NOTHING"), name)
        checkpoint = connection.execute(self._sql(lock), name).fetchone()
        if checkpoint is None:
            raise Busy("another follower is at work on this subscription")
        head = connection.execute("SELECT coalesce(max(position), 0) FROM positions").fetchone()
        return _Reached(checkpoint[0], head[0] if head else 0)

    def _advance(self, connection: Connection, position: int) -> None:
        statement = self._sql("UPDATE {checkpoints} SET position = %s WHERE name = %s")
        connection.execute(statement, (position, self.subscription.name))

    def _follow(self, connection: Connection, first: int, last: int) -> list[Taken]:
        """Takes the events at these positions in order and gives them; parks each that is not taken."""
        taken: list[Taken] = []
        while first <= last:
            try:
                return taken + self._taking.take(connection, first, last)
            except NotTaken as refused:
                taken += self._follow(connection, first, refused.position - 1)
                self._park(connection, refused)
                first = refused.position + 1
        return taken

    def _park(self, connection: Connection, refused: NotTaken) -> None:
        log.warning(
            "position parked", subscription=self.subscription.name, position=refused.position, code=refused.code
        )
        self._parked.park(connection, refused.position, refused.code, self._clock())

    def _sql(self, statement: str) -> Composed:
        return SQL(statement).format(checkpoints=self._checkpoints)
