"""Clients that go on whatever the broker does: each in a thread of its own, beginning anew after any error."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import amqp
from amqp.exceptions import MessageNacked

PATIENCE: Final = 10.0
"""Seconds for the broker to connect or to confirm."""
BROKEN: Final = (OSError, amqp.AMQPError, MessageNacked)


class Untiring(threading.Thread, ABC):
    """At work from `start()` until `leave()`; what it came to know can be waited for."""

    def __init__(self, name: str) -> None:
        super().__init__(name=name, daemon=True)
        self.interruptions = 0
        self.fault: BaseException | None = None
        self._changed = threading.Condition()
        self._leaving = threading.Event()

    def await_that(self, state: Callable[[], bool], seconds: float) -> bool:
        """Waits until a state holds that depends on what this client hears; tells whether it does."""
        with self._changed:
            return self._changed.wait_for(state, timeout=seconds)

    def leave(self) -> None:
        """Ends the thread."""
        self._leaving.set()
        self.join(timeout=2 * PATIENCE)

    def run(self) -> None:
        try:
            while not self._leaving.is_set():
                try:
                    self._work()
                except BROKEN:
                    self.interruptions += 1
                    self._leaving.wait(0.3)
        except BaseException as fault:
            self.fault = fault
            raise

    @abstractmethod
    def _work(self) -> None:
        """What it does for as long as one connection lives; returns when it is to leave."""


@contextmanager
def connected(uri: str, user: str, password: str) -> Iterator[Any]:
    """A connection to the vhost of a URI as any user, publishing with confirms, with heartbeats to be ticked."""
    at = urlsplit(uri)
    connection = amqp.Connection(
        host=f"{at.hostname}:{at.port}", userid=user, password=password, virtual_host=unquote(at.path[1:]),
        confirm_publish=True, connect_timeout=PATIENCE, heartbeat=10,
    )  # fmt: skip
    try:
        connection.connect()
        yield connection
    finally:
        connection.collect()
