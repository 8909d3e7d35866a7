"""What can be wrong with a policy pack, told all at once to whoever wrote it."""

from dataclasses import dataclass
from typing import Final

from eventstore.errors import FieldError, InvalidMessage

UNKNOWN_DEPARTMENT: Final = "この部署は、有効な運用ルールにありません。"
"""What is said of a department's code that the pack in force does not have."""


class Unfit(ValueError):
    """A value or table that a pack may not hold; the message is the plain sentence that says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackProblem:
    """One thing wrong: the file (`origin`), the dotted key in it, and why, as a plain Japanese sentence."""

    origin: str
    key: str
    reason: str

    def __str__(self) -> str:
        return f"{self.origin}: {self.key}: {self.reason}"


class FileInvalid(InvalidMessage):
    """A file of the city's that cannot be used; its problems are listed, every one that was found."""

    def __init__(self, message: str, problems: tuple[PackProblem, ...]) -> None:
        listed = "\n".join(str(problem) for problem in problems)
        errors = tuple(FieldError(field=one.key, code=self.code, message=one.reason) for one in problems)
        super().__init__(f"{message}\n{listed}", errors=errors)
        self.problems = problems


class PackInvalid(FileInvalid):
    """A policy pack that cannot be used; its problems are listed, every one that was found."""

    code = "pack_invalid"

    def __init__(self, problems: tuple[PackProblem, ...]) -> None:
        super().__init__(f"運用ルールに{len(problems)}件の誤りがあります。", problems)
