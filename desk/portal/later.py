"""What companies send later: proven, decided and on record in one transaction, or not at all."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from secrets import token_bytes
from typing import Any, TypeAlias
from uuid import UUID, uuid5

from desk.office import Office
from desk.packs import Pack
from desk.portal.messages import submission_id
from desk.portal.proofs import ProofNotAccepted
from desk.portal.receipts import content_receipt
from desk.portal.submissions import Acceptance, LaterSubmissionTaken, Matter, Noted, acceptance
from eventstore.decider import Decider, noting
from eventstore.execution import CommandIdReused, execute
from eventstore.protection import Sealed
from eventstore.records import Context, Recorded, StreamId
from eventstore.store import EventStore


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedIn:
    """A message that was read without errors, as it was handed in.

    document: the message as received. counted: the instant that counts; received_on: its legal day; pack: the rules of
    that day. submitted_at: the instant that the sender states. context: the command's.
    """

    document: bytes = field(repr=False)
    counted: datetime
    received_on: date
    pack: Pack
    submitted_at: datetime
    context: Context

    @property
    def id(self) -> UUID:
        """The id of the stream that it brings, whatever its type: an id brings one thing in a service, once."""
        return submission_id(self.context.command_id)

    @property
    def document_id(self) -> UUID:
        """The id whose key seals the message as received."""
        return uuid5(self.id, "document")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What has been recorded, and what the sender is told."""

    recorded: Recorded
    acceptance: Acceptance


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequence:
    """The command that follows from a message, and the stream that it is about."""

    decider: Decider[Any, Any]
    stream: StreamId
    command: Any


Following: TypeAlias = Callable[[EventStore], Consequence]
"""What follows from a message, proven amid the transaction whose store it is given."""
Noting: TypeAlias = Callable[[StreamId], Noted]
"""The record of a message, as it was received, that is about a stream."""


class LaterMessages:
    """The later messages that one service takes in one city."""

    def __init__(self, office: Office, category: str) -> None:
        """category: of the streams in which the service notes them."""
        self._office = office
        self._rules = noting(category)

    def original(self, command_id: UUID, digest: str) -> Taken | None:
        """What this command was taken for the first time, whatever the rules say today; None where it is new.

        Raises `CommandIdReused` where the id came with another content, `SubmissionErased` where no proof is left.
        """
        for recorded in self._office.store.load(self._stream(submission_id(command_id))).events:
            require_same(recorded, digest)
            return _told(recorded)
        return None

    def take(self, handed: HandedIn, following: Following, record: Noting) -> Taken:
        """Takes a message. following: what follows from it; record: what stands of it in its own stream.

        Raises `ProofNotAccepted`, and what the domain refuses; then nothing is recorded, and no code is used up. What
        another delivery of the same message recorded meanwhile is told, although its proof has passed with it.
        """
        try:
            return self._take(handed, following, record)
        except ProofNotAccepted:
            if taken := self.original(handed.context.command_id, handed.context.digest or ""):
                return taken
            raise

    def _take(self, handed: HandedIn, following: Following, record: Noting) -> Taken:
        with self._office.database.connection() as connection, connection.transaction():
            store = self._office.store.amid(connection)
            follows = following(store)
            taken = execute(store, self._rules, self._stream(handed.id), record(follows.stream), handed.context)
            execute(store, follows.decider, follows.stream, follows.command, handed.context)
        return _told(taken.recorded[0])

    def _stream(self, submission: UUID) -> StreamId:
        return StreamId(self._rules.category, submission)


def noted(matter: Matter, handed: HandedIn, about: StreamId) -> LaterSubmissionTaken:
    """The record of a message as it was received, with a proof drawn afresh."""
    receipt = content_receipt(handed.document, token_bytes(32))
    return LaterSubmissionTaken(
        matter=matter,
        about_id=about.id,
        taken_on=handed.received_on,
        submitted_at=handed.submitted_at,
        document_id=handed.document_id,
        document=Sealed(handed.document),
        content_nonce=Sealed(receipt.nonce),
        content_sha256=Sealed(receipt.sha256),
    )


def require_same(recorded: Recorded, digest: str) -> None:
    """Raises `CommandIdReused` where a command that was recorded had another content than this digest's."""
    kept = recorded.command_digest
    if kept is not None and kept.is_open and kept.reveal() != digest:
        raise CommandIdReused


def _told(recorded: Recorded) -> Taken:
    return Taken(recorded=recorded, acceptance=acceptance(recorded.event))
