"""Replay: the log as a file of the records' own bytes, the same bytes for the same question, whatever came between."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest

from apps.ledger import ZONE, outside, signer
from apps.records.closing import CheckpointContradicted
from apps.records.export import Exported
from apps.records.export import export as export_by_now
from apps.records.replay import replay
from apps.records.replay_file import AnotherReplayBegun, OutputExists
from apps.records.selection import Selection
from apps.records.whole_records import RecordNotWhole
from eventstore.city import City
from eventstore.database import Database
from eventstore.ledger.closing import DayNotClosed, close_days
from eventstore.ledger.stored import Ledger
from eventstore.merkle import root
from eventstore.protection import ClassGroup
from eventstore.recording import Append
from eventstore.records import StreamId
from eventstore.sealing.keys import derive
from eventstore.store import EventStore
from tests.cities import ROOT, Cities, FrozenClock
from tests.ledgers import connected, intruder, numbered, signed
from tests.portals import until
from tests.toy import NEIGHBOUR, TOY, Counted, LetterRead, context, letter

NEXT_YEAR: Final = datetime(2027, 1, 1, tzinfo=UTC)
FIRST: Final = date(2026, 11, 22)
SECOND: Final = date(2026, 11, 23)
MIDNIGHT: Final = datetime(2026, 11, 22, 15, tzinfo=UTC)
"""In Japan, between the first and the second."""
LETTER: Final = StreamId("letter", uuid4())
SEALED: Final = ("内部の一文目", "見積り", "よい案", "照会中", "青森一郎", "所沢花子")
MANY: Final = 60_000


@dataclass(frozen=True, slots=True)
class Office:
    """A toy city with a clock that a test moves on."""

    city: City
    store: EventStore
    clock: FrozenClock

    def write(self, stream: StreamId | None = None) -> None:
        """A letter, its reading, and a counter."""
        into = self.store.new_stream(stream or StreamId("letter", uuid4()))
        self.store.append(into, [letter(), LetterRead(times=1)], context(reason="試験"))
        self.store.append(self.store.new_stream(StreamId("counter", uuid4())), [Counted(by=1)], context())
        numbered(self.city)

    def close(self, now: datetime) -> list[date]:
        """Signs the closing checkpoints of the days that are over by then."""
        with connected(self.city.databases["relay"]) as connection:
            return close_days(
                Ledger(connection), self.city.municipality, ZONE, signer(self.city), outside(self.city), now
            )


OpenOffice = Callable[[], Office]


@pytest.fixture(scope="module")
def open_office(cities: Cities) -> OpenOffice:
    """`open_office()`: a new toy city."""

    def opened() -> Office:
        city = cities.stripped([TOY, NEIGHBOUR], "replayed")
        clock = FrozenClock()
        store = EventStore(
            cities.closing(Database(city.databases["toy"])),
            TOY.events,
            clock=clock,
            masters=city.master_keys(ClassGroup),
            index_secret=derive(city.secret("toy"), "blind index"),
        )
        return Office(city, store, clock)

    return opened


@pytest.fixture(scope="module")
def office(open_office: OpenOffice) -> Office:
    """Two days: each a last second before midnight in Japan, the second from its first second on; the first closed."""
    office = open_office()
    office.write(LETTER)
    office.clock.instant = datetime(2026, 11, 22, 14, 59, 59, tzinfo=UTC)
    office.write()
    office.clock.advance(timedelta(seconds=1))
    office.write()
    assert office.close(office.clock() + timedelta(minutes=10)) == [FIRST]
    return office


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def records(path: Path) -> list[tuple[int, bytes]]:
    """Position and record's bytes: what stands between `"record":` and the brace that closes it."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        start = line.index('"record":') + len('"record":')
        _, end = json.JSONDecoder().raw_decode(line, start)
        found.append((json.loads(line)["position"], line[start:end].encode()))
    return found


export = partial(export_by_now, clock=lambda: NEXT_YEAR)
"""Long after the days of these tests."""


class Interrupted(Exception):
    """The test ends a replay."""


def interrupt(_: int, __: int) -> None:
    raise Interrupted


def interrupted(office: Office, selection: Selection, output: Path) -> Path:
    """Ends a replay before its file is whole; the partial file."""
    with pytest.raises(Interrupted):
        export(office.city, selection, output, progress=interrupt)
    assert not output.exists()
    return output.with_name(output.name + ".partial")


@pytest.mark.row("N13")
def test_whoever_holds_the_file_computes_the_ledger_s_root_from_it(office: Office, tmp_path: Path) -> None:
    done = export(office.city, Selection(), tmp_path / "all")

    found = records(tmp_path / "all")
    assert [position for position, _ in found] == list(range(1, 10))
    assert (done.events, done.ledger.size, done.ledger.root) == (9, 9, root([record for _, record in found]))


def test_what_is_sealed_stays_sealed(office: Office, tmp_path: Path) -> None:
    export(office.city, Selection(), tmp_path / "all")

    assert all(set(line) == {"position", "record"} for line in lines(tmp_path / "all"))
    text = (tmp_path / "all").read_text(encoding="utf-8")
    assert not [word for word in SEALED if word in text or json.dumps(word)[1:-1] in text]


@pytest.mark.row("N13")
@pytest.mark.parametrize(
    ("selection", "positions"),
    [
        (Selection(types=frozenset({"Counted"})), [3, 6, 9]),
        (Selection(types=frozenset({"Counted", "LetterRead"})), [2, 3, 5, 6, 8, 9]),
        (Selection(streams=frozenset({LETTER})), [1, 2]),
        (Selection(streams=frozenset({LETTER}), types=frozenset({"LetterRead"})), [2]),
        (Selection(streams=frozenset({StreamId("counter", LETTER.id)})), []),
        (Selection(recorded_from=SECOND), [7, 8, 9]),
        (Selection(recorded_to=FIRST), [1, 2, 3, 4, 5, 6]),
        (Selection(recorded_from=FIRST, recorded_to=SECOND), list(range(1, 10))),
        (Selection(recorded_from=date(2026, 11, 24)), []),
        (Selection(as_of=FIRST, recorded_from=SECOND), []),
        (Selection(as_of=FIRST), [1, 2, 3, 4, 5, 6]),
    ],
    ids=[
        "a type", "two types", "a stream", "stream and type", "no such stream", "from", "to", "from and to",
        "nothing so late", "as of and from", "as of",
    ],
)  # fmt: skip
def test_a_replay_takes_what_passes_every_filter(
    office: Office, tmp_path: Path, selection: Selection, positions: list[int]
) -> None:
    done = export(office.city, selection, tmp_path / "some")

    assert [line["position"] for line in lines(tmp_path / "some")] == positions
    assert done.events == len(positions)


@pytest.mark.row("N13")
def test_as_of_a_day_is_the_same_bytes_whatever_was_recorded_since(open_office: OpenOffice, tmp_path: Path) -> None:
    office = open_office()
    office.write()
    office.write()
    next_day = office.clock() + timedelta(days=1)
    office.close(next_day)
    then = export(office.city, Selection(as_of=FIRST), tmp_path / "then")

    office.clock.instant = next_day
    office.write()
    office.close(next_day + timedelta(days=3))
    now = export(office.city, Selection(as_of=FIRST), tmp_path / "now")

    assert now == then
    assert (tmp_path / "now").read_bytes() == (tmp_path / "then").read_bytes()
    assert export(office.city, Selection(), tmp_path / "all").events == then.events + 3


def test_a_day_that_is_not_closed_yet_cannot_be_replayed_as_of(office: Office, tmp_path: Path) -> None:
    with pytest.raises(DayNotClosed):
        export(office.city, Selection(as_of=SECOND), tmp_path / "open")

    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("closed", [3, 9], ids=["too early", "too late"])
def test_a_day_is_not_replayed_by_a_checkpoint_that_is_not_its_closing(
    cities: Cities, open_office: OpenOffice, tmp_path: Path, closed: int
) -> None:
    """The checkpoint is signed; that it closes this day is a column's word, and no one else's."""
    office = open_office()
    for at in (datetime(2026, 11, 22, 3, tzinfo=UTC), datetime(2026, 11, 22, 14, tzinfo=UTC), MIDNIGHT):
        office.clock.instant = at
        office.write()
        signed(office.city)
    office.close(MIDNIGHT + timedelta(minutes=10))
    with intruder(cities, office.city) as superuser:
        superuser.does(
            f"UPDATE checkpoints SET closes = NULL, size = 0 WHERE closes = '{FIRST}'",
            f"UPDATE checkpoints SET closes = '{FIRST}' WHERE size = {closed}",
        )

    with pytest.raises(CheckpointContradicted):
        export(office.city, Selection(as_of=FIRST), tmp_path / "forged")

    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("closed", "moved"), [(3, 4), (9, 7)], ids=["too early", "too late"])
def test_nor_where_the_columns_are_made_to_agree_with_it(
    cities: Cities, open_office: OpenOffice, tmp_path: Path, closed: int, moved: int
) -> None:
    office = open_office()
    for at in (datetime(2026, 11, 22, 3, tzinfo=UTC), datetime(2026, 11, 22, 14, tzinfo=UTC), MIDNIGHT):
        office.clock.instant = at
        office.write()
        signed(office.city)
    office.close(MIDNIGHT + timedelta(minutes=10))
    beyond = "2026-11-24" if moved == 4 else "2026-11-22"
    with intruder(cities, office.city) as superuser:
        superuser.does(
            f"UPDATE checkpoints SET closes = NULL, size = 0 WHERE closes = '{FIRST}'",
            f"UPDATE checkpoints SET closes = '{FIRST}' WHERE size = {closed}",
            f"UPDATE events_toy e SET recorded_at = '{beyond}' FROM positions p"
            f" WHERE p.sequence = e.sequence AND position BETWEEN {moved} AND {moved + 2}",
        )

    with pytest.raises((CheckpointContradicted, RecordNotWhole)):
        export(office.city, Selection(as_of=FIRST), tmp_path / "forged")

    assert not (tmp_path / "forged").exists()


def test_a_day_with_an_event_that_came_late_is_replayed_by_its_recording_only(
    open_office: OpenOffice, tmp_path: Path
) -> None:
    """docs/verify.md: recorded before midnight, numbered after the day was closed."""
    office = open_office()
    office.write()
    office.close(MIDNIGHT + timedelta(minutes=10))
    office.clock.instant = MIDNIGHT - timedelta(seconds=1)
    office.write()

    with pytest.raises(CheckpointContradicted):
        export(office.city, Selection(as_of=FIRST), tmp_path / "closed")

    assert export(office.city, Selection(recorded_to=FIRST), tmp_path / "recorded").events == 6


def test_a_day_that_is_not_over_is_not_closed_by_any_checkpoint(
    cities: Cities, open_office: OpenOffice, tmp_path: Path
) -> None:
    office = open_office()
    office.write()
    signed(office.city)
    with intruder(cities, office.city) as superuser:
        superuser.does(f"UPDATE checkpoints SET closes = '{FIRST}'")

    with pytest.raises(DayNotClosed):
        export(office.city, Selection(as_of=FIRST), tmp_path / "open", clock=office.clock)


def test_a_log_that_contradicts_its_closing_checkpoint_is_not_replayed_as_of_that_day(
    cities: Cities, open_office: OpenOffice, tmp_path: Path
) -> None:
    office = open_office()
    office.write()
    office.close(office.clock() + timedelta(days=1))
    with intruder(cities, office.city) as superuser:
        superuser.does("UPDATE positions SET leaf = sha256(leaf) WHERE position = 2")

    with pytest.raises(CheckpointContradicted):
        export(office.city, Selection(as_of=FIRST), tmp_path / "forged")

    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "statement",
    ["UPDATE events_toy SET record = record || ' ' WHERE type = 'LetterRead'", "DELETE FROM events_toy"],
    ids=["changed", "gone"],
)
def test_a_record_that_is_not_what_was_numbered_ends_the_replay(
    cities: Cities, open_office: OpenOffice, tmp_path: Path, statement: str
) -> None:
    office = open_office()
    office.write()
    with intruder(cities, office.city) as superuser:
        superuser.does(statement)

    with pytest.raises(RecordNotWhole):
        export(office.city, Selection(types=frozenset({"LetterRead"})), tmp_path / "wrong")

    assert not (tmp_path / "wrong").exists()


@pytest.mark.parametrize(
    ("change", "selection"),
    [
        ("type = 'Other'", Selection(types=frozenset({"LetterRead"}))),
        ("recorded_at = '2020-01-01'", Selection(recorded_from=FIRST)),
        ("recorded_at = '2030-01-01'", Selection(recorded_to=FIRST)),
        ("stream_id = gen_random_uuid()", Selection(streams=frozenset({LETTER}))),
        ("category = 'other'", Selection(streams=frozenset({LETTER}))),
    ],
    ids=["type", "earlier", "later", "stream", "category"],
)
def test_a_changed_column_hides_no_event_from_a_filter(
    cities: Cities, open_office: OpenOffice, tmp_path: Path, change: str, selection: Selection
) -> None:
    office = open_office()
    office.write(LETTER)
    whole = export(office.city, selection, tmp_path / "whole")
    with intruder(cities, office.city) as superuser:
        superuser.does(f"UPDATE events_toy SET {change} WHERE type = 'LetterRead'")

    assert export(office.city, selection, tmp_path / "changed") == whole
    assert 2 in [line["position"] for line in lines(tmp_path / "changed")]


@pytest.mark.parametrize("gone", [1, 2, 3])
def test_a_position_that_is_gone_ends_the_replay(
    cities: Cities, open_office: OpenOffice, tmp_path: Path, gone: int
) -> None:
    office = open_office()
    office.write()
    office.close(office.clock() + timedelta(days=1))
    with intruder(cities, office.city) as superuser:
        superuser.does(f"DELETE FROM positions WHERE position = {gone}")

        with pytest.raises(RecordNotWhole, match=f"position {gone} "):
            list(replay(superuser.connection, Selection(), 3))


class TestGoingOn:
    def test_an_interrupted_replay_goes_on_to_the_same_bytes_wherever_it_was_cut(
        self, office: Office, tmp_path: Path
    ) -> None:
        whole = export(office.city, Selection(), tmp_path / "whole")
        expected = (tmp_path / "whole").read_bytes()
        line = expected.index(b"\n") + 1
        for cut in (0, 1, line - 1, line, line + 1, line + 30, len(expected) // 2, len(expected) - 1, len(expected)):
            output = tmp_path / f"cut{cut}"
            partial = interrupted(office, Selection(), output)
            partial.write_bytes(expected[:cut])

            assert export(office.city, Selection(), output) == whole
            assert output.read_bytes() == expected
            assert not list(tmp_path.glob("*.partial*"))

    @pytest.mark.parametrize(
        "damage",
        [
            b"\0" * 20,
            b'{"position":3,"record":{\0\0\0}}\n',
            b'{"position":3,"record":{',
            b'{"position":2}\n',
            b"[]\n",
            b'{"position":99,"record":{}}\n',
            b"\n",
        ],
    )
    def test_what_is_no_whole_line_of_this_replay_is_written_anew(
        self, office: Office, tmp_path: Path, damage: bytes
    ) -> None:
        export(office.city, Selection(), tmp_path / "whole")
        expected = (tmp_path / "whole").read_bytes()
        first, second, *rest = expected.splitlines(keepends=True)
        partial = interrupted(office, Selection(), tmp_path / "damaged")
        partial.write_bytes(first + second + damage + b"".join(rest))

        export(office.city, Selection(), tmp_path / "damaged")

        assert (tmp_path / "damaged").read_bytes() == expected

    def test_it_ends_where_the_ledger_ended_when_it_was_begun(self, open_office: OpenOffice, tmp_path: Path) -> None:
        office = open_office()
        office.write()
        interrupted(office, Selection(), tmp_path / "all")
        office.write()

        done = export(office.city, Selection(), tmp_path / "all")

        assert (done.events, done.ledger.size) == (3, 3)

    @pytest.mark.parametrize(
        "other",
        [Selection(types=frozenset({"Counted"})), Selection(recorded_to=FIRST), Selection(as_of=FIRST)],
        ids=["type", "to", "as of"],
    )
    def test_another_replay_does_not_go_on_with_it(self, office: Office, tmp_path: Path, other: Selection) -> None:
        partial = interrupted(office, Selection(), tmp_path / "all")
        kept = partial.read_bytes()

        with pytest.raises(AnotherReplayBegun):
            export(office.city, other, tmp_path / "all")

        assert partial.read_bytes() == kept

    def test_nor_the_same_on_another_ledger(self, office: Office, open_office: OpenOffice, tmp_path: Path) -> None:
        interrupted(office, Selection(), tmp_path / "all")
        other = open_office()
        for _ in range(4):
            other.write()

        with pytest.raises(AnotherReplayBegun):
            export(other.city, Selection(), tmp_path / "all")

    def test_lines_that_nobody_says_the_origin_of_are_not_gone_on_with(self, office: Office, tmp_path: Path) -> None:
        partial = interrupted(office, Selection(), tmp_path / "all")
        partial.with_name("all.partial.json").unlink()

        with pytest.raises(AnotherReplayBegun):
            export(office.city, Selection(), tmp_path / "all")

    def test_a_file_that_is_there_is_never_written_over(self, office: Office, tmp_path: Path) -> None:
        (tmp_path / "all").write_text("mine")

        with pytest.raises(OutputExists):
            export(office.city, Selection(), tmp_path / "all")

        assert (tmp_path / "all").read_text() == "mine"

    def test_what_is_written_is_its_owner_s_alone(self, office: Office, tmp_path: Path) -> None:
        partial = interrupted(office, Selection(), tmp_path / "all")
        assert [path.stat().st_mode & 0o777 for path in (partial, partial.with_name("all.partial.json"))] == [0o600] * 2

        export(office.city, Selection(), tmp_path / "all")

        assert (tmp_path / "all").stat().st_mode & 0o777 == 0o600


def replaying(city: City, output: Path) -> subprocess.Popen[bytes]:
    """The command as a person starts it."""
    return subprocess.Popen(
        [sys.executable, "-m", "apps.cli", "records", "replay", "--output", output, "--city", city.name, "--json"],
        cwd=ROOT, env={**os.environ, "RENKEI_HOME": str(city.folder.parent)}, stdout=subprocess.PIPE,
    )  # fmt: skip


@pytest.mark.row("N13")
def test_a_replay_that_was_killed_goes_on_to_the_bytes_of_one_that_was_not(
    open_office: OpenOffice, tmp_path: Path
) -> None:
    office = open_office()
    for _ in range(MANY // 3_000):
        streams = [StreamId("counter", uuid4()) for _ in range(1_000)]
        office.store.append_batch(
            [Append(one, 0, [Counted(by=1)] * 3, context(), office.store.new_stream(one).keys) for one in streams]
        )
    assert numbered(office.city) == MANY
    whole: Exported = export(office.city, Selection(), tmp_path / "whole")
    partial, output = tmp_path / "killed.partial", tmp_path / "killed"

    with replaying(office.city, output) as killed:
        until(lambda: partial.exists() and partial.stat().st_size > 2_000_000)
        os.kill(killed.pid, signal.SIGKILL)
    assert killed.returncode == -signal.SIGKILL
    assert 2_000_000 < partial.stat().st_size < whole.bytes
    assert not output.exists()
    with replaying(office.city, output) as resumed:
        told, _ = resumed.communicate(timeout=60)

    assert resumed.returncode == 0
    result = json.loads(told)
    assert (result["events"], result["sha256"], result["root"]) == (MANY, whole.sha256, whole.ledger.root.hex())
    assert output.read_bytes() == (tmp_path / "whole").read_bytes()


def test_two_processes_do_not_write_one_file(office: Office, tmp_path: Path) -> None:
    refused: list[int] = []

    def meanwhile(_: int, __: int) -> None:
        with replaying(office.city, tmp_path / "all") as second:
            refused.append(second.wait(timeout=60))

    done = export(office.city, Selection(), tmp_path / "all", progress=meanwhile)

    assert (refused, done.events) == ([1], 9)
