"""Calls by RPC as nameko speaks it, over plain AMQP 0-9-1: a queue for replies, and a correlation id for each call."""

import json
import time
from typing import Any, Final
from uuid import uuid4

import amqp

from apps.demo.connection import connected

ANSWER_WITHIN: Final = 30.0  # seconds
AT_REST: Final = 1.0  # seconds without a message, after which the broker hears that we are there


class Caller:
    """Calls methods over one connection, whose replies come to a queue of its own."""

    def __init__(self, uri: str) -> None:
        """uri: of the broker user that calls."""
        self.name = str(uuid4())
        self.connection = connected(uri)
        self.replies: dict[str, dict[str, Any]] = {}
        try:
            self.channel = self._listening()
        except BaseException:
            self.connection.collect()
            raise

    def send(self, method: str, body: Any, token: Any = None, **properties: Any) -> str:
        """Publishes a call of `intake.get_proposal` and the like; gives its correlation id.

        body: JSON, or bytes as they are. token: of the actor, if any. properties: AMQP's, in place of those that a
        call has (`...`: without it).
        """
        correlation_id = str(uuid4())
        given = {
            "content_type": "application/json",
            "content_encoding": "utf-8",
            "reply_to": self.name,
            "correlation_id": correlation_id,
            "application_headers": {} if token is None else {"nameko.auth_token": token},
            **properties,
        }
        written = body if isinstance(body, bytes) else json.dumps(body).encode()
        message = amqp.Message(written, **{name: value for name, value in given.items() if value is not ...})
        self.channel.basic_publish(message, exchange="nameko-rpc", routing_key=method)
        return correlation_id

    def call(self, method: str, token: Any = None, /, **arguments: Any) -> dict[str, Any]:
        """What a method answers: `result` and `error`, one of them None. Raises TimeoutError."""
        return self.wait(self.send(method, {"args": [], "kwargs": arguments}, token))

    def wait(self, correlation_id: str, seconds: float = ANSWER_WITHIN) -> dict[str, Any]:
        """The reply to a call. Raises TimeoutError."""
        ends = time.monotonic() + seconds
        while correlation_id not in self.replies:
            if time.monotonic() > ends:
                raise TimeoutError(f"no reply within {seconds} s")
            try:
                self.connection.drain_events(timeout=min(AT_REST, seconds))
            except TimeoutError:
                self.connection.heartbeat_tick()
        return self.replies.pop(correlation_id)

    def close(self) -> None:
        """Closes the connection."""
        self.connection.close()

    def _listening(self) -> amqp.Channel:
        """A channel with a queue for the replies."""
        channel, queue = self.connection.channel(), f"rpc.reply-standalone_rpc_proxy-{self.name}"
        channel.queue_declare(queue, exclusive=True, durable=False, arguments={"x-queue-type": "classic"})
        channel.queue_bind(queue, "nameko-rpc", self.name)
        channel.basic_consume(queue, no_ack=True, callback=self._on_reply)
        return channel

    def _on_reply(self, message: amqp.Message) -> None:
        self.replies[message.properties.get("correlation_id", "")] = json.loads(message.body)
