"""A stream read without opening it: what a projection folds, up to the event that it is at."""

from eventstore.protection import Sealed
from eventstore.records import StreamId
from eventstore.store import EventStore
from tests.toy import Counted, LetterRead, context, letter


def test_nothing_sealed_is_opened(store: EventStore, letters: StreamId) -> None:
    store.append(store.load(letters), [letter(), LetterRead(times=1)], context(reason="試験"))

    first, second = store.load_closed(letters)
    sealed = [value for value in vars_of(first.event) if isinstance(value, Sealed)]
    assert sealed
    assert not any(value.is_open for value in (*sealed, first.reason) if value is not None)
    assert second.event == LetterRead(times=1)


def test_it_goes_as_far_as_it_is_asked_for(store: EventStore, counter: StreamId) -> None:
    store.append(store.load(counter), [Counted(by=1)] * 3, context())

    assert [one.version for one in store.load_closed(counter, until=2)] == [1, 2]
    assert [one.version for one in store.load_closed(counter)] == [1, 2, 3]
    assert store.load_closed(StreamId("counter", counter.id), until=0) == ()


def vars_of(event: object) -> list[object]:
    """The values of a slotted dataclass."""
    return [getattr(event, name) for name in event.__slots__]  # type: ignore[attr-defined]
