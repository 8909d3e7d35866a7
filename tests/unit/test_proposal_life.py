"""A proposal's life at random, folded in memory: it agrees with a model, whatever comes in whatever order."""

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.unit.proposal_model import ProposalMachine


def test_a_proposal_agrees_with_the_model_whatever_comes() -> None:
    often = 3 * settings().max_examples
    run_state_machine_as_test(ProposalMachine, settings=settings(max_examples=often, stateful_step_count=30))
