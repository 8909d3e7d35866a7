"""Goes a service's rounds in green threads, each on its own, from the container's start to its stop."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

import eventlet
import structlog
from eventlet.event import Event

from eventstore.errors import Unavailable
from eventstore.rounds import Round

AGAIN_FIRST, AGAIN_LONGEST = 0.2, 30.0  # seconds
FAULT: Final = "fault"

log = structlog.get_logger(__name__)


class Rounds:
    """The rounds of one container, from `start` to `stop`."""

    def __init__(self, rounds: Sequence[Round]) -> None:
        self._rounds = rounds
        self._stopping = Event()
        self._threads: list[Any] = []

    def start(self, spawn: Callable[[Callable[[], None]], Any]) -> None:
        """Starts every round; `spawn` runs a function in a green thread of the container."""
        self._threads = [spawn(partial(self._go, one)) for one in self._rounds]

    def stop(self) -> None:
        """Ends after the step that is in hand."""
        self._stopping.send()
        for thread in self._threads:
            thread.wait()

    def _go(self, one: Round) -> None:
        """Goes one round until it is asked to stop; after a step that failed with growing delay."""
        delay = AGAIN_FIRST
        while not self._stopping.ready():
            if (code := _failed(one, self._pause)) is None:
                delay = AGAIN_FIRST
                continue
            log.warning("round waits", round=one.name, code=code, delay=delay)
            self._pause(delay)
            delay = min(delay * 2, AGAIN_LONGEST)

    def _pause(self, seconds: float) -> None:
        with eventlet.Timeout(seconds, False):
            self._stopping.wait()


def _failed(one: Round, pause: Callable[[float], None]) -> str | None:
    """Does a step, and pauses where there is nothing to do; the code of what it failed with, None where it did not.

    A fault of one round must not end the container, with everything else that it does.
    """
    try:
        if not one.step():
            pause(one.pause)
    except Unavailable as unavailable:
        return unavailable.stable_code
    except Exception as fault:
        log.error("a round ended in a fault", round=one.name, error=type(fault).__name__, exc_info=True)
        return FAULT
    return None
