"""Subscriptions: which event types are followed, and what is done with each. Projections and reactions are one thing.

PROPOSALS = Subscription(
    name="proposals",
    tables=("intake_proposals",),
    on=(On("ProposalReceived", on_proposal_received), On("ProposalAccepted", on_proposal_accepted)),
)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from eventstore.records import Recorded

W = TypeVar("W")
"""What a handler works with; a follower makes one for each transaction."""

Handler: TypeAlias = Callable[[W, Recorded], None]
Read: TypeAlias = Callable[[Mapping[str, Any]], Any]
"""Open fields of a foreign event as JSON → what the handler finds as `event`. Raises `InvalidMessage`."""


@dataclass(frozen=True, slots=True)
class On(Generic[W]):
    """One event type, and what is done with it.

    service: whose event; the subscription's own service unless named. read: how a foreign event is read; an own one
    comes in today's form. Sealed values come closed: a handler that needs them loads the stream.
    """

    type: str
    do: Handler[W]
    service: str | None = None
    read: Read | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription(Generic[W]):
    """Follows the log in its order; what its handlers write and how far it got are committed together.

    name: stable, for the checkpoint stands under it. tables: what a projection writes; it can be emptied and built
    again. None of a reaction, which appends events.
    """

    name: str
    on: tuple[On[W], ...]
    tables: tuple[str, ...] = ()

    @property
    def is_projection(self) -> bool:
        """Whether it can be built again."""
        return bool(self.tables)

    def by_service(self, own: str) -> dict[str, dict[str, On[W]]]:
        """Service → event type → what is done with it."""
        followed: dict[str, dict[str, On[W]]] = {}
        for on in self.on:
            followed.setdefault(on.service or own, {})[on.type] = on
        return followed

    def queue(self, own: str) -> str:
        """The queue whose one message wakes it."""
        return f"{own}.follow.{self.name}"
