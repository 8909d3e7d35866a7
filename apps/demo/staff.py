"""A staff tool as anyone could write one: calls methods in the name of a person, by that person's actor token."""

from typing import Any
from uuid import uuid4

from apps.demo.calls import Caller


class CallFailed(Exception):
    """A call that was refused: type, code and sentence, as they crossed."""


class StaffTool:
    """Calls methods in the name of one member of staff."""

    def __init__(self, uri: str, token: str) -> None:
        """uri: of the city's broker user for staff tools."""
        self._token = token
        self._caller = Caller(uri)

    def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        """The result of `intake.accept_proposal` and the like. Raises `CallFailed`, TimeoutError."""
        reply = self._caller.call(method, self._token, **arguments)
        if reply["error"]:
            raise CallFailed(f"{method}: {reply['error']['exc_type']}: {reply['error']['value']}")
        result: dict[str, Any] = reply["result"]
        return result

    def command(self, method: str, **arguments: Any) -> dict[str, Any]:
        """The result of a command, under an id of its own unless one is given. Raises `CallFailed`, TimeoutError."""
        return self.call(method, **{"command_id": str(uuid4()), **arguments})

    def close(self) -> None:
        """Closes the connection."""
        self._caller.close()
