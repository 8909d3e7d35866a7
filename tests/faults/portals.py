"""Portals that behave exactly as wire.md says, in plain AMQP: nothing is dropped until it is answered.

A portal keeps each submission, sends it again with the same id and bytes while no answer comes, begins anew with a
connection after any error, and acknowledges an answer after it has noted it.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Final, TypeAlias
from uuid import UUID

import amqp

from tests.cities import ROOT
from tests.faults.untiring import PATIENCE, Untiring, connected

RESEND_AFTER: Final = 3.0  # seconds


@dataclass(slots=True)
class Submission:
    """What a portal hands in, and every answer that came, in the order in which they came."""

    id: str
    type: str
    body: bytes = field(repr=False)
    valid: bool
    sent_at: float = float("-inf")
    answers: list[bytes] = field(default_factory=list, repr=False)


class Supply:
    """Submissions for one portal, drawn by a seeded source: the samples with other ids and titles, a tenth invalid."""

    def __init__(self, random: Random, portal: str, municipality: str) -> None:
        self._random = random
        self._portal = portal
        read = [json.loads(Path(path).read_text(encoding="utf-8")) for path in sorted((ROOT / "examples").glob("0*-*"))]
        own = [one for one in read if one["data"]["municipality"] == municipality]
        self._samples = [one for one in own if one["data"].get("proposer", {}).get("kind") != "individual"]

    def draw(self, *, valid: bool | None = None) -> Submission:
        """One more submission."""
        message = json.loads(json.dumps(self._random.choice(self._samples)))
        valid = self._random.random() > 0.1 if valid is None else valid
        named = "title" if message["type"] == "ProposalSubmitted" else "subject"
        message |= {"id": str(UUID(int=self._random.getrandbits(128), version=4)), "source": f"/portals/{self._portal}"}
        message["data"][named] = f"{message['data'][named]} {self._random.getrandbits(32)}" if valid else ""
        body = json.dumps(message, ensure_ascii=False).encode()
        return Submission(id=message["id"], type=message["type"], body=body, valid=valid)


class Portal(Untiring):
    """One portal."""

    def __init__(
        self, uri: str, name: str, password: str, resend_after: float = RESEND_AFTER,
        told: "Told" = lambda *_: None,
    ) -> None:  # fmt: skip
        """uri: any AMQP URI of the city's vhost; host, port and vhost are taken from it. told: hears each answer."""
        super().__init__(name)
        self.password = password
        self._uri = uri
        self._resend_after = resend_after
        self._told = told
        self._kept: dict[str, Submission] = {}

    def submit(self, *submissions: Submission) -> None:
        """Takes submissions over: they are handed in until they are answered."""
        with self._changed:
            self._kept |= {submission.id: submission for submission in submissions}

    @property
    def submissions(self) -> list[Submission]:
        """Everything that was ever submitted."""
        with self._changed:
            return list(self._kept.values())

    def unanswered(self) -> list[Submission]:
        """What is still waiting for its answer."""
        return [submission for submission in self.submissions if not submission.answers]

    @property
    def answered(self) -> int:
        """How many submissions have been answered."""
        return len(self.submissions) - len(self.unanswered())

    def await_answers(self, seconds: float) -> bool:
        """Waits until everything is answered; tells whether it is."""
        return self.await_that(lambda: all(one.answers for one in self._kept.values()), seconds)

    def _work(self) -> None:
        """Hands in what is due and takes answers, for as long as one connection lives."""
        with connected(self._uri, self.name, self.password) as connection:
            channel = connection.channel()
            channel.basic_consume(f"portal.answers.{self.name}", callback=self._on_answer)
            while not self._leaving.is_set():
                for submission in self._due():
                    self._publish(channel, submission)
                try:
                    connection.drain_events(timeout=0.1)
                except TimeoutError:
                    connection.heartbeat_tick()

    def _due(self) -> list[Submission]:
        now = time.monotonic()
        return [one for one in self.unanswered() if now - one.sent_at > self._resend_after]

    def _publish(self, channel: Any, submission: Submission) -> None:
        message = amqp.Message(
            submission.body, content_type="application/cloudevents+json", delivery_mode=2, user_id=self.name
        )
        channel.basic_publish(message, exchange="portal.events", routing_key=submission.type, confirm_timeout=PATIENCE)
        submission.sent_at = time.monotonic()

    def _on_answer(self, message: Any) -> None:
        body = bytes(message.body, "utf-8") if isinstance(message.body, str) else bytes(message.body)
        answer = json.loads(body)
        with self._changed:
            submission = self._kept[answer["correlationid"]]
            submission.answers.append(body)
            self._changed.notify_all()
        self._told(self, submission, answer)
        message.channel.basic_ack(message.delivery_tag)


Told: TypeAlias = Callable[[Portal, Submission, dict[str, Any]], None]
"""Hears by which portal what was submitted, and what it was answered."""
