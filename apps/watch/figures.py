"""The figures of one city: what `/metrics` and `renkei lag` tell, read in one snapshot of its database."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple, TypeVar

from psycopg import IsolationLevel
from psycopg.sql import SQL, Identifier

from apps.ledger import ZONE
from apps.watch.backlogs import Backlog, Reach, behind, one, unnumbered
from apps.watch.connections import connected
from eventstore.city import City
from eventstore.database import Connection
from eventstore.declaration import Service
from eventstore.ledger.closing import GRACE, days_to_close
from eventstore.ledger.stored import Ledger
from eventstore.relay.single import PUBLISHER, SEQUENCER, is_taken

P = TypeVar("P")

MOST_PARKED: Final = 100_000

_PARKED_POSITIONS: Final = (
    "SELECT service, subscription, code, count(*), min(parked_at)"
    " FROM (SELECT service, subscription, code, parked_at FROM parked_positions LIMIT %s) parked"
    " GROUP BY service, subscription, code ORDER BY service, subscription, code"
)
_PARKED_MESSAGES: Final = (
    "SELECT service, code, count(*), min(parked_at)"
    " FROM (SELECT service, reason AS code, parked_at FROM parked LIMIT %s) parked"
    " GROUP BY service, code ORDER BY service, code"
)


class Followed(NamedTuple):
    """A subscription. kind: `projection` or `reaction`."""

    service: str
    subscription: str
    kind: str


class ParkedPositions(NamedTuple):
    """Positions that a subscription could not take, by the code of what refused them."""

    service: str
    subscription: str
    code: str


class ParkedMessages(NamedTuple):
    """Messages that a service could not read or answer, by the code of what refused them."""

    service: str
    code: str


class Waiting(NamedTuple):
    """What should not wait for long in a service. what: such as `timers`. code: of which kind, or what refused them."""

    service: str
    what: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One city at one instant. Ages are in seconds; the age of a checkpoint is None where there is none."""

    positions: int
    unnumbered: Backlog
    untold: Backlog
    followed: Mapping[Followed, Backlog]
    parked_positions: Mapping[ParkedPositions, Backlog]
    parked_messages: Mapping[ParkedMessages, Backlog]
    waiting: Mapping[Waiting, Backlog]
    checkpoint_age: float | None
    closing_age: float | None
    unclosed_days: int
    is_sequenced: bool
    is_published: bool


def ask(city: City, services: Sequence[Service], now: datetime) -> Figures:
    """The city's figures; ages are seen from `now`. Raises `Unavailable` where its database does not answer."""
    with connected(city) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        reach, followed = Reach.ask(connection), _reached(connection, services)
        untold, *unfollowed = behind(connection, reach.head, [reach.published, *followed.values()], now)
        signed, closed = one(
            connection, "SELECT max(signed_at), max(signed_at) FILTER (WHERE closes IS NOT NULL) FROM checkpoints"
        )
        return Figures(
            positions=reach.head,
            unnumbered=unnumbered(connection, reach, now),
            untold=untold,
            followed=dict(zip(followed, unfollowed, strict=True)),
            parked_positions=_parked(connection, _PARKED_POSITIONS, ParkedPositions, now),
            parked_messages=_parked(connection, _PARKED_MESSAGES, ParkedMessages, now),
            waiting=_waiting(connection, services, now),
            checkpoint_age=_age(signed, now),
            closing_age=_age(closed, now),
            unclosed_days=len(days_to_close(Ledger(connection), now - GRACE, ZONE)),
            is_sequenced=is_taken(connection, SEQUENCER),
            is_published=is_taken(connection, PUBLISHER),
        )


def _reached(connection: Connection, services: Sequence[Service]) -> dict[Followed, int]:
    """The position that each declared subscription has reached; 0 where it has never been followed."""
    rows = connection.execute("SELECT service, name, position FROM subscriptions").fetchall()
    reached = {(service, name): position for service, name, position in rows}
    return {
        Followed(
            service.name, subscription.name, "projection" if subscription.is_projection else "reaction"
        ): reached.get((service.name, subscription.name), 0)
        for service in services
        for subscription in service.subscriptions
    }


def _parked(connection: Connection, question: str, of: Callable[..., P], now: datetime) -> dict[P, Backlog]:
    """What is parked, by the columns that stand before count and oldest."""
    rows = connection.execute(question, (MOST_PARKED,)).fetchall()
    return {of(*what): Backlog.of(count, oldest, now) for *what, count, oldest in rows}


def _waiting(connection: Connection, services: Sequence[Service], now: datetime) -> dict[Waiting, Backlog]:
    """What the services that have such a view tell of what waits, as they count it themselves."""
    waiting: dict[Waiting, Backlog] = {}
    for service in services:
        if service.waiting:
            question = SQL("SELECT what, code, count, oldest FROM {} ORDER BY what, code")
            rows = connection.execute(question.format(Identifier(service.waiting))).fetchall()
            waiting |= {Waiting(service.name, what, code): Backlog.of(many, at, now) for what, code, many, at in rows}
    return waiting


def _age(since: datetime | None, now: datetime) -> float | None:
    return max((now - since).total_seconds(), 0.0) if since else None
