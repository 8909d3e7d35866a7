"""What a service has parked: seen, retried, and discarded by a person who says why.

A retry is no decision and has no event of its own: what follows from it is recorded as it would have been in the first
place. A discard is one, and is recorded in the transaction that takes away what was parked.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from uuid import UUID, uuid5

from desk.discards import Discarded, MessageDiscarded, PositionDiscarded, parking_category
from desk.office import Office
from desk.turns import Turn
from eventstore.decider import noting
from eventstore.errors import Refusal
from eventstore.execution import execute
from eventstore.following.followers import Follower, RefusedAgain
from eventstore.following.parked_positions import ParkedPosition
from eventstore.parked import Delivery, ParkedMessage
from eventstore.records import Actor, Recorded, StreamId
from eventstore.store import EventStore

AnswerAgain: TypeAlias = Callable[[Delivery], str | None]
"""Answers a message as its service does; gives the code of what refused it again, None where it is answered.

The same message again is answered the same. Raises `Unavailable`.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedItem:
    """A parked message or position of a service."""

    service: str
    parked: ParkedMessage | ParkedPosition

    @property
    def id(self) -> str:
        """What people name it by: a message's id, or `<service>/<subscription>/<position>`."""
        if isinstance(self.parked, ParkedMessage):
            return str(self.parked.id)
        return f"{self.service}/{self.parked.subscription}/{self.parked.position}"

    @property
    def parked_at(self) -> datetime:
        """When it was parked."""
        return self.parked.parked_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Who discards, and why."""

    actor: Actor
    reason: str


class NotAnswered(Refusal):
    """A message has no answer this time either; the code says why."""


def _not_taken(_: Delivery) -> str:
    """Of a service that takes no portal messages, or no longer does."""
    return "not_taken"


class Parking:
    """What one service has parked in one city."""

    def __init__(self, service: str, office: Office, answer_again: AnswerAgain | None = None) -> None:
        """answer_again: of a service that takes portal messages."""
        self._service = service
        self.office = office
        self._answer_again = answer_again or _not_taken
        self._followers: dict[str, Follower[Turn]] = {one.subscription.name: one for one in office.followers}

    def items(self) -> list[ParkedItem]:
        """What is parked, oldest first."""
        parked: list[ParkedMessage | ParkedPosition] = list(self.office.parked.all())
        for follower in self._followers.values():
            parked += follower.parked()
        items = [ParkedItem(service=self._service, parked=one) for one in parked]
        return sorted(items, key=lambda item: (item.parked_at, item.id))

    def retry(self, items: Sequence[ParkedItem]) -> dict[str, str]:
        """Takes items again; what is taken is parked no longer. Gives for each that stays parked the code why, by id.

        A message goes once its answer is published. Raises `NotParked`, `Unavailable`: what came before that is done,
        and what was broken off can be repeated.
        """
        refused: dict[str, str] = {}
        positions: dict[str, dict[int, str]] = {}
        for item in items:
            if isinstance(item.parked, ParkedPosition):
                positions.setdefault(item.parked.subscription, {})[item.parked.position] = item.id
            elif code := self._retry_message(item.parked.id):
                refused[item.id] = code
        for subscription, ids in positions.items():
            try:
                self._followers[subscription].retry(*ids)
            except RefusedAgain as again:
                refused |= {ids[position]: code for position, code in again.codes.items()}
        return refused

    def discard(self, item: ParkedItem, by: Decision) -> Recorded:
        """Takes an item away and records who decided that, in one transaction.

        A discarded position of a projection comes back when the projection is built again. Raises `NotParked`,
        `Unavailable`: then it stays parked.
        """
        if isinstance(item.parked, ParkedMessage):
            return self._discard_message(item.parked.id, by)
        return self._discard_position(item.parked, uuid5(self.office.city.stream, item.id), by)

    def _retry_message(self, parked_id: UUID) -> str | None:
        """Answers a message while it is being removed, so that nobody discards it meanwhile; the code where it stays.

        Killed before the end it stays parked too, and is answered the same again.
        """
        delivery = self.office.parked.open(parked_id)
        try:
            with self.office.parked.removing(parked_id):
                if code := self._answer_again(delivery):
                    raise NotAnswered("the message has no answer", code=code)
        except NotAnswered as again:
            return again.stable_code
        return None

    def _discard_message(self, parked_id: UUID, by: Decision) -> Recorded:
        with self.office.parked.removing(parked_id) as removal:
            discarded = MessageDiscarded(message_id=parked_id, code=removal.code)
            return self._record(self.office.store.amid(removal.connection), parked_id, discarded, by)

    def _discard_position(self, parked: ParkedPosition, stream_id: UUID, by: Decision) -> Recorded:
        recorded: list[Recorded] = []

        def record(turn: Turn, code: str) -> None:
            discarded = PositionDiscarded(subscription=parked.subscription, position=parked.position, code=code)
            recorded.append(self._record(turn.store, stream_id, discarded, by))

        self._followers[parked.subscription].discard(parked.position, record)
        return recorded[0]

    def _record(self, store: EventStore, stream_id: UUID, discarded: Discarded, by: Decision) -> Recorded:
        """Once more where it was discarded before and is parked again."""
        rules = noting(parking_category(self._service))
        stream, context = StreamId(rules.category, stream_id), self.office.context(by.actor, reason=by.reason)
        (recorded,) = execute(store, rules, stream, discarded, context).recorded
        return recorded
