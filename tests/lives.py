"""A life drawn at random: any commands in any order, beside what one would write on a card, in memory or in a store.

A machine states its decider and its card; repetitions, restarts, stale versions and two officers at once are here.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import reduce
from threading import Barrier
from typing import Any, ClassVar, Final
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from desk.office import Office
from eventstore.city import City
from eventstore.decider import Decider
from eventstore.declaration import Service
from eventstore.errors import RenkeiError
from eventstore.events import Event
from eventstore.execution import VersionExpected, execute
from eventstore.records import Actor, Code, StreamId

OFFICER: Final = Actor(id=uuid4(), role=Code("desk_chief"))
ANY: Final = st.integers(0, 50)
"""Which of those that there are."""
IN_A_STORE: Final = settings(
    max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
"""Enough of a life that is lived in a real store."""


@dataclass(slots=True)
class InMemory:
    """A stream kept in memory, each command's events by its id."""

    decider: Decider[Any, Any]
    events: list[Event] = field(default_factory=list)
    caused: dict[UUID, list[Event]] = field(default_factory=dict)

    def carry_out(self, command: Any, command_id: UUID) -> list[Event]:
        """The events that the command caused, now or the first time."""
        if command_id not in self.caused:
            decided = list(self.decider.decide(command, reduce(self.decider.evolve, self.events, self.decider.initial)))
            if decided:
                self.caused[command_id] = decided
                self.events += decided
        return self.caused.get(command_id, [])


@dataclass(slots=True)
class InStore:
    """A stream in a city's store, read afresh for every command."""

    service: Service
    city: City
    decider: Decider[Any, Any]
    stream: StreamId
    office: Office = field(init=False)

    def __post_init__(self) -> None:
        self.office = Office(self.service, self.city)

    @property
    def events(self) -> list[Event]:
        """What is stored."""
        return [recorded.event for recorded in self.office.store.load(self.stream).events]

    def carry_out(self, command: Any, command_id: UUID, expected_version: int | None = None) -> list[Event]:
        """The events that the command caused, now or the first time."""
        context = self.office.context(OFFICER, command_id)
        outcome = execute(
            self.office.store, self.decider, self.stream, command, context, expected_version=expected_version
        )
        return [recorded.event for recorded in outcome.recorded]

    def start_again(self) -> None:
        """As another process: nothing is left but what is stored."""
        self.office.close()
        self.office = Office(self.service, self.city)


@dataclass(frozen=True, slots=True)
class CarriedOut:
    """A command that led on, and what it led to."""

    command: Any
    command_id: UUID
    events: tuple[Event, ...]


class LifeMachine(RuleBasedStateMachine):
    """One stream, and everything that was done to it; subclasses add rules and a card of their own."""

    decider: ClassVar[Decider[Any, Any]]

    def __init__(self) -> None:
        super().__init__()
        self.life: Any = self.begun()
        self.done: list[CarriedOut] = []

    def begun(self) -> Any:
        """Where the stream is kept."""
        return InMemory(self.decider)

    @property
    def events(self) -> list[Event]:
        """All that happened, as it was told."""
        return [event for one in self.done for event in one.events]

    @property
    def state(self) -> Any:
        """What it amounts to."""
        return reduce(self.decider.evolve, self.events, self.decider.initial)

    def carry_out(self, command: Any) -> list[Event] | str:
        """The events, or the code of the refusal."""
        command_id = uuid4()
        try:
            events = self.life.carry_out(command, command_id)
        except RenkeiError as refused:
            return refused.stable_code
        return self.noted(command, command_id, events)

    def noted(self, command: Any, command_id: UUID, events: Sequence[Event]) -> list[Event]:
        """The events, once they are on the list of what was done."""
        if events:
            self.done.append(CarriedOut(command, command_id, tuple(events)))
        return list(events)

    @precondition(lambda self: self.done)
    @rule(which=ANY)
    def a_command_comes_again(self, which: int) -> None:
        """It has its first result, whatever has happened since."""
        one = self.done[which % len(self.done)]
        assert list(self.life.carry_out(one.command, one.command_id)) == list(one.events)

    @invariant()
    def on_record_is_what_was_told_in_that_order_and_nothing_else(self) -> None:
        assert self.life.events == self.events


class StoredLife(LifeMachine):
    """The same in a real store. Made for a city by `lived_in`."""

    service: ClassVar[Service]
    city: ClassVar[City]
    life: InStore

    def begun(self) -> InStore:
        return InStore(self.service, self.city, self.decider, StreamId(self.decider.category, uuid4()))

    def teardown(self) -> None:
        self.life.office.close()

    def rivals(self) -> tuple[Any, Any] | None:
        """Two commands either of which leads on from here; None where there are none."""
        return None

    def won(self, command: Any) -> None:
        """Writes on the card what one of two has done."""

    @rule()
    def the_process_is_started_again(self) -> None:
        self.life.start_again()

    @precondition(lambda self: self.done)
    @rule(which=ANY, seen=ANY)
    def who_saw_an_older_version_is_told_what_came_since(self, which: int, seen: int) -> None:
        happened, command = self.events, self.done[which % len(self.done)].command
        version = seen % len(happened)
        with pytest.raises(VersionExpected) as told:
            self.life.carry_out(command, uuid4(), version)
        since = enumerate(happened[version:], start=version + 1)
        assert told.value.changes == [f"{type(event).__name__} v{n}" for n, event in since]

    @rule()
    def two_officers_do_something_about_what_both_have_read(self) -> None:
        """One of them does; the other is told what changed."""
        rivals, version, start = self.rivals(), len(self.events), Barrier(2)
        if rivals is None:
            return

        def done(command: Any) -> CarriedOut | RenkeiError:
            command_id = uuid4()
            start.wait()
            try:
                return CarriedOut(command, command_id, tuple(self.life.carry_out(command, command_id, version)))
            except RenkeiError as refused:
                return refused

        with ThreadPoolExecutor(2) as officers:
            told = list(officers.map(done, rivals))
        (first,) = (one for one in told if isinstance(one, CarriedOut))
        (second,) = (one for one in told if isinstance(one, VersionExpected))
        assert second.changes == [f"{type(event).__name__} v{version + n}" for n, event in enumerate(first.events, 1)]
        self.noted(first.command, first.command_id, first.events)
        self.won(first.command)


def lived_in(city: City, service: Service, machine: type[StoredLife]) -> Any:
    """The machine in a city's store."""
    return type(machine.__name__, (machine,), {"service": service, "city": city})
