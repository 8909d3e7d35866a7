"""The benchmarks run from beginning to end; how fast they are says nothing here."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from apps.servers import Servers
from benchmarks.__main__ import measured
from benchmarks.figures import Figure
from benchmarks.racing import Tell
from benchmarks.scale import QUICK, Scale
from tests.cities import ROOT

ROWS = (
    "append, 1 writer, against raw INSERT",
    "append, 1 writer, against eventsourcing ",
    "append, 1 writer, against eventsourcing with its function",
    "raw INSERT, 1 writer, against eventsourcing",
    "append, 2 writers, against raw INSERT",
    "append, 2 writers, against eventsourcing ",
    "append, 2 writers, against eventsourcing with its function",
    "raw INSERT, 2 writers, against eventsourcing",
    "append with six sealed fields, 1 writer, against none sealed",
    "append with six sealed fields, 2 writers, against none sealed",
    "batch of 100 to ten streams, against binary COPY",
    "batch of 100 to a hundred streams, against binary COPY",
    "sequencing a backlog of 1,000, against raw INSERT, 2 writers",
    "following 1,000 events as dicts, against keyset pages",
    "a follower whose handler does nothing",
    "following a log of 2 writers with rollbacks, against keyset pages",
    "publishing the ledger, against plain amqp, windows of 1,000 confirms",
    "append, 2 writers, with the relay beside them, against without it",
    "the relay beside them, when a round ended",
    "commit → numbered at 50 events/s: p50, p99",
    "commit → heard by a subscriber at 50 events/s: p50, p99",
    "load 20 events and append one, of 2,000 events, against of 1,000",
    "inclusion proof in a ledger of 2,000: p50, p99",
    "consistency proof in a ledger of 2,000: p50, p99",
    "stored nodes of the tree over 2,000 leaves",
    "memory of replay, at the end against at a quarter",
    "memory of ledger verify, at the end against at a quarter",
    "intake, message → answered at 20 messages/s: p50, p99",
    "intake, one process at its limit",
    "suggested departments, the right one is first, beside counting shared words",
    "suggested departments, the right one is among three, beside counting shared words",
    "suggested departments after 30 earlier cases, first, among three",
    "suggesting departments, a proposal after 100 cases against after 20",
    "work queue, first page: p50, p99, of 100 cases against of 20",
    "work queue, first page of a department, asked by the desk: p50, p99, of 100 cases against of 20",
    "work queue, first page of a department's own: p50, p99, of 100 cases against of 20",
    "work queue, first page with a word of every tenth case: p50, p99, of 100 cases against of 20",
    "work queue, first page with a word of every thousandth case: p50, p99, of 100 cases against of 20",
    "work queue, page after 10 others: p50, p99, of 100 cases against of 20",
    "work queue, counts: p50, p99, of 100 cases against of 20",
)
BARS = {
    "sequencing a backlog of 1,000, against raw INSERT": "≥ 2",
    "append, 2 writers, with the relay beside them, against without it": "≥ 0.85",
    "following 1,000 events as dicts, against keyset pages": "≥ 0.8",
    "publishing the ledger, against plain amqp, windows of 1,000 confirms": "≥ 0.7",
    "memory of replay, at the end against at a quarter": "≤ 1.1",
    "memory of ledger verify, at the end against at a quarter": "≤ 1.1",
    "suggested departments, the right one is first, beside counting shared words": "≥ 0.6",
    "suggested departments, the right one is among three, beside counting shared words": "≥ 0.85",
    "suggesting departments, a proposal after 100 cases against after 20": "≤ 1.5",
}
"""What the ledger and the relay must reach."""


def test_a_quick_run_yields_every_row() -> None:
    page = (ROOT / "docs" / "benchmarks.md").read_bytes()

    command = [sys.executable, "-m", "benchmarks", "--quick"]
    run = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=120)

    assert run.returncode == 0, run.stdout + run.stderr
    assert [row for row in ROWS if run.stdout.count(row) < 2] == []  # as it is measured, and in the table
    shown = run.stdout.splitlines()
    assert [
        row for row, bar in BARS.items() if not any(line.startswith(row) and f" | {bar} | " in line for line in shown)
    ] == []
    assert (ROOT / "docs" / "benchmarks.md").read_bytes() == page


def test_a_measure_that_fails_takes_nothing_from_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    nowhere = Servers(database_url="", amqp_uri="", management_url="", postgres=None, rabbitmq=None)

    figures, failed = measured({"one": _half_a_measure, "two": _measure}, nowhere, QUICK)

    assert [figure.what for figure in figures] == ["before it failed", "of another"]
    assert failed == ["one"]
    assert "the server is gone" in capsys.readouterr().out


def _half_a_measure(_: Servers, __: Scale, ___: Tell) -> Iterator[Figure]:
    yield Figure(what="before it failed", ours="1")
    raise RuntimeError("the server is gone")


def _measure(_: Servers, __: Scale, ___: Tell) -> Iterator[Figure]:
    yield Figure(what="of another", ours="1")
