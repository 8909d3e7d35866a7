"""A portal as anyone could write one: plain AMQP 0-9-1, its own broker user, keeps what is not yet answered."""

import json
import time
from collections.abc import Mapping
from typing import Any

import amqp

from apps.demo.connection import connected


class Portal:
    """Publishes to `portal.events` and reads `portal.answers.<name>` (wire.md)."""

    def __init__(self, uri: str, name: str, password: str) -> None:
        """uri: any AMQP URI of the city's vhost; host, port and vhost are taken from it."""
        self.name = name
        self._connection = connected(uri, name, password)
        self._channel = self._connection.channel()
        self.answers: dict[str, dict[str, Any]] = {}
        self._channel.basic_consume(f"portal.answers.{name}", callback=self._on_answer)

    def publish(self, message: Mapping[str, Any]) -> None:
        """Publishes one CloudEvent, persistent; returns when the broker has it. Forgets an earlier answer to its id."""
        self.answers.pop(message["id"], None)
        envelope = {**message, "source": f"/portals/{self.name}"}
        body = amqp.Message(
            json.dumps(envelope, ensure_ascii=False).encode(),
            content_type="application/cloudevents+json",
            delivery_mode=2,
            user_id=self.name,
        )
        self._channel.basic_publish(body, exchange="portal.events", routing_key=message["type"])

    def wait(self, submission: str, seconds: float) -> dict[str, Any]:
        """The answer to a submission. Raises TimeoutError."""
        began = time.monotonic()
        while submission not in self.answers:
            if time.monotonic() - began > seconds:
                raise TimeoutError(f"no answer to {submission} within {seconds} s")
            try:
                self._connection.drain_events(timeout=1)
            except TimeoutError:
                self._connection.heartbeat_tick()
        return self.answers[submission]

    def close(self) -> None:
        """Closes the connection."""
        self._connection.close()

    def _on_answer(self, message: Any) -> None:
        answer = json.loads(message.body)
        self.answers[answer["correlationid"]] = answer
        message.channel.basic_ack(message.delivery_tag)
