"""The domain-test kit: given these events, when this command, then these events, that refusal, or nothing.

    given(PROPOSAL, received).when(withdraw).then(withdrawn)
    given(PROPOSAL, received, withdrawn).when(accept).refused(ProposalWithdrawn)
    given(PROPOSAL, received, withdrawn).when(withdraw).nothing()

A failed expectation shows sealed values in clear: this is for tests with made-up values, and for nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import reduce
from typing import Any, Generic, TypeVar

from eventstore.decider import Decider
from eventstore.errors import Refusal
from eventstore.events import Event
from eventstore.protection import Sealed

C = TypeVar("C")
S = TypeVar("S")
R = TypeVar("R", bound=Refusal)


@dataclass(frozen=True, slots=True)
class Given(Generic[C, S]):
    """A stream in which these events have happened."""

    decider: Decider[C, S]
    events: tuple[Event, ...]

    @property
    def state(self) -> S:
        """What the events amount to."""
        return reduce(self.decider.evolve, self.events, self.decider.initial)

    def when(self, command: C) -> "Decided":
        """What the command leads to."""
        try:
            return Decided(tuple(self.decider.decide(command, self.state)), None)
        except Refusal as refusal:
            return Decided((), refusal)


@dataclass(frozen=True, slots=True)
class Decided:
    """The events that a command led to, or the refusal."""

    events: tuple[Event, ...]
    refusal: Refusal | None

    def then(self, *expected: Event) -> None:
        """Exactly these events follow, in this order."""
        self._not_refused()
        if self.events != expected:
            raise AssertionError(f"expected\n{_listed(expected)}\nbut decided\n{_listed(self.events)}")

    def nothing(self) -> None:
        """It was already so: no event follows, and nothing is refused."""
        self.then()

    def refused(self, kind: type[R]) -> R:
        """A rule says no; gives the refusal, so that its words can be looked at."""
        if self.refusal is None:
            raise AssertionError(f"expected {kind.__name__} but decided\n{_listed(self.events)}")
        if isinstance(self.refusal, kind):
            return self.refusal
        raise AssertionError(f"expected {kind.__name__} but was {self.refusal!r}") from self.refusal

    def event(self) -> Any:
        """The one event that follows."""
        self._not_refused()
        if len(self.events) != 1:
            raise AssertionError(f"expected one event but decided\n{_listed(self.events)}")
        return self.events[0]

    def _not_refused(self) -> None:
        if self.refusal is not None:
            raise AssertionError(f"expected events but was refused: {self.refusal!r}") from self.refusal


def given(decider: Decider[C, S], *events: Event) -> Given[C, S]:
    """A stream of the decider's category in which these events have happened."""
    return Given(decider, events)


def in_clear(event: Event) -> dict[str, Any]:
    """An event's fields with what is sealed in clear; a closed value is shown as `Sealed(closed)`."""
    values = {field.name: getattr(event, field.name) for field in fields(event)}
    return {
        name: value.reveal() if isinstance(value, Sealed) and value.is_open else value for name, value in values.items()
    }


def _listed(events: Sequence[Event]) -> str:
    return "\n".join(f"  {type(event).__name__} {in_clear(event)}" for event in events) or "  nothing"
