"""What a service declares of itself in one place; its database grants and its keys follow from this."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eventstore.events import EventTypes
from eventstore.following.subscriptions import Subscription
from eventstore.protection import ClassGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class Reads:
    """Streams of another service that are read: its name and the categories.

    opens: the class groups whose sealed values are opened there; none unless named.
    """

    service: str
    categories: frozenset[str]
    opens: frozenset[ClassGroup] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service: the events that it owns, the class groups that it seals and opens, and what it reads of others.

    takes: the types of portal messages that it takes, from the queue `<name>.portal_events`.
    takes_unroutable: it also answers the portal messages that nobody takes.
    subscriptions: its projections and reactions.
    waits: it has a view `<name>_waiting` (what, code, count, oldest) of what should not wait for long, which the watch
    reads. Raises ValueError where one follows a service that is not read.
    """

    events: EventTypes
    opens: frozenset[ClassGroup]
    reads: tuple[Reads, ...] = ()
    takes: frozenset[str] = frozenset()
    takes_unroutable: bool = False
    subscriptions: tuple[Subscription[Any], ...] = ()
    waits: bool = False
    migrations: Path

    def __post_init__(self) -> None:
        read = {self.name, *(foreign.service for foreign in self.reads)}
        for subscription in self.subscriptions:
            if strange := set(subscription.by_service(self.name)) - read:
                raise ValueError(f"{subscription.name} follows {', '.join(sorted(strange))}, which is not read")

    @property
    def name(self) -> str:
        """The service's name: its partition, its role, its exchange `<name>.events`."""
        return self.events.service

    @property
    def portal_queue(self) -> str:
        """The queue in which portal messages wait for this service."""
        return f"{self.name}.portal_events"

    @property
    def waiting(self) -> str | None:
        """The view of what waits in it, already counted; None where it has none."""
        return f"{self.name}_waiting" if self.waits else None

    @property
    def groups(self) -> frozenset[ClassGroup]:
        """Every class group whose master key the service's process must hold."""
        return self.opens.union(*(reads.opens for reads in self.reads))
