"""A toy service that exercises the kernel: a counter with nothing sealed, a letter with everything, and a neighbour."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Final
from uuid import UUID, uuid4

from eventstore.decider import Decider
from eventstore.declaration import Reads, Service
from eventstore.errors import Refusal
from eventstore.events import EventTypes
from eventstore.protection import (
    Business,
    ClassGroup,
    Deliberation,
    Internal,
    Public,
    Safety,
    Sealed,
    personal,
)
from eventstore.records import Actor, Code, Context

EVENTS: Final = EventTypes("toy")
NEIGHBOUR_EVENTS: Final = EventTypes("neighbour")


@EVENTS.event(category="counter", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """The counter went up by this much."""

    by: int


@EVENTS.event(category="counter", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class Reset:
    """The counter is at nought again."""


@EVENTS.event(category="letter", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class LetterWritten:
    """A letter with a value of every class."""

    sender_id: UUID
    receiver_id: UUID
    subject: Public[str]
    note: Internal[str]
    offer: Business[str]
    opinion: Deliberation[str]
    warning: Safety[str]
    sender: Annotated[Sealed[str], personal(of="sender_id", blind_index="sender")]
    receiver: Annotated[Sealed[str | None], personal(of="receiver_id")]


@EVENTS.event(category="letter", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRead:
    """Nothing of this is sealed."""

    times: int


@NEIGHBOUR_EVENTS.event(category="copy", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class LetterCopied:
    """The neighbour's own, so that it holds the keys of two groups."""

    copier_id: UUID
    note: Internal[str]
    copier: Annotated[Sealed[str], personal(of="copier_id")]


TOY: Final = Service(events=EVENTS, opens=frozenset(ClassGroup), migrations=Path(__file__).parent / "migrations")
NEIGHBOUR: Final = Service(
    events=NEIGHBOUR_EVENTS,
    opens=frozenset({ClassGroup.INTERNAL, ClassGroup.PERSONAL}),
    reads=(Reads(service="toy", categories=frozenset({"letter"}), opens=frozenset({ClassGroup.INTERNAL})),),
    migrations=Path(__file__).parent / "neighbour_migrations",
)
"""Opens personal values of its own, and of the toy's letters only what is internal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountUp:
    """Count up, to `limit` at most."""

    by: int
    times: int = 1
    limit: int = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SetToNought:
    """Begin again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """How far it has counted."""

    total: int = 0


class TooFar(Refusal):
    """It would count beyond the limit."""

    code = "too_far"


def decide(command: CountUp | SetToNought, counter: Counter) -> Sequence[Counted | Reset]:
    """What follows: nothing, where the counter is at nought already."""
    if isinstance(command, SetToNought):
        return [Reset()] if counter.total else []
    if counter.total + command.by * command.times > command.limit:
        raise TooFar("too far")
    return [Counted(by=command.by)] * command.times


def evolve(counter: Counter, event: Counted | Reset) -> Counter:
    """The counter after an event."""
    return replace(counter, total=counter.total + event.by) if isinstance(event, Counted) else Counter()


COUNTER: Final = Decider(category="counter", initial=Counter(), decide=decide, evolve=evolve)

ACTOR: Final = Actor(id=UUID(int=7), role=Code("tester"))


def context(
    command_id: UUID | None = None,
    *,
    causation_id: UUID | None = None,
    reason: str | None = None,
    digest: str | None = None,
    policy: str | None = None,
) -> Context:
    """The envelope of a command; a fresh one unless an id is given."""
    command_id = command_id or uuid4()
    return Context(
        command_id=command_id,
        correlation_id=command_id,
        causation_id=causation_id,
        actor=ACTOR,
        channel=Code("test"),
        reason=reason,
        digest=digest,
        policy=policy,
    )


def letter(
    sender_id: UUID | None = None, receiver_id: UUID | None = None, *, sender: str = "青森一郎"
) -> LetterWritten:
    """A letter; each sealed field has a text of its own."""
    return LetterWritten(
        sender_id=sender_id or uuid4(),
        receiver_id=receiver_id or uuid4(),
        subject="件名",
        note=Sealed("内部の一文目。\r\n二文目。"),
        offer=Sealed("見積りは百万円。"),
        opinion=Sealed("よい案と思う。"),
        warning=Sealed("照会中。"),
        sender=Sealed(sender),
        receiver=Sealed("所沢花子"),
    )
