"""From a command to recorded events: read the stream, look for the command, fold, decide, append; if need be afresh."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from eventstore.decider import Decider
from eventstore.errors import Refusal, StreamConflict
from eventstore.records import Context, Recorded, StreamId
from eventstore.store import EventStore, Stream

C = TypeVar("C")
S = TypeVar("S")

ATTEMPTS: Final = 3


class CommandIdReused(Refusal):
    """The command's id was used before, for a command with another content; the first stands."""

    code = "command_id_reused"
    sentence = "この識別子は、別の内容で使われています。最初の内容が有効です。"


class VersionExpected(StreamConflict):
    """The person saw an older version; what crosses is the list of the events that came since (`Type vN`)."""

    def __init__(self, since: Sequence[Recorded]) -> None:
        super().__init__("ほかの人が先に変更しました。最新の内容を確かめてから、もう一度操作してください。")
        self.changes = [f"{recorded.type} v{recorded.version}" for recorded in since]

    @property
    def crossing(self) -> tuple[object, ...]:
        """The events that came since."""
        return (self.changes,)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command caused: the events now, or those of the first time where it was a repetition."""

    recorded: tuple[Recorded, ...]
    repeated: bool


def execute(
    store: EventStore,
    decider: Decider[C, S],
    stream_id: StreamId,
    command: C,
    context: Context,
    *,
    expected_version: int | None = None,
) -> Outcome:
    """Decides a command on a stream and appends what follows; a conflict is decided afresh, three times at most.

    A repeated command gets its original events, whatever has happened since. Raises `CommandIdReused` where the id
    came before with another digest, `VersionExpected` where the stream is not at `expected_version`, and what
    `decide` refuses; then nothing is changed.
    """
    for attempt in range(1, ATTEMPTS + 1):
        stream = store.load(stream_id)
        earlier = _caused_by(context, stream)
        if earlier:
            return Outcome(earlier, repeated=True)
        if expected_version is not None and stream.version != expected_version:
            raise VersionExpected(stream.events[expected_version:])
        events = decider.decide(command, decider.fold(stream.events))
        if not events:
            return Outcome((), repeated=False)
        try:
            return Outcome(tuple(store.append(stream, events, context)), repeated=False)
        except StreamConflict:
            if attempt == ATTEMPTS:
                raise
    raise AssertionError("the last attempt returns or raises")


def _caused_by(context: Context, stream: Stream) -> tuple[Recorded, ...]:
    """The stream's events of this command, if it has been here. Raises `CommandIdReused` for another content."""
    events = tuple(recorded for recorded in stream.events if recorded.command_id == context.command_id)
    if events and context.digest is not None:
        sealed = events[0].command_digest
        if sealed is not None and sealed.is_open and sealed.reveal() != context.digest:
            raise CommandIdReused
    return events
