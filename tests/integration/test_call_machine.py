"""A call against the same model in a real event store: repeated commands, restarts, and two officers at once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any, Final
from uuid import UUID, uuid4

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule, run_state_machine_as_test

from desk.office import Office
from eventstore.city import City
from eventstore.errors import RenkeiError
from eventstore.execution import Outcome, VersionExpected, execute
from eventstore.records import Actor, Code, Context, StreamId
from services.intake.declaration import INTAKE
from services.intake.domain.call import CALL
from services.intake.domain.call.commands import CallCommand
from services.intake.domain.call.events import CallEvent
from services.intake.domain.call.state import Standing
from tests.call_machine import CallMachine
from tests.calls import TEXT, revise
from tests.cities import Cities

OFFICER: Final = Actor(id=uuid4(), role=Code("desk_chief"))
FEW: Final = settings(
    max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


class StoredCallMachine(CallMachine):
    """The call's stream in the store, which has to stand as the sheet of paper says."""

    cities: Cities
    city: City

    def __init__(self) -> None:
        super().__init__()
        self.stream = StreamId(CALL.category, uuid4())
        self.carried_out: list[tuple[Context, CallCommand, tuple[UUID, ...]]] = []
        self.office = Office(INTAKE, self.city)

    def teardown(self) -> None:
        self.office.close()

    def decided(self, command: CallCommand) -> list[CallEvent]:
        context = self.office.context(OFFICER, uuid4())
        outcome = execute(self.office.store, CALL, self.stream, command, context)
        self.carried_out.append((context, command, ids(outcome)))
        return [recorded.event for recorded in outcome.recorded]

    @rule()
    def the_process_is_started_again(self) -> None:
        self.office.close()
        self.office = Office(INTAKE, self.city)

    @precondition(lambda self: self.carried_out)
    @rule(which=st.integers(0, 50))
    def a_command_comes_again(self, which: int) -> None:
        context, command, first = self.carried_out[which % len(self.carried_out)]
        if first:
            again = execute(self.office.store, CALL, self.stream, command, context)
            assert (again.repeated, ids(again)) == (True, first)

    @rule()
    def two_officers_revise_what_both_have_read(self) -> None:
        """One of them is told what changed; where nothing may be revised, both are told so."""
        may_revise = self.paper in (Standing.DRAFTED, Standing.SCHEDULED)
        version = self.office.store.load(self.stream).version
        titles, start = (f"甲{version}", f"乙{version}"), Barrier(2)

        def revised(title: str) -> Outcome | RenkeiError:
            context = self.office.context(OFFICER, uuid4())
            command = revise(self.now, replace(TEXT, title=title))
            start.wait()
            try:
                return execute(self.office.store, CALL, self.stream, command, context, expected_version=version)
            except RenkeiError as refused:
                return refused

        with ThreadPoolExecutor(2) as officers:
            told = list(officers.map(revised, titles))
        done = [(title, one) for title, one in zip(titles, told, strict=True) if isinstance(one, Outcome)]
        assert len(done) == may_revise
        if done:
            ((title, outcome),) = done
            (conflict,) = (one for one in told if isinstance(one, VersionExpected))
            assert conflict.changes == [f"CallRevised v{version + 1}"]
            self.events += [recorded.event for recorded in outcome.recorded]
            self.title, self.window = title, None

    @invariant()
    def the_store_has_what_was_told_and_in_that_order(self) -> None:
        assert [recorded.event for recorded in self.office.store.load(self.stream).events] == self.events


def ids(outcome: Outcome) -> tuple[UUID, ...]:
    """The events of an outcome."""
    return tuple(recorded.id for recorded in outcome.recorded)


def test_a_call_in_the_store_stands_as_on_paper(cities: Cities, city: City) -> None:
    machine: Any = type("Machine", (StoredCallMachine,), {"cities": cities, "city": city})
    run_state_machine_as_test(machine, settings=FEW)
