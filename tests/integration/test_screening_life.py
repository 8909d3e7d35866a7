"""A proposal's life at random in the real event store: repetitions, conflicts and restarts change nothing of it."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import precondition, rule, run_state_machine_as_test

from desk.office import Office
from eventstore.city import City
from eventstore.execution import VersionExpected, execute
from eventstore.records import Actor, Code, Context, StreamId
from services.intake.declaration import INTAKE
from services.intake.domain.proposal import PROPOSAL
from services.intake.domain.proposal.state import Proposal
from tests.cities import Cities
from tests.unit.proposal_model import STEPS, ProposalMachine

ACTOR = Actor(id=UUID(int=3), role=Code("tester"))


@dataclass(slots=True)
class Stored:
    """A stream in the store; every command reads it afresh, as after a restart."""

    office: Office
    stream: StreamId = field(default_factory=lambda: StreamId(PROPOSAL.category, uuid4()))

    def execute(self, command: Any, command_id: UUID, expected_version: int | None = None) -> int:
        """How many events the command caused, now or the first time."""
        context = Context(command_id=command_id, correlation_id=command_id, actor=ACTOR, channel=Code("counter"))
        outcome = execute(self.office.store, PROPOSAL, self.stream, command, context, expected_version=expected_version)
        return len(outcome.recorded)

    def state(self) -> Proposal:
        """Folded from the first event."""
        return PROPOSAL.fold(self.office.store.load(self.stream).events)


def test_the_store_agrees_with_the_model_whatever_comes(cities: Cities, city: City) -> None:
    office = cities.office(INTAKE, city)

    class StoredMachine(ProposalMachine):
        open_stream = staticmethod(lambda: Stored(office))

        @precondition(lambda self: len(self.done) > 1)
        @rule()
        def conflict(self) -> None:
            """Whoever saw an older version is told so, and nothing is done."""
            with pytest.raises(VersionExpected) as told:
                self.stream.execute(STEPS["withdraw"][0], uuid4(), expected_version=1)
            assert told.value.changes
            self._agree()

    run_state_machine_as_test(
        StoredMachine,
        settings=settings(
            max_examples=8, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
