"""An outside subscriber as wire.md promises it: each event at least once, first deliveries per stream in order.

The promise holds for as long as its queue lives. Where the broker lost its data, the subscriber begins with a new one.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from tests.faults.untiring import Untiring, connected
from tests.positions import Numbered

SERVICES: Final = ("intake", "matching")


@dataclass(slots=True)
class Hearing:
    """What one queue told. since: the ledger's size when the queue was bound; what is numbered later is due."""

    queue: str
    since: int
    first: dict[str, tuple[str, int]] = field(default_factory=dict)
    repeated: int = 0

    def hear(self, event: dict[str, Any]) -> None:
        """Takes an event; a first delivery is noted with its stream and version."""
        if event["id"] in self.first:
            self.repeated += 1
        else:
            self.first[event["id"]] = (event["subject"], event["streamversion"])

    def disorder(self) -> list[str]:
        """Where a first delivery is not the next version of its stream."""
        versions: dict[str, int] = {}
        found = []
        for stream, version in self.first.values():
            if stream in versions and version != versions[stream] + 1:
                found.append(f"{stream} v{version} was heard after v{versions[stream]}")
            versions[stream] = version
        return found

    def unheard(self, log: Sequence[Numbered]) -> list[str]:
        """What of a part of the log was due, and not heard."""
        due = [one for one in log if one.position > self.since and one.service in SERVICES]
        return [
            f"position {one.position} was not heard, from {self.since}: {one.stream} v{one.version}"
            for one in due
            if str(one.id) not in self.first
        ]


class Subscriber(Untiring):
    """Hears everything that intake and matching tell in a city."""

    def __init__(self, uri: str, name: str, size: Callable[[], int]) -> None:
        """uri: an administrator's AMQP URI of the city's vhost. size: of the city's ledger now."""
        super().__init__(f"subscriber of {name}")
        self._uri = uri
        self._size = size
        self.hearings: list[Hearing] = []

    @property
    def hearing(self) -> Hearing:
        """What is heard since the broker last lost its data."""
        return self.hearings[-1]

    def subscribe(self) -> None:
        """Declares a queue and binds it, as whoever admits a subscriber does; again after the broker lost its data."""
        queue = f"outside.{len(self.hearings)}"
        with self._connected() as connection:
            channel = connection.channel()
            channel.queue_declare(queue, durable=True, auto_delete=False, arguments={"x-queue-type": "quorum"})
            for service in SERVICES:
                channel.queue_bind(queue, f"{service}.events", "#")
        self.hearings.append(Hearing(queue, self._size()))

    def await_all(self, log: Sequence[Numbered], seconds: float) -> bool:
        """Waits until everything that is due is heard; tells whether it is."""
        return self.await_that(lambda: not self.hearing.unheard(log), seconds)

    def await_first(self, seconds: float) -> bool:
        """Waits until the queue has told anything; tells whether it has."""
        return self.await_that(lambda: bool(self.hearing.first), seconds)

    def broken_promises(self, log: Sequence[Numbered]) -> list[str]:
        """What is missing, or in disorder. Of a queue that was lost, up to the last event that it told."""
        position = {str(one.id): one.position for one in log}
        found = [fault for hearing in self.hearings for fault in hearing.disorder()]
        for hearing in self.hearings[:-1]:
            told = max((position[one] for one in hearing.first), default=0)
            found += hearing.unheard(log[:told])
        return found + self.hearing.unheard(log)

    def _work(self) -> None:
        with self._connected() as connection:
            channel, hearing = connection.channel(), self.hearing
            channel.basic_qos(0, 20, a_global=False)
            channel.basic_consume(hearing.queue, callback=lambda message: self._on_event(hearing, message))
            while not self._leaving.is_set():
                try:
                    connection.drain_events(timeout=0.1)
                except TimeoutError:
                    connection.heartbeat_tick()

    def _connected(self) -> Any:
        at = urlsplit(self._uri)
        return connected(self._uri, at.username or "guest", at.password or "guest")

    def _on_event(self, hearing: Hearing, message: Any) -> None:
        with self._changed:
            hearing.hear(json.loads(message.body))
            self._changed.notify_all()
        message.channel.basic_ack(message.delivery_tag)
