"""A proposal's life at random in the real event store: repetitions, conflicts and restarts change nothing of it."""

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from eventstore.city import City
from services.intake.declaration import INTAKE
from tests.lives import IN_A_STORE, StoredLife, lived_in
from tests.unit.proposal_model import ProposalMachine
from tests.unit.proposals import FLAG, WITHDRAW


class StoredProposal(StoredLife, ProposalMachine):
    """The proposal's stream in the store."""

    def rivals(self) -> tuple[Any, Any] | None:
        """One flags what the other withdraws, where it is open and not flagged."""
        is_open = self.model.status in ("received", "screening", "returned", "on_hold", "accepted")
        return (FLAG, WITHDRAW) if is_open and not self.model.is_flagged else None

    def won(self, command: Any) -> None:
        if command is FLAG:
            self.model.is_flagged = True
        else:
            self.model.take("withdraw")


def test_the_store_agrees_with_the_model_whatever_comes(city: City) -> None:
    run_state_machine_as_test(
        lived_in(city, INTAKE, StoredProposal),
        settings=settings(IN_A_STORE, stateful_step_count=15, suppress_health_check=list(HealthCheck)),
    )
