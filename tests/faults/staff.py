"""A desk chief's tool as a city would write one: a command is repeated under its id until it is answered."""

from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID, uuid5

from tests.faults.untiring import Untiring
from tests.portals import StaffTool

ANSWER_WITHIN: Final = 4.0
"""Seconds after which a call is given up, with its connection, and made again."""
TO_BE_REPEATED: Final = ("Unavailable", "StreamConflict")
Events = list[dict[str, Any]]


@dataclass(slots=True)
class Acceptance:
    """One command, and what it was answered each time: events, or an error that is no invitation to repeat it."""

    proposal_id: str
    command_id: str
    wanted: int
    answers: list[Events] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to be asked."""
        return len(self.answers) >= self.wanted or bool(self.errors)


class DeskChief(Untiring):
    """Accepts four of five proposals as soon as a portal is told of them, and asks for every fourth answer again."""

    def __init__(self, uri: str, name: str, token: str) -> None:
        """uri: the AMQP URI of the city's staff tools. token: of a desk chief."""
        super().__init__(f"chief of {name}")
        self._uri = uri
        self._token = token
        self._kept: dict[str, Acceptance] = {}

    def hear(self, answer: dict[str, Any]) -> None:
        """A portal's answer, which may name a proposal to accept."""
        if answer["type"] != "ProposalReceived":
            return
        proposal_id = answer["data"]["proposal_id"]
        drawn = UUID(proposal_id).int
        if drawn % 5 == 0:
            return
        command_id = str(uuid5(UUID(proposal_id), "accepted by the chief"))
        with self._changed:
            self._kept.setdefault(proposal_id, Acceptance(proposal_id, command_id, wanted=2 if drawn % 4 == 0 else 1))

    @property
    def acceptances(self) -> list[Acceptance]:
        """Every command that was ever given."""
        with self._changed:
            return list(self._kept.values())

    @property
    def answered(self) -> int:
        """How many commands have been answered."""
        return sum(1 for one in self.acceptances if one.answers)

    def await_answers(self, seconds: float) -> bool:
        """Waits until everything is answered; tells whether it is."""
        return self.await_that(lambda: all(one.is_over for one in self._kept.values()), seconds)

    def _work(self) -> None:
        tool = StaffTool(self._uri)
        try:
            while not self._leaving.wait(0.02):
                for acceptance in self.acceptances:
                    if not acceptance.is_over:
                        self._command(tool, acceptance)
        finally:
            tool.connection.collect()

    def _command(self, tool: StaffTool, acceptance: Acceptance) -> None:
        stated = {"command_id": acceptance.command_id, "proposal_id": acceptance.proposal_id}
        call = tool.send("intake.accept_proposal", {"args": [], "kwargs": stated}, self._token)
        reply = tool.wait(call, ANSWER_WITHIN)
        with self._changed:
            if reply["error"] is None:
                acceptance.answers.append(reply["result"]["events"])
            elif reply["error"]["exc_type"] not in TO_BE_REPEATED:
                acceptance.errors.append(reply["error"])
            self._changed.notify_all()
