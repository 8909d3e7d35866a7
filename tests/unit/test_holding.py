"""Holding a portal's message: tried again while something does not answer, and given back to the queue in the end."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from eventstore.errors import Unavailable
from eventstore.nameko import portals
from eventstore.nameko.composition import CITY


class Delivered:
    """A message as kombu hands it on; it notes what becomes of it."""

    content_type, body, properties, delivery_info = "application/json", b"{}", {}, {"routing_key": "ProposalSubmitted"}
    channel = SimpleNamespace(connection=object())

    def __init__(self) -> None:
        self.fate: list[str] = []

    def ack(self) -> None:
        self.fate.append("acknowledged")

    def requeue(self) -> None:
        self.fate.append("given back")


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[list[str], int]]:
    """`held(Unavailable(…), None)`: what becomes of a message whose tries end so, the last for ever, and how many."""
    monkeypatch.setattr(portals, "HOLD_FIRST", 0.001)
    monkeypatch.setattr(portals, "HOLD_IN_ALL", 0.01)

    def hold(*ends: Exception | None) -> tuple[list[str], int]:
        tries = 0

        def spawn_worker(_entrypoint: Any, _args: Any, _kwargs: Any, *, handle_result: Callable[..., Any]) -> None:
            nonlocal tries
            end = ends[min(tries, len(ends) - 1)]
            tries += 1
            handle_result(None, None, end and (type(end), end, None))

        entrypoint, message = portals.PortalMessages("queue"), Delivered()
        config = {CITY: SimpleNamespace(name="aomori")}
        entrypoint.container = SimpleNamespace(spawn_worker=spawn_worker, service_name="intake", config=config)
        entrypoint._hold(message)
        return message.fate, tries

    return hold


def test_what_is_done_with_is_acknowledged_once(held: Callable[..., tuple[list[str], int]]) -> None:
    assert held(None) == (["acknowledged"], 1)


def test_what_does_not_answer_is_tried_again(held: Callable[..., tuple[list[str], int]]) -> None:
    assert held(Unavailable("down"), Unavailable("down"), None) == (["acknowledged"], 3)


@pytest.mark.parametrize("end", [Unavailable("down"), RuntimeError("a fault of ours")])
def test_what_never_answers_is_given_back_to_the_queue(
    held: Callable[..., tuple[list[str], int]], end: Exception
) -> None:
    fate, tries = held(end)

    assert fate == ["given back"]
    assert tries > 2
