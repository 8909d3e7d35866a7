"""A case against a card, in memory: it agrees with the card, whatever comes in whatever order."""

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.case_machine import BEGINNINGS, CaseMachine

SHORT = settings(stateful_step_count=20)


@pytest.mark.row("S04", "S07", "S08", "S14", "S37", "B02", "B16")
@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_a_case_that_has_come_some_way_agrees_with_its_card_whatever_comes(beginning: str) -> None:
    machine = type("Machine", (CaseMachine,), {"beginnings": (beginning,)})
    run_state_machine_as_test(machine, settings=SHORT)
