"""A stream category's rules, pure: what follows from a command, and what an event makes of the state."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, Generic, TypeVar

from eventstore.events import Event
from eventstore.records import Recorded

C = TypeVar("C")
S = TypeVar("S")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decider(Generic[C, S]):
    """A stream category's rules, pure: `decide(command, state)` gives events, `evolve(state, event)` the next state."""

    category: str
    initial: S
    decide: Callable[[C, S], Sequence[Any]]
    evolve: Callable[[S, Any], S]

    def fold(self, events: Sequence[Recorded]) -> S:
        """The state after the events, from the beginning."""
        return reduce(lambda state, recorded: self.evolve(state, recorded.event), events, self.initial)


def noting(category: str) -> Decider[Event, None]:
    """The rules of a category that notes what was done elsewhere: the command is the event, and nothing forbids it."""
    return Decider(category=category, initial=None, decide=lambda event, _: [event], evolve=lambda state, _: state)
