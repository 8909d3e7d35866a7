"""A toy service that exercises the kernel: a counter with nothing sealed, a letter with everything, and a neighbour."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Final
from uuid import UUID, uuid4

from desk.turns import Turn
from eventstore.decider import Decider
from eventstore.declaration import Reads, Service
from eventstore.errors import InvalidMessage, Refusal
from eventstore.events import EventTypes
from eventstore.following.subscriptions import On, Subscription
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
from eventstore.records import Actor, Code, Context, Recorded, StreamId

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


@NEIGHBOUR_EVENTS.event(category="echo", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class Echoed:
    """What the neighbour makes of a count of the toy's."""

    counter_id: UUID
    by: int


def total_up(turn: Turn, recorded: Recorded) -> None:
    """Adds a count; thirteen is refused, and a total beyond a thousand breaks a rule of the table."""
    if recorded.event.by == UNLUCKY:
        raise TooFar("thirteen is not counted")
    turn.connection.execute(
        "INSERT INTO toy_totals (counter_id, total, version) VALUES (%s, %s, %s) ON CONFLICT (counter_id)"
        " DO UPDATE SET total = toy_totals.total + excluded.total, version = excluded.version",
        (recorded.stream.id, recorded.event.by, recorded.version),
    )


def total_to_nought(turn: Turn, recorded: Recorded) -> None:
    """Begins again."""
    turn.connection.execute(
        "UPDATE toy_totals SET total = 0, version = %s WHERE counter_id = %s", (recorded.version, recorded.stream.id)
    )


def read_count(fields: Mapping[str, Any]) -> int:
    """A count as the neighbour reads it."""
    by: int = fields["by"]
    if by < 0:
        raise InvalidMessage("less than nothing", code="unreadable")
    return by


def echo(turn: Turn, recorded: Recorded) -> None:
    """Echoes a count, in a stream of its own."""
    if recorded.event == UNLUCKY:
        raise TooFar("thirteen is not echoed")
    stream = StreamId("echo", turn.command_id(recorded))
    turn.react(ECHO, stream, Echoed(counter_id=recorded.stream.id, by=recorded.event), recorded)


UNLUCKY: Final = 13
TOTALS: Final = Subscription(
    name="totals", tables=("toy_totals",), on=(On("Counted", total_up), On("Reset", total_to_nought))
)
ECHOES: Final = Subscription(name="echoes", on=(On("Counted", echo, service="toy", read=read_count),))

TOY: Final = Service(
    events=EVENTS,
    opens=frozenset(ClassGroup),
    subscriptions=(TOTALS,),
    migrations=Path(__file__).parent / "migrations",
)
NEIGHBOUR: Final = Service(
    events=NEIGHBOUR_EVENTS,
    opens=frozenset({ClassGroup.INTERNAL, ClassGroup.PERSONAL}),
    reads=(Reads(service="toy", categories=frozenset({"letter", "counter"}), opens=frozenset({ClassGroup.INTERNAL})),),
    subscriptions=(ECHOES,),
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

ECHO: Final = Decider(
    category="echo", initial=False, decide=lambda echoed, is_there: [] if is_there else [echoed], evolve=lambda *_: True
)
"""An echo is its own command, and heard once."""

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
