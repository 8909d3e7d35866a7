"""The store on a real PostgreSQL: what is appended is there whole or not at all, once, and in order."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from eventstore.city import City
from eventstore.declaration import Service
from eventstore.errors import KeyUnavailable, StreamConflict, Unavailable
from eventstore.execution import CommandIdReused, VersionExpected, execute
from eventstore.protection import ClassGroup, Sealed
from eventstore.recording import Append
from eventstore.records import StreamId, event_id
from eventstore.store import CommandAlreadyRecorded, EventStore
from tests.cities import NOON, Cities
from tests.integration.conftest import OpenStore
from tests.toy import COUNTER, NEIGHBOUR, TOY, Counted, CountUp, LetterRead, Reset, SetToNought, TooFar, context, letter

TABLES = ("events_toy", "data_keys_toy", "sealed_values_toy", "blind_indexes_toy")
THREADS = 8


@pytest.fixture(scope="module")
def administrator(cities: Cities, toy_city: City) -> Iterator[psycopg.Connection[Any]]:
    """The superuser in the toy city's database."""
    with psycopg.connect(cities.administrator_url(toy_city), autocommit=True) as connection:
        yield connection


@pytest.fixture
def rows(administrator: psycopg.Connection[Any]) -> Callable[[], dict[str, int]]:
    """How many rows each table of the toy has."""

    def counted() -> dict[str, int]:
        return {table: administrator.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES}

    return counted


def versions(store: EventStore, stream: StreamId) -> list[int]:
    return [recorded.version for recorded in store.load(stream).events]


def at_once(work: Callable[[int], Any]) -> list[Any]:
    """What each of the threads gives when all begin together; an exception is given, too."""
    together = threading.Barrier(THREADS)

    def one(n: int) -> Any:
        together.wait(timeout=30)
        try:
            return work(n)
        except Exception as raised:  # noqa: BLE001 - the test looks at it
            return raised

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, range(THREADS)))


class TestRoundTrip:
    def test_what_was_appended_is_loaded(self, store: EventStore, letters: StreamId) -> None:
        caused = context(reason="頼まれたから。", digest="ab" * 32, policy="cd" * 32, causation_id=uuid4())

        appended = store.append(store.load(letters), [letter(), letter()], caused)
        loaded = store.load(letters)

        assert list(loaded.events) == appended
        assert loaded.version == 2
        first, second = loaded.events
        assert (first.id, second.id) == tuple(event_id(caused.command_id, str(letters), n) for n in (0, 1))
        assert first.reason == Sealed("頼まれたから。")
        assert (first.command_digest, second.command_digest) == (Sealed("ab" * 32), None)
        assert (first.actor, first.channel, first.policy) == (caused.actor, caused.channel, caused.policy)
        assert (first.causation_id, first.correlation_id) == (caused.causation_id, caused.correlation_id)
        assert first.occurred_at == first.recorded_at == NOON

    def test_an_unknown_stream_is_empty(self, store: EventStore, letters: StreamId) -> None:
        assert store.load(letters).events == ()
        assert store.load(letters).version == 0

    def test_only_what_came_after_a_version_is_loaded(self, store: EventStore, counter: StreamId) -> None:
        store.append(store.load(counter), [Counted(by=n) for n in (1, 2, 3)], context())

        assert [recorded.event["by"] for recorded in store.load_fields(counter, after=1)] == [2, 3]
        assert store.load_fields(counter, after=3) == ()

    def test_a_stream_of_another_category_is_another_stream(self, store: EventStore, counter: StreamId) -> None:
        store.append(store.load(counter), [Counted(by=1)], context())

        assert store.load(StreamId("letter", counter.id)).events == ()
        assert store.load_fields(StreamId("letter", counter.id)) == ()

    def test_an_event_belongs_into_its_category_only(self, store: EventStore, counter: StreamId) -> None:
        with pytest.raises(ValueError, match="belongs into letter"):
            store.append(store.load(counter), [letter()], context())

    def test_a_foreign_event_cannot_be_appended(self, open_store: OpenStore, letters: StreamId) -> None:
        neighbour = open_store(NEIGHBOUR)

        with pytest.raises(KeyError):
            neighbour.append(neighbour.new_stream(letters), [letter()], context())

    def test_an_earlier_occurrence_is_kept_beside_the_recording(self, store: EventStore, counter: StreamId) -> None:

        earlier = NOON - timedelta(days=3)
        store.append(store.load(counter), [Counted(by=1)], replace(context(), occurred_at=earlier))

        (recorded,) = store.load(counter).events
        assert (recorded.occurred_at, recorded.recorded_at) == (earlier, NOON)

    def test_many_events_come_back_in_their_order(self, store: EventStore, counter: StreamId) -> None:
        for n in range(3):
            store.append(store.load(counter), [Counted(by=n * 50 + i) for i in range(50)], context())

        assert [recorded.event.by for recorded in store.load(counter).events] == list(range(150))
        assert versions(store, counter) == list(range(1, 151))

    def test_sealed_and_unsealed_events_alternate(self, store: EventStore, letters: StreamId) -> None:
        written = [letter(), LetterRead(times=1), letter(), LetterRead(times=2)]
        for event in written:
            store.append(store.load(letters), [event], context())

        assert [recorded.event for recorded in store.load(letters).events] == written


class TestProtection:
    def test_a_store_without_a_group_s_key_gets_closed_values(
        self, store: EventStore, open_store: OpenStore, letters: StreamId
    ) -> None:
        store.append(store.load(letters), [letter()], context(reason="理由。"))

        (recorded,) = open_store(groups=frozenset({ClassGroup.BUSINESS})).load(letters).events

        event = recorded.event
        assert event.offer == Sealed("見積りは百万円。")
        for closed in (event.note, event.opinion, event.warning, event.sender, event.receiver, recorded.reason):
            assert not closed.is_open
        assert event.subject == "件名"

    def test_a_store_without_a_group_s_key_cannot_seal(
        self, open_store: OpenStore, letters: StreamId, rows: Callable[[], dict[str, int]]
    ) -> None:
        few = open_store(groups=frozenset(ClassGroup) - {ClassGroup.SAFETY})
        before = rows()

        with pytest.raises(KeyUnavailable, match="safety"):
            few.append(few.load(letters), [letter()], context())
        assert rows() == before

    def test_a_store_without_any_key_still_appends_and_reads_what_is_clear(
        self, open_store: OpenStore, counter: StreamId
    ) -> None:
        keyless = open_store(groups=frozenset())
        keyless.append(keyless.load(counter), [Counted(by=5)], context())

        assert [recorded.event.by for recorded in keyless.load(counter).events] == [5]

    def test_a_reader_gets_the_fields_of_the_classes_that_it_declares_and_no_others(
        self, store: EventStore, open_store: OpenStore, letters: StreamId
    ) -> None:
        store.append(store.load(letters), [letter()], context())

        (recorded,) = open_store(NEIGHBOUR).load_fields(letters)

        fields = recorded.event
        assert fields["subject"] == "件名"
        assert fields["note"] == Sealed("内部の一文目。\r\n二文目。")
        assert fields["opinion"].is_open
        for name in ("offer", "warning", "sender", "receiver"):
            assert not fields[name].is_open, name

    @pytest.mark.parametrize(("service", "category"), [(TOY, "copy"), (NEIGHBOUR, "unknown"), (NEIGHBOUR, "toy")])
    def test_a_reader_cannot_read_what_it_does_not_declare(
        self, open_store: OpenStore, service: Service, category: str
    ) -> None:
        with pytest.raises(KeyError):
            open_store(service).load_fields(StreamId(category, uuid4()))

    def test_a_stream_has_one_key_for_each_group_and_person(
        self, store: EventStore, letters: StreamId, rows: Callable[[], dict[str, int]]
    ) -> None:
        before = rows()["data_keys_toy"]
        ann, bob = uuid4(), uuid4()

        store.append(store.load(letters), [letter(ann, bob), letter(bob, ann)], context(reason="一。"))
        store.append(store.load(letters), [letter(ann, ann)], context(reason="二。"))

        assert rows()["data_keys_toy"] - before == len({"internal", "business", "safety", "ann", "bob"})


class TestAtomicity:
    def test_a_conflict_writes_nothing_anywhere(
        self, store: EventStore, letters: StreamId, rows: Callable[[], dict[str, int]]
    ) -> None:
        stale = store.load(letters)
        store.append(store.load(letters), [letter()], context())
        before = rows()

        with pytest.raises(StreamConflict) as raised:
            store.append(stale, [letter(), letter()], context())

        assert not isinstance(raised.value, CommandAlreadyRecorded)
        assert rows() == before

    def test_a_conflict_on_a_stream_without_sealed_values_is_one_too(
        self, store: EventStore, counter: StreamId, rows: Callable[[], dict[str, int]]
    ) -> None:
        stale = store.load(counter)
        store.append(stale, [Counted(by=1)], context())
        before = rows()

        with pytest.raises(StreamConflict) as raised:
            store.append(stale, [Counted(by=1)], context())

        assert not isinstance(raised.value, CommandAlreadyRecorded)
        assert rows() == before

    @pytest.mark.parametrize("made", [letter, lambda: LetterRead(times=1)], ids=["sealed", "clear"])
    @pytest.mark.parametrize("existing", [0, 2])
    def test_without_the_previous_version_nothing_is_written(
        self,
        store: EventStore,
        letters: StreamId,
        rows: Callable[[], dict[str, int]],
        made: Callable[[], Any],
        existing: int,
    ) -> None:
        if existing:
            store.append(store.load(letters), [letter()] * existing, context())
        before = rows()

        with pytest.raises(StreamConflict):
            store.append(store.load(letters), [made()], context(), from_version=existing + 1)

        assert rows() == before

    def test_a_repetition_is_told_apart_from_a_conflict(
        self, store: EventStore, counter: StreamId, rows: Callable[[], dict[str, int]]
    ) -> None:
        stale, caused = store.load(counter), context()
        store.append(stale, [Counted(by=1)], caused)
        store.append(store.load(counter), [Reset()], context())
        before = rows()

        with pytest.raises(CommandAlreadyRecorded):
            store.append(store.load(counter), [Counted(by=1)], caused)
        assert rows() == before

    def test_a_refused_command_writes_nothing(
        self, store: EventStore, counter: StreamId, rows: Callable[[], dict[str, int]]
    ) -> None:
        before = rows()

        with pytest.raises(TooFar):
            execute(store, COUNTER, counter, CountUp(by=5, limit=4), context())
        assert rows() == before

    def test_a_stream_that_lost_a_race_can_be_read_afresh_and_appended_to(
        self, store: EventStore, letters: StreamId
    ) -> None:
        stale = store.load(letters)
        store.append(store.load(letters), [letter()], context())
        with pytest.raises(StreamConflict):
            store.append(stale, [letter()], context())

        store.append(store.load(letters), [letter()], context())

        assert versions(store, letters) == [1, 2]


class TestRaces:
    def test_writers_on_one_stream_lose_and_repeat_nothing(self, open_store: OpenStore, counter: StreamId) -> None:
        stores = [open_store() for _ in range(THREADS)]

        def write(n: int) -> list[UUID]:
            appended: list[UUID] = []
            while len(appended) < 10:
                caused = context()
                try:
                    appended += [r.id for r in stores[n].append(stores[n].load(counter), [Counted(by=1)], caused)]
                except StreamConflict:
                    continue
            return appended

        appended = at_once(write)
        loaded = stores[0].load(counter).events

        assert [recorded.version for recorded in loaded] == list(range(1, 10 * THREADS + 1))
        assert sorted(recorded.id for recorded in loaded) == sorted(one for ids in appended for one in ids)

    def test_writers_of_sealed_values_on_a_new_stream_share_its_keys(
        self, open_store: OpenStore, letters: StreamId
    ) -> None:
        stores = [open_store() for _ in range(THREADS)]
        person = uuid4()

        def write(n: int) -> None:
            while True:
                try:
                    stores[n].append(stores[n].load(letters), [letter(person, person)], context(reason="急ぎ。"))
                    return
                except StreamConflict:
                    continue

        assert at_once(write) == [None] * THREADS
        loaded = open_store().load(letters).events
        assert [recorded.version for recorded in loaded] == list(range(1, THREADS + 1))
        assert all(recorded.event == letter(person, person) for recorded in loaded)
        assert all(recorded.reason == Sealed("急ぎ。") for recorded in loaded)

    @pytest.mark.row("B10")
    def test_one_command_raced_is_recorded_once_and_all_get_the_same_events(
        self, open_store: OpenStore, counter: StreamId
    ) -> None:
        stores = [open_store() for _ in range(THREADS)]
        caused = context(digest="ab" * 32)

        outcomes = at_once(lambda n: execute(stores[n], COUNTER, counter, CountUp(by=1, times=3), caused))

        assert {outcome.recorded for outcome in outcomes} == {store_events(stores[0], counter)}
        assert versions(stores[0], counter) == [1, 2, 3]
        assert [outcome.repeated for outcome in outcomes].count(False) == 1

    def test_a_decider_wins_every_race_within_its_attempts_or_says_so(
        self, open_store: OpenStore, counter: StreamId
    ) -> None:
        stores = [open_store() for _ in range(THREADS)]

        outcomes = at_once(lambda n: execute(stores[n], COUNTER, counter, CountUp(by=1, limit=4), context()))

        decided = [outcome for outcome in outcomes if not isinstance(outcome, Exception)]
        assert {type(outcome) for outcome in outcomes if isinstance(outcome, Exception)} <= {TooFar, StreamConflict}
        assert len(decided) == len(store_events(stores[0], counter)) <= 4
        assert versions(stores[0], counter) == list(range(1, len(decided) + 1))

    def test_one_cause_with_two_commands_on_one_stream_loses_neither(
        self, open_store: OpenStore, counter: StreamId
    ) -> None:
        stores = [open_store() for _ in range(THREADS)]
        cause = uuid4()
        commands = [context(causation_id=cause) for _ in range(2)]

        def react(n: int) -> None:
            while True:
                try:
                    execute(stores[n], COUNTER, counter, CountUp(by=n % 2 + 1), commands[n % 2])
                    return
                except StreamConflict:
                    continue

        assert at_once(react) == [None] * THREADS
        loaded = store_events(stores[0], counter)
        assert sorted(recorded.event.by for recorded in loaded) == [1, 2]
        assert {recorded.causation_id for recorded in loaded} == {cause}

    def test_writers_on_their_own_streams_never_conflict(self, open_store: OpenStore) -> None:
        stores = [open_store() for _ in range(THREADS)]
        streams = [StreamId("letter", uuid4()) for _ in range(THREADS)]

        def write(n: int) -> None:
            for _ in range(5):
                stores[n].append(stores[n].load(streams[n]), [letter()], context())

        assert at_once(write) == [None] * THREADS
        assert [versions(stores[0], stream) for stream in streams] == [[1, 2, 3, 4, 5]] * THREADS


def store_events(store: EventStore, stream: StreamId) -> tuple[Any, ...]:
    return store.load(stream).events


class TestDecider:
    def test_a_repeated_command_gets_its_original_answer_after_a_contrary_one(
        self, store: EventStore, counter: StreamId
    ) -> None:
        caused = context(digest="ab" * 32)
        first = execute(store, COUNTER, counter, CountUp(by=3, times=2), caused)
        execute(store, COUNTER, counter, SetToNought(), context())

        again = execute(store, COUNTER, counter, CountUp(by=3, times=2), caused)

        assert again.recorded == first.recorded
        assert (first.repeated, again.repeated) == (False, True)
        assert versions(store, counter) == [1, 2, 3]

    def test_a_repetition_is_answered_before_the_rules_are_asked(self, store: EventStore, counter: StreamId) -> None:
        caused = context()
        first = execute(store, COUNTER, counter, CountUp(by=3, limit=3), caused)

        assert execute(store, COUNTER, counter, CountUp(by=3, limit=3), caused, expected_version=0).recorded == (
            first.recorded
        )

    def test_a_command_id_with_another_content_is_refused(self, store: EventStore, counter: StreamId) -> None:
        command_id = uuid4()
        execute(store, COUNTER, counter, CountUp(by=3), context(command_id, digest="ab" * 32))

        with pytest.raises(CommandIdReused) as raised:
            execute(store, COUNTER, counter, CountUp(by=4), context(command_id, digest="cd" * 32))

        assert raised.value.stable_code == "command_id_reused"
        assert [recorded.event.by for recorded in store_events(store, counter)] == [3]

    def test_the_version_that_the_person_saw_must_be_the_last(self, store: EventStore, counter: StreamId) -> None:
        execute(store, COUNTER, counter, CountUp(by=3), context())
        execute(store, COUNTER, counter, CountUp(by=1), context())
        execute(store, COUNTER, counter, SetToNought(), context())

        with pytest.raises(VersionExpected) as raised:
            execute(store, COUNTER, counter, CountUp(by=4), context(), expected_version=1)

        assert raised.value.stable_code == "stream_conflict"
        assert raised.value.changes == ["Counted v2", "Reset v3"]
        assert versions(store, counter) == [1, 2, 3]

    @pytest.mark.parametrize("expected", [0, 1])
    def test_the_expected_version_lets_the_command_through(
        self, store: EventStore, counter: StreamId, expected: int
    ) -> None:
        if expected:
            execute(store, COUNTER, counter, CountUp(by=3), context())

        outcome = execute(store, COUNTER, counter, CountUp(by=4), context(), expected_version=expected)

        assert [recorded.version for recorded in outcome.recorded] == [expected + 1]

    def test_a_version_that_is_not_reached_yet_is_a_conflict(self, store: EventStore, counter: StreamId) -> None:
        with pytest.raises(VersionExpected):
            execute(store, COUNTER, counter, CountUp(by=4), context(), expected_version=7)

    def test_what_is_already_so_appends_nothing(self, store: EventStore, counter: StreamId) -> None:
        outcome = execute(store, COUNTER, counter, SetToNought(), context())

        assert outcome.recorded == ()
        assert store_events(store, counter) == ()

    @pytest.mark.parametrize(("rivals", "wins"), [(0, True), (1, True), (2, True), (3, False)])
    def test_a_conflict_is_decided_afresh_three_times_at_most(
        self, store: EventStore, counter: StreamId, rivals: int, wins: bool
    ) -> None:

        seen: list[int] = []

        def decide_slowly(command: CountUp, state: Any) -> Any:
            """Between reading and appending somebody else is faster, a number of times."""
            seen.append(state.total)
            if len(seen) <= rivals:
                execute(store, COUNTER, counter, CountUp(by=100), context())
            return COUNTER.decide(command, state)

        slow = replace(COUNTER, decide=decide_slowly)
        if wins:
            execute(store, slow, counter, CountUp(by=1), context())
        else:
            with pytest.raises(StreamConflict):
                execute(store, slow, counter, CountUp(by=1), context())

        assert seen == [100 * n for n in range(min(rivals + 1, 3))]
        assert len(store_events(store, counter)) == rivals + wins

    def test_a_fault_in_the_rules_writes_nothing_and_is_not_hidden(self, store: EventStore, counter: StreamId) -> None:
        with pytest.raises(AttributeError):
            execute(store, COUNTER, counter, object(), context())  # type: ignore[arg-type]
        assert store_events(store, counter) == ()


class TestBatches:
    def appends(self, store: EventStore, streams: list[StreamId], *, made: Callable[[], Any] = letter) -> list[Append]:
        return [
            Append(stream=one, version=loaded.version, events=[made()], context=context(), keys=loaded.keys)
            for one in streams
            for loaded in [store.load(one)]
        ]

    @pytest.mark.parametrize("made", [letter, lambda: LetterRead(times=1)], ids=["sealed", "clear"])
    def test_a_batch_is_loaded_as_it_was_appended(self, store: EventStore, made: Callable[[], Any]) -> None:
        streams = [StreamId("letter", uuid4()) for _ in range(20)]
        recorded = store.append_batch(self.appends(store, streams, made=made))
        recorded += store.append_batch(self.appends(store, streams, made=made))

        assert [event for one in streams for event in store.load(one).events] == [
            event for one in streams for event in recorded if event.stream == one
        ]

    def test_a_batch_with_a_conflict_writes_nothing(
        self, store: EventStore, rows: Callable[[], dict[str, int]]
    ) -> None:
        streams = [StreamId("letter", uuid4()) for _ in range(10)]
        stale = self.appends(store, streams)
        store.append(store.load(streams[7]), [letter()], context())
        before = rows()

        with pytest.raises(StreamConflict):
            store.append_batch(stale)
        assert rows() == before

    def test_a_batch_without_a_previous_version_writes_nothing(
        self, store: EventStore, rows: Callable[[], dict[str, int]]
    ) -> None:

        appends = self.appends(store, [StreamId("letter", uuid4()) for _ in range(10)])
        appends[4] = appends[4]._replace(version=3)
        before = rows()

        with pytest.raises(StreamConflict):
            store.append_batch(appends)
        assert rows() == before

    def test_a_repeated_batch_is_told_apart(self, store: EventStore, rows: Callable[[], dict[str, int]]) -> None:

        appends = self.appends(store, [StreamId("letter", uuid4()) for _ in range(3)], made=lambda: LetterRead(times=1))
        store.append_batch(appends)
        before = rows()

        with pytest.raises(CommandAlreadyRecorded):
            store.append_batch([append._replace(version=1) for append in appends])
        assert rows() == before

    def test_an_empty_batch_is_nothing(self, store: EventStore) -> None:
        assert store.append_batch([]) == []


class TestBlindIndexes:
    def test_a_stream_is_found_by_the_exact_value(self, store: EventStore) -> None:
        name = f"青森{uuid4()}"
        streams = {StreamId("letter", uuid4()) for _ in range(2)}
        for one in streams:
            store.append(store.load(one), [letter(sender=name)], context())
            store.append(store.load(one), [letter(sender=name)], context())

        assert set(store.find("sender", name)) == streams
        assert len(store.find("sender", name)) == len(streams)

    @pytest.mark.parametrize("asked", [("sender", "誰も"), ("receiver", "所沢花子"), ("sender", ""), ("", "青森一郎")])
    def test_nothing_is_found_by_another_value_or_name(self, store: EventStore, asked: tuple[str, str]) -> None:
        store.append(store.load(StreamId("letter", uuid4())), [letter()], context())

        assert store.find(*asked) == []

    def test_a_city_s_index_is_keyed_with_its_own_secret(
        self, cities: Cities, open_store: OpenStore, letters: StreamId
    ) -> None:
        other_city = cities.stripped([TOY], "elsewhere")
        digests = []
        for city in (None, other_city):
            own = open_store() if city is None else open_store(city=city)
            own.append(own.load(letters), [letter(sender="同じ名前")], context())
            digests.append(own._index_digest("sender", "同じ名前"))

        assert digests[0] != digests[1]


class TestUnavailable:
    def test_a_database_that_does_not_answer_is_unavailable(
        self, cities: Cities, open_store: OpenStore, counter: StreamId
    ) -> None:
        gone = cities.stripped([TOY], "gone")
        store = open_store(city=gone)
        assert store.load(counter).events == ()
        with psycopg.connect(cities.at.database_url, autocommit=True) as admin:
            admin.execute(f"DROP DATABASE renkei_{gone.name} WITH (FORCE)")

        with pytest.raises(Unavailable):
            store.load(counter)
