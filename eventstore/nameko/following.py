"""Runs a service's followers in green threads: woken by RabbitMQ, and by a slow poll where nobody wakes them."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

import eventlet
import structlog
from amqp.exceptions import AMQPError
from eventlet.event import Event
from eventlet.queue import Empty, LightQueue
from kombu import Connection, Queue
from kombu.exceptions import KombuError
from kombu.message import Message
from kombu.mixins import ConsumerMixin

from eventstore.errors import Unavailable
from eventstore.following.followers import Busy, Follower
from eventstore.nameko.frames import consuming

POLL: Final = 5.0  # seconds
LOOK_AGAIN: Final = 0.3
"""Seconds after which a follower that came while another one was at work looks what that one has left."""
AGAIN_FIRST, AGAIN_LONGEST = 0.2, 30.0  # seconds

log = structlog.get_logger(__name__)


class Following:
    """The followers of one container, from `start` to `stop`."""

    def __init__(self, followers: Sequence[Follower[Any]], uri: str, *, poll: float = POLL) -> None:
        """uri: the broker's, as the service."""
        self._followers = followers
        self._poll = poll
        self._stopping = Event()
        self._woken = {follower.queue: LightQueue(1) for follower in followers}
        self._listening: Any = None
        self._wakes = Wakes(uri, {queue: self._waker(woken) for queue, woken in self._woken.items()})

    def start(self, spawn: Callable[[Callable[[], None]], Any]) -> None:
        """Starts everything; `spawn` runs a function in a green thread of the container."""
        self._threads = [spawn(partial(self._keep, follower)) for follower in self._followers]
        if self._followers:
            self._listening = spawn(self._wakes.keep)

    def stop(self) -> None:
        """Ends after what is in hand."""
        if self._listening is not None:
            self._listening.kill()  # it holds nothing, and would hear the request within a second only
        self._stopping.send()
        for woken in self._woken.values():
            self._waker(woken)()
        for thread in self._threads:
            thread.wait()

    @staticmethod
    def _waker(woken: LightQueue) -> Callable[[], None]:
        def wake() -> None:
            if woken.empty():
                woken.put_nowait(True)

        return wake

    def _keep(self, follower: Follower[Any]) -> None:
        """Follows until it is asked to stop; after `Unavailable` with growing delay, whoever wakes it meanwhile."""
        delay = AGAIN_FIRST
        while not self._stopping.ready():
            try:
                if not follower.step():
                    self._await_wake(follower)
                delay = AGAIN_FIRST
            except Busy:
                eventlet.sleep(LOOK_AGAIN)
            except Unavailable as unavailable:
                name, cause = follower.subscription.name, type(unavailable.__cause__).__name__
                log.warning(
                    "following waits", subscription=name, code=unavailable.stable_code, error=cause, delay=delay
                )
                with eventlet.Timeout(delay, False):
                    self._stopping.wait()
                delay = min(delay * 2, AGAIN_LONGEST)

    def _await_wake(self, follower: Follower[Any]) -> None:
        try:
            self._woken[follower.queue].get(timeout=self._poll)
        except Empty:
            return


class Wakes(ConsumerMixin):
    """Hears that there is something to follow; what a message says is not read."""

    def __init__(self, uri: str, wakes: Mapping[str, Callable[[], None]]) -> None:
        """wakes: queue → what to do when a message comes."""
        self._uri = uri
        self._wakes = wakes

    @property
    def connection(self) -> Connection:
        """kombu's: the connection to consume from."""
        return consuming(self._uri)

    def keep(self) -> None:
        """Consumes until its thread is ended, also after a queue or the whole vhost was gone: the poll goes on."""
        while True:
            try:
                self.run()
            except (OSError, AMQPError, KombuError) as fault:
                log.warning("nobody wakes the followers", error=type(fault).__name__)
                eventlet.sleep(POLL)

    def get_consumers(self, consumer: Any, channel: Any) -> list[Any]:
        channel.auto_decode = False
        return [
            consumer(queues=[Queue(queue, no_declare=True)], on_message=self._on(wake), no_ack=True)
            for queue, wake in self._wakes.items()
        ]

    @staticmethod
    def _on(wake: Callable[[], None]) -> Callable[[Message], None]:
        return lambda _: wake()
