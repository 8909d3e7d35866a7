"""The steps of a course, and a course amid its steps.

A course is a generator: it gives a command or a submission, and is told the answer before it goes on.
"""

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from uuid import UUID

from tests.faults.portals import Submission


@dataclass(slots=True)
class Command:
    """One command, how often its answer is wanted, and every answer: a result, or an error that ends the course.

    awaits: whether what it is about comes by itself, and may not be there yet.
    """

    method: str
    arguments: dict[str, Any]
    wanted: int
    awaits: bool = False
    answers: list[dict[str, Any]] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to be asked."""
        return len(self.answers) >= self.wanted or bool(self.errors)


Steps: TypeAlias = Generator[Command | Submission, dict[str, Any], None]


@dataclass(slots=True)
class Course:
    """A course amid its steps. commands: all that were given so far; awaited: what it waits for, None at the end."""

    steps: Steps
    commands: list[Command] = field(default_factory=list)
    awaited: Command | Submission | None = None

    def __post_init__(self) -> None:
        self._await(next(self.steps))

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to be done."""
        return self.awaited is None or any(command.errors for command in self.commands)

    def go_on(self, answer: dict[str, Any]) -> None:
        """Takes the next step."""
        try:
            self._await(self.steps.send(answer))
        except StopIteration:
            self.awaited = None

    def _await(self, step: Command | Submission) -> None:
        self.awaited = step
        if isinstance(step, Command):
            self.commands.append(step)


def command(method: str, command_id: UUID, *, awaits: bool = False, **arguments: Any) -> Command:
    """A command under an id by which it is known again; every fourth answer is asked for twice."""
    wanted = 2 if command_id.int % 4 == 0 else 1
    return Command(method, {"command_id": str(command_id), **arguments}, wanted, awaits)
