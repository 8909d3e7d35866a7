"""A proposal's life drawn at random beside a model that is written apart from the domain: a table in plain words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from hypothesis.stateful import initialize, precondition, rule
from hypothesis.strategies import SearchStrategy, booleans, sampled_from

from services.intake.domain.proposal import PROPOSAL
from tests.lives import LifeMachine
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


class ProposalMachine(LifeMachine):
    """Any steps in any order, with repetitions: the proposal and the card agree."""

    decider = PROPOSAL

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()

    @initialize(steps=sampled_from([(), ("receive",), ("receive", "begin"), ("receive", "begin", "return")]))
    def begin_with(self, steps: Sequence[str]) -> None:
        for step in steps:
            self.step(step)

    @rule(step=NAMES)
    def step(self, step: str) -> None:
        command = STEPS[step][0]
        if self.model.leads_on(step):
            assert self._caused(command) == 1
            self.model.take(step)
        elif NOTHING_NEW.get(step) == self.model.status:
            assert self._caused(command) == 0
        else:
            self._refused(command)
        self._agree()

    @precondition(lambda self: self.model.status != "absent")
    @rule()
    def declare(self) -> None:
        undecided = self.model.status in ("received", "screening", "returned", "on_hold")
        if undecided and self.model.pledges_pending:
            assert self._caused(PLEDGE) == 1
            self.model.pledges_pending = False
        else:
            self._refused(PLEDGE)
        self._agree()

    @precondition(lambda self: self.model.status in ("received", "screening", "returned", "on_hold", "accepted"))
    @rule(stands=booleans())
    def mark(self, stands: bool) -> None:
        """A measure flags it once, and is cleared once."""
        assert self._caused(FLAG if stands else CLEAR_FLAG) == (stands != self.model.is_flagged)
        self.model.is_flagged = stands
        self._agree()

    def _caused(self, command: Any) -> int:
        told = self.carry_out(command)
        assert not isinstance(told, str), f"{type(command).__name__} is refused with {told} in {self.model.status}"
        return len(told)

    def _refused(self, command: Any) -> None:
        told = self.carry_out(command)
        assert isinstance(told, str), f"{type(command).__name__} leads on from {self.model.status}"

    def _agree(self) -> None:
        proposal = self.state
        assert (str(proposal.status), proposal.edition, proposal.pledges_pending, bool(proposal.flags)) == (
            self.model.status, self.model.edition, self.model.pledges_pending, self.model.is_flagged,
        )  # fmt: skip
