"""A staff tool as anyone could write one: plain AMQP 0-9-1, RPC as nameko speaks it, an actor token with each call."""

import json
import time
from typing import Any, Final
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import amqp

ANSWER_WITHIN: Final = 30.0  # seconds


class CallFailed(Exception):
    """A call that was refused: type, code and sentence, as they crossed."""


class StaffTool:
    """Calls methods in the name of one member of staff."""

    def __init__(self, uri: str, token: str) -> None:
        """uri: of the city's broker user for staff tools."""
        at = urlsplit(uri)
        self._token = token
        self._connection = amqp.Connection(
            host=f"{at.hostname}:{at.port}", userid=unquote(at.username or ""), password=unquote(at.password or ""),
            virtual_host=unquote(at.path[1:]), connect_timeout=5,
        )  # fmt: skip
        self._connection.connect()
        self._channel = self._connection.channel()
        self._reply_to = str(uuid4())
        queue = f"rpc.reply-standalone_rpc_proxy-{self._reply_to}"
        self._channel.queue_declare(queue, exclusive=True, durable=False, arguments={"x-queue-type": "classic"})
        self._channel.queue_bind(queue, "nameko-rpc", self._reply_to)
        self._channel.basic_consume(queue, no_ack=True, callback=self._on_reply)
        self._replies: dict[str, dict[str, Any]] = {}

    def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        """The result of `intake.accept_proposal` and the like. Raises `CallFailed`, TimeoutError."""
        call_id = str(uuid4())
        message = amqp.Message(
            json.dumps({"args": [], "kwargs": arguments}).encode(),
            content_type="application/json",
            content_encoding="utf-8",
            reply_to=self._reply_to,
            correlation_id=call_id,
            application_headers={"nameko.auth_token": self._token},
        )
        self._channel.basic_publish(message, exchange="nameko-rpc", routing_key=method)
        reply = self._wait(call_id)
        if reply["error"]:
            raise CallFailed(f"{reply['error']['exc_type']}: {reply['error']['value']}")
        result: dict[str, Any] = reply["result"]
        return result

    def close(self) -> None:
        """Closes the connection."""
        self._connection.close()

    def _wait(self, call_id: str) -> dict[str, Any]:
        ends = time.monotonic() + ANSWER_WITHIN
        while call_id not in self._replies:
            if time.monotonic() > ends:
                raise TimeoutError("no reply")
            try:
                self._connection.drain_events(timeout=1)
            except TimeoutError:
                self._connection.heartbeat_tick()
        return self._replies.pop(call_id)

    def _on_reply(self, message: Any) -> None:
        self._replies[message.correlation_id] = json.loads(message.body)
