"""What projections and reactions work with: one transaction, which commits their results with the checkpoint."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID, uuid5

from psycopg.sql import SQL, Identifier

from desk.rules import RuleBook
from eventstore.database import Connection
from eventstore.decider import Decider
from eventstore.execution import Outcome, execute
from eventstore.records import Actor, Code, Context, Recorded, StreamId
from eventstore.store import Clock, EventStore
from eventstore.tracing import child

SYSTEM: Final = UUID("2f9c1c86-7a0e-4d8e-9c5b-6c1d3b0a4e57")
"""The actor of what follows by itself from an event: no person decided it."""
SYSTEM_ROLE: Final = Code("system")


def system_actor(service: str) -> Actor:
    """A service that acts by itself."""
    return Actor(id=SYSTEM, role=SYSTEM_ROLE, app=Code(service))


def consequence(
    service: str, command_id: UUID, cause: Recorded, *, policy: str | None, reason: str | None = None
) -> Context:
    """What the record says beside the content of what a service does by itself because of an event.

    policy: digest of the pack that it is decided under. reason: why, where the event alone does not say it.
    """
    return Context(
        command_id=command_id,
        correlation_id=cause.correlation_id,
        causation_id=cause.id,
        trace=child(cause.trace, cause.correlation_id, cause.id),
        actor=system_actor(service),
        policy=policy,
        reason=reason,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What is at hand for one event that is followed, amid a transaction of the follower.

    position: the event's in the log. connection: for a projection's rows. store: for a reaction's events; both are
    committed together or not at all. rules: read over the same connection.
    """

    position: int
    connection: Connection
    store: EventStore
    rules: RuleBook
    clock: Clock
    service: str
    subscription: str

    def today(self) -> date:
        """Today's date in the city."""
        return self.rules.day_of(self.clock())

    def has_followed(self, subscription: str) -> bool:
        """Whether another subscription of the service has come as far in the log as what is followed here."""
        statement = SQL("SELECT position >= %s FROM {} WHERE name = %s")
        checkpoints = Identifier(f"subscriptions_{self.service}")
        row = self.connection.execute(statement.format(checkpoints), (self.position, subscription)).fetchone()
        return row is not None and row[0]

    def react(
        self,
        decider: Decider[Any, Any],
        stream: StreamId,
        command: Any,
        cause: Recorded,
        *,
        item: str = "",
        policy: str | None = None,
    ) -> Outcome:
        """Executes a command that an event causes. item: tells apart the commands that one event causes here.

        policy: digest of the pack that it is decided under, where that is not the cause's. The same event causes the
        same command, however often it is followed. Raises what `decide` refuses.
        """
        context = self.context(cause, item, policy)
        return execute(self.store, decider, stream, command, context)

    def context(self, cause: Recorded, item: str = "", policy: str | None = None) -> Context:
        """What the record says beside the content of a command that an event causes; the arguments are `react`'s."""
        return consequence(self.service, self.command_id(cause, item), cause, policy=policy or cause.policy)

    def command_id(self, cause: Recorded, item: str = "") -> UUID:
        """The id of the command that an event causes: uuid5(event id / subscription / item)."""
        return uuid5(cause.id, f"{self.service}.{self.subscription}/{item}")
