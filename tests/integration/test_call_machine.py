"""A call against the same model in a real event store: repeated commands, restarts, and two officers at once."""

from dataclasses import replace
from typing import Any

from hypothesis.stateful import run_state_machine_as_test

from eventstore.city import City
from services.intake.declaration import INTAKE
from services.intake.domain.call.state import Standing
from tests.call_machine import CallMachine
from tests.calls import TEXT, revise
from tests.lives import IN_A_STORE, StoredLife, lived_in


class StoredCall(StoredLife, CallMachine):
    """The call's stream in the store, which has to stand as the sheet of paper says."""

    def rivals(self) -> tuple[Any, Any] | None:
        """Two revisions, where it may be revised."""
        if self.paper not in (Standing.DRAFTED, Standing.SCHEDULED):
            return None
        version = len(self.events)
        first, second = (revise(self.now, replace(TEXT, title=f"{title}{version}")) for title in "甲乙")
        return first, second

    def won(self, command: Any) -> None:
        self.title, self.window = command.text.title, None


def test_a_call_in_the_store_stands_as_on_paper(city: City) -> None:
    run_state_machine_as_test(lived_in(city, INTAKE, StoredCall), settings=IN_A_STORE)
