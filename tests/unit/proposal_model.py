"""A proposal's life drawn at random beside a model that is written apart from the domain: a table in plain words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID, uuid4

from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from hypothesis.strategies import SearchStrategy, booleans, sampled_from

from eventstore.errors import NotFound, Refusal
from services.intake.domain.proposal import PROPOSAL
from services.intake.domain.proposal.state import Proposal
from tests.unit.proposals import (
    ACCEPT,
    BEGIN,
    CLEAR_FLAG,
    FLAG,
    HOLD,
    MERGE,
    PLEDGE,
    REDIRECT,
    RESUME,
    RETURN,
    SPLIT,
    WITHDRAW,
    receive,
    resubmit,
    state_of,
)

STEPS: Final[dict[str, tuple[Any, dict[str, str]]]] = {
    "receive": (receive(), {"absent": "received"}),
    "begin": (BEGIN, {"received": "screening"}),
    "return": (RETURN, {"screening": "returned"}),
    "resubmit": (resubmit(), {"returned": "screening"}),
    "hold": (HOLD, {"screening": "on_hold"}),
    "resume": (RESUME, {"on_hold": "screening", "returned": "screening"}),
    "accept": (ACCEPT, {"screening": "accepted"}),
    "redirect": (REDIRECT, {"screening": "redirected"}),
    "withdraw": (
        WITHDRAW,
        dict.fromkeys(("received", "screening", "returned", "on_hold", "accepted"), "withdrawn"),
    ),
    "merge": (MERGE, dict.fromkeys(("received", "screening", "returned", "on_hold"), "merged")),
    "split": (SPLIT, dict.fromkeys(("received", "screening", "returned", "on_hold"), "split")),
}
"""Step → the command, and from which state to which it leads, as the office draws it."""
NOTHING_NEW: Final = {
    "begin": "screening", "hold": "on_hold", "resume": "screening", "accept": "accepted", "withdraw": "withdrawn",
}  # fmt: skip
"""Step → where it is already so."""
ENDS: Final = ("accept", "redirect", "withdraw", "merge", "split")
NAMES: SearchStrategy[str] = sampled_from([name for name in STEPS if name not in ENDS] * 8 + list(ENDS))
"""Steps that end it come seldom, so that a life is long."""


@dataclass(slots=True)
class Model:
    """What a clerk would keep on a card."""

    status: str = "absent"
    edition: int = 0
    pledges_pending: bool = False
    is_flagged: bool = False

    def leads_on(self, step: str) -> bool:
        """Whether the step leads on from where the card says."""
        to = STEPS[step][1].get(self.status)
        return to is not None and not (step == "accept" and self.pledges_pending)

    def take(self, step: str) -> None:
        """Writes the step on the card."""
        self.status = STEPS[step][1][self.status]
        if step in ("receive", "resubmit"):
            self.edition += 1
            self.pledges_pending = step == "receive"


@dataclass(slots=True)
class Folded:
    """A stream kept in memory: each command's events by its id, folded afresh for every decision."""

    events: list[Any] = field(default_factory=list)
    caused: dict[UUID, Sequence[Any]] = field(default_factory=dict)

    def execute(self, command: Any, command_id: UUID) -> int:
        """How many events the command caused, now or the first time."""
        if command_id not in self.caused:
            decided = list(PROPOSAL.decide(command, state_of(self.events)))
            if decided:
                self.caused[command_id] = decided
                self.events += decided
        return len(self.caused.get(command_id, ()))

    def state(self) -> Proposal:
        """Folded from the first event."""
        return state_of(self.events)


class ProposalMachine(RuleBasedStateMachine):
    """Any steps in any order, with repetitions: the proposal and the card agree."""

    open_stream: Callable[[], Any] = Folded

    def __init__(self) -> None:
        super().__init__()
        self.stream = type(self).open_stream()
        self.model = Model()
        self.done: list[tuple[Any, UUID, int]] = []

    @initialize(steps=sampled_from([(), ("receive",), ("receive", "begin"), ("receive", "begin", "return")]))
    def begin_with(self, steps: Sequence[str]) -> None:
        for step in steps:
            self.step(step)

    @rule(step=NAMES)
    def step(self, step: str) -> None:
        command, command_id = STEPS[step][0], uuid4()
        if self.model.leads_on(step):
            caused = self.stream.execute(command, command_id)
            assert caused == 1
            self.model.take(step)
            self.done.append((command, command_id, caused))
        elif NOTHING_NEW.get(step) == self.model.status:
            assert self.stream.execute(command, command_id) == 0
        else:
            self._refused(command, command_id)
        self._agree()

    @precondition(lambda self: self.done)
    @rule(last=booleans())
    def repeat(self, last: bool) -> None:
        """A command that comes again has its first result, whatever has happened since."""
        command, command_id, caused = self.done[-1 if last else 0]
        assert self.stream.execute(command, command_id) == caused
        self._agree()

    @precondition(lambda self: self.model.status != "absent")
    @rule()
    def declare(self) -> None:
        undecided = self.model.status in ("received", "screening", "returned", "on_hold")
        if undecided and self.model.pledges_pending:
            assert self.stream.execute(PLEDGE, uuid4()) == 1
            self.model.pledges_pending = False
        else:
            self._refused(PLEDGE, uuid4())
        self._agree()

    @precondition(lambda self: self.model.status in ("received", "screening", "returned", "on_hold", "accepted"))
    @rule(stands=booleans())
    def mark(self, stands: bool) -> None:
        """A measure flags it once, and is cleared once."""
        caused = self.stream.execute(FLAG if stands else CLEAR_FLAG, uuid4())
        assert caused == (stands != self.model.is_flagged)
        self.model.is_flagged = stands
        self._agree()

    def _refused(self, command: Any, command_id: UUID) -> None:
        try:
            self.stream.execute(command, command_id)
        except (Refusal, NotFound):
            return
        raise AssertionError(f"{type(command).__name__} leads on from {self.model.status}")

    def _agree(self) -> None:
        proposal = self.stream.state()
        assert (str(proposal.status), proposal.edition, proposal.pledges_pending, bool(proposal.flags)) == (
            self.model.status, self.model.edition, self.model.pledges_pending, self.model.is_flagged,
        )  # fmt: skip
