"""What a service makes of a portal's message: taken or refused with reasons, or unanswerable and parked."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Protocol
from uuid import UUID

from desk.forms import Problem, Words, load, refuse
from desk.office import Office
from desk.packs import Pack
from desk.packs.codes import Channel
from desk.portal import answers
from desk.portal.answers import Answer, ForCompanies
from desk.portal.duplicates import duplicates
from desk.portal.envelope import Envelope, EnvelopeSchema
from desk.portal.later import HandedIn
from desk.portal.messages import MAX_BYTES, Message, answerable, misdirected, submission_command_id
from desk.portal.words import WORDS
from eventstore.errors import FieldError, InvalidMessage, Refusal
from eventstore.execution import CommandIdReused
from eventstore.parked import Delivery
from eventstore.records import Actor, Code, Context

PORTAL_ROLE: Final = Code("portal")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """When a message counts as having come: the instant, its legal day, and the rules of that day."""

    at: datetime
    day: date
    pack: Pack


class Takes(Protocol):
    """Which messages one service takes, and what it makes of them."""

    @property
    def types(self) -> Collection[str]:
        """The types that it takes."""

    @property
    def words(self) -> Words:
        """What the fields of its messages are called."""

    @property
    def for_companies(self) -> ForCompanies:
        """Its refusals in words for companies; one that is not there is told as staff are told it."""

    def original(self, message: Message, command_id: UUID, digest: str) -> Answer | None:
        """What this command was answered the first time, whatever the rules say today; None where it is new.

        Raises `CommandIdReused` where the id came with another content.
        """

    def read(self, kind: str, data: dict[str, Any], counted: Counted) -> tuple[Any, Sequence[FieldError]]:
        """The content of a message of a type that it takes, and everything that is wrong with it."""

    def take(self, message: Message, content: Any, handed: HandedIn) -> Answer:
        """Records what was read without errors, with what follows from it. Raises what the domain refuses."""


class PortalReactions:
    """Reacts to the messages of portals to one service in one city."""

    def __init__(self, office: Office, takes: Takes) -> None:
        self._office = office
        self._takes = takes

    def answer(self, delivery: Delivery) -> Answer:
        """The answer to a message, after whatever it causes is committed.

        Raises `Unanswerable` where it can only be parked, `Unavailable` where it has to be tried again.
        """
        message = answerable(delivery, self._office.rules)
        try:
            return self._answered(message, self._office.clock())
        except InvalidMessage as refused:
            return self._refused(message, *refused.errors)
        except CommandIdReused:
            return self._refused(message, Problem("submission_id_reused").at("id", WORDS))
        except Refusal as refused:
            return self._refused(message, answers.refusal(refused, self._takes.for_companies))

    def _refused(self, message: Message, *errors: FieldError) -> Answer:
        return answers.refused(self._office.service, message, errors)

    def _answered(self, message: Message, now: datetime) -> Answer:
        """Records what was sent, or finds what it recorded before. Raises `InvalidMessage` with all errors."""
        body = message.delivery.body
        if len(body) > MAX_BYTES:
            refuse([Problem("too_large", limit=MAX_BYTES).at("data", WORDS)])
        digest = self._office.digest(body)
        command_id = submission_command_id(message.portal, message.id)
        original = self._takes.original(message, command_id, digest)
        return original or self._taken(message, command_id, digest, now)

    def _taken(self, message: Message, command_id: UUID, digest: str, now: datetime) -> Answer:
        envelope, errors = load(EnvelopeSchema(), message.content)
        counted = self._counted(message, envelope, errors, now)
        content = self._read(message, errors, counted)
        context = Context(
            command_id=command_id,
            correlation_id=command_id,
            trace=envelope.traceparent,
            actor=Actor(id=message.portal_id, role=PORTAL_ROLE, app=PORTAL_ROLE),
            channel=Code(Channel.PORTAL),
            policy=counted.pack.digest,
            occurred_at=counted.at,
            digest=digest,
        )
        handed = HandedIn(
            document=message.delivery.body,
            counted=counted.at,
            received_on=counted.day,
            pack=counted.pack,
            submitted_at=envelope.time,
            context=context,
        )
        return self._takes.take(message, content, handed)

    def _read(self, message: Message, errors: Sequence[FieldError], counted: Counted) -> Any:
        """The content of a message. Raises `InvalidMessage` with its errors and those of the envelope at once."""
        takes = self._takes
        told = [*duplicates(message.delivery.body, takes.words), *errors, *misdirected(message, takes.types)]
        content, data, kind = None, message.content.get("data"), message.content.get("type")
        if isinstance(data, dict) and isinstance(kind, str) and kind in takes.types:
            content, in_data = takes.read(kind, data, counted)
            told += in_data
        refuse(told)
        return content

    def _counted(
        self, message: Message, envelope: Envelope | None, errors: Sequence[FieldError], now: datetime
    ) -> Counted:
        """By the service's own clock; for a portal run by the city by the message's, unless in the future."""
        is_citys = self._office.pack().is_city_run(message.portal)
        at = envelope.time if envelope and is_citys and envelope.time <= now else now
        day = self._office.day_of(at)
        if not self._office.rules.covers(day):
            refuse([*errors, Problem("too_long_ago").at("time", WORDS)])
        return Counted(at=at, day=day, pack=self._office.rules.in_force(day))
