"""Every command in every state of a proposal: it leads on, is already so, or is refused in that state's own words."""

from itertools import product
from typing import Any, get_args

import pytest
from hypothesis import given as generated
from hypothesis import strategies as st

from eventstore.errors import NotFound, Refusal
from services.intake.domain.proposal import PROPOSAL, ProposalAlreadyReceived, ProposalCommand, Status
from services.intake.domain.proposal.decider import ALREADY, DECISIONS, FROM, standing_refusals
from services.intake.domain.proposal.outcomes import AcceptProposal, ProposalPledgePending
from services.intake.domain.proposal.screening import DeclarePledges, NothingPending, ReturnProposal
from services.intake.domain.proposal.state import ProposalEvent
from services.intake.domain.proposal.status import REFUSALS
from services.intake.domain.proposal.submission import ReceiveProposal
from tests.strategies import EVENT_TYPES, events_of
from tests.unit.proposals import COMMANDS, events_to, state_of

PAIRS = [(status, command) for status, command in product(Status, COMMANDS)]
BY_CONTENT = {
    (Status.SCREENING, AcceptProposal): ProposalPledgePending,
}
"""Where a state leads on and the example is refused for what the proposal lacks."""
EVENTS = st.lists(
    st.one_of([events_of(declared) for declared in EVENT_TYPES if declared.category == "proposal"]), max_size=6
)


def test_there_is_an_example_of_every_command_and_a_decision_for_it() -> None:
    commands = set(get_args(ProposalCommand))

    assert set(COMMANDS) == commands
    assert set(FROM) == set(DECISIONS) == commands - {ReceiveProposal}
    assert set(ALREADY) <= set(FROM)


def test_there_is_a_decision_for_every_declared_event_of_a_proposal() -> None:
    declared = {declared.cls for declared in EVENT_TYPES if declared.category == "proposal"}
    assert declared == set(get_args(ProposalEvent))


@pytest.mark.parametrize("status", Status)
def test_the_examples_reach_every_state(status: Status) -> None:
    assert state_of(events_to(status)).status is status


@pytest.mark.parametrize(("status", "command"), PAIRS, ids=lambda one: getattr(one, "__name__", str(one)))
def test_a_command_leads_on_where_it_is_drawn_and_nowhere_else(status: Status, command: type[Any]) -> None:
    proposal = state_of(events_to(status))
    expected: type[Exception] | None = BY_CONTENT.get((status, command))
    if command is ReceiveProposal:
        expected = None if status is Status.ABSENT else ProposalAlreadyReceived
    elif status is Status.ABSENT:
        expected = NotFound
    elif ALREADY.get(command) is status:
        assert list(PROPOSAL.decide(COMMANDS[command], proposal)) == []
        return
    elif status not in FROM[command]:
        expected = REFUSALS[status]

    if expected is None:
        assert PROPOSAL.decide(COMMANDS[command], proposal)
        return
    with pytest.raises(expected) as raised:
        PROPOSAL.decide(COMMANDS[command], proposal)
    assert type(raised.value) is expected


def test_each_state_refuses_by_a_code_of_its_own_and_in_a_plain_sentence() -> None:
    refusals = [refusal() for refusal in REFUSALS.values()]

    assert set(REFUSALS) == set(Status) - {Status.ABSENT}
    assert len({refusal.stable_code for refusal in refusals}) == len(refusals)
    assert all(refusal.message.endswith("。") for refusal in refusals)


def test_what_a_method_says_of_its_refusals_is_what_the_states_say() -> None:
    told = standing_refusals(ReturnProposal)

    assert set(told) == {NotFound, *(refusal for at, refusal in REFUSALS.items() if at is not Status.SCREENING)}
    assert REFUSALS[Status.ACCEPTED] not in standing_refusals(AcceptProposal)
    assert REFUSALS[Status.WITHDRAWN] in standing_refusals(AcceptProposal)


@generated(EVENTS, st.sampled_from(list(COMMANDS.values())))
def test_a_decision_on_whatever_happened_gives_events_or_a_refusal(events: list[Any], command: Any) -> None:
    proposal = state_of(events)
    try:
        decided = PROPOSAL.decide(command, proposal)
    except (Refusal, NotFound):
        return
    state_of([*events, *decided])


def test_pledges_that_are_declared_are_declared_once() -> None:
    declared = state_of(events_to(Status.RECEIVED))
    (event,) = PROPOSAL.decide(COMMANDS[DeclarePledges], declared)

    with pytest.raises(NothingPending):
        PROPOSAL.decide(COMMANDS[DeclarePledges], PROPOSAL.evolve(declared, event))
