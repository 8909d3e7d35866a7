"""A staff tool as anyone could write one: calls methods in the name of a person, by that person's actor token."""

from typing import Any
from uuid import UUID, uuid4

from apps.demo.calls import Caller


class CallFailed(Exception):
    """A call that was refused: type, code and sentence, as they crossed. sentence: what a person is told."""

    def __init__(self, method: str, error: dict[str, Any]) -> None:
        super().__init__(f"{method}: {error['exc_type']}: {error['value']}")
        self.sentence: str = next(iter(error["exc_args"][1:]), error["value"])


class StaffTool:
    """Calls methods in the name of one member of staff."""

    def __init__(self, uri: str, person: UUID, token: str) -> None:
        """uri: of the city's broker user for staff tools. person: whose token it is."""
        self.person = str(person)
        self._token = token
        self._caller = Caller(uri)

    def call(self, method: str, /, **arguments: Any) -> dict[str, Any]:
        """The result of `intake.accept_proposal` and the like. Raises `CallFailed`, TimeoutError."""
        reply = self._caller.call(method, self._token, **arguments)
        if reply["error"]:
            raise CallFailed(method, reply["error"])
        result: dict[str, Any] = reply["result"]
        return result

    def command(self, method: str, /, **arguments: Any) -> dict[str, Any]:
        """The result of a command, under an id of its own unless one is given. Raises `CallFailed`, TimeoutError."""
        return self.call(method, **{"command_id": str(uuid4()), **arguments})

    def close(self) -> None:
        """Closes the connection."""
        self._caller.close()
