"""A desk chief's tool as a city would write one: a command is repeated under its id until it is answered."""

import json
from typing import Any, Final

from desk.packs import Pack
from tests.faults.courses import Matter, course_of, measured
from tests.faults.portals import Portal, Submission
from tests.faults.steps import Command, Course
from tests.faults.untiring import Untiring
from tests.portals import StaffTool

ANSWER_WITHIN: Final = 4.0
"""Seconds after which a call is given up, with its connection, and made again."""
TO_BE_REPEATED: Final = ("Unavailable", "StreamConflict")
MEASURED_EVERY: Final = 8
"""After so many proposals another measure is entered."""


class DeskChief(Untiring):
    """Does with each proposal what its fate asks, as soon as a portal is told of it; a step of every course in turn.

    Where the city has exclusions, measures about one company are entered, and two of three lifted again.
    """

    def __init__(self, uri: str, name: str, token: str, pack: Pack) -> None:
        """uri: the AMQP URI of the city's staff tools. token: of a desk chief."""
        super().__init__(f"chief of {name}")
        self._uri = uri
        self._token = token
        self._pack = pack
        self._matters: dict[str, Matter] = {}
        self._courses: list[Course] = []

    def hear(self, portal: Portal, submission: Submission, answer: dict[str, Any]) -> None:
        """A portal's answer, which may name a proposal."""
        if answer["type"] != "ProposalReceived":
            return
        matter = Matter(portal=portal, submission=submission, told=answer["data"], pack=self._pack)
        with self._changed:
            if matter.proposal_id in self._matters:
                return
            self._matters[matter.proposal_id] = matter
            number, left_over = divmod(len(self._matters), MEASURED_EVERY)
            steps = [course_of(matter)]
            if self._pack.proposer_exclusions and not left_over:
                steps.append(measured(self._pack, f"measure {number}", is_lifted=number % 3 > 0))
            self._courses += [Course(one) for one in steps if one]

    @property
    def matters(self) -> list[Matter]:
        """Every proposal that was heard of."""
        with self._changed:
            return list(self._matters.values())

    @property
    def courses(self) -> list[Course]:
        """Every course that was begun."""
        with self._changed:
            return list(self._courses)

    @property
    def answered(self) -> int:
        """How many courses are through."""
        return sum(1 for one in self.courses if one.is_over)

    def await_answers(self, seconds: float) -> bool:
        """Waits until every course is through; tells whether it is."""
        return self.await_that(lambda: all(one.is_over for one in self._courses), seconds)

    def _work(self) -> None:
        tool = StaffTool(self._uri)
        try:
            while not self._leaving.wait(0.02):
                for course in self.courses:
                    if not course.is_over and not self._leaving.is_set():
                        self._step(tool, course)
        finally:
            tool.connection.collect()

    def _step(self, tool: StaffTool, course: Course) -> None:
        """One call, or a look whether the portal was answered."""
        awaited = course.awaited
        if isinstance(awaited, Command):
            self._call(tool, awaited)
        with self._changed:
            if isinstance(awaited, Submission) and awaited.answers:
                course.go_on(json.loads(awaited.answers[0]))
            elif isinstance(awaited, Command) and awaited.is_over and not awaited.errors:
                course.go_on(awaited.answers[0])
            self._changed.notify_all()

    def _call(self, tool: StaffTool, command: Command) -> None:
        body = {"args": [], "kwargs": command.arguments}
        reply = tool.wait(tool.send(command.method, body, self._token), ANSWER_WITHIN)
        if reply["error"] is None:
            command.answers.append(reply["result"])
        elif reply["error"]["exc_type"] not in (*TO_BE_REPEATED, *(["NotFound"] * command.awaits)):
            command.errors.append(reply["error"])
