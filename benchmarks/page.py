"""Writes docs/benchmarks.md from the figures of one whole run."""

import os
import platform
import shutil
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psycopg

from benchmarks.figures import Figure, as_markdown
from benchmarks.scale import Scale

_PAGE = """\
<!-- Written by `make bench` from one run. Do not edit. -->

# Benchmarks

`make bench` measures all of this in one run of about {minutes} minutes; `python -m benchmarks append` a part of it.
The figures below are of {date}, commit {commit}: {machine}.

{table}

Absolute figures differ between machines, and between two runs on one; compare the ratios. Contenders take turns of
{seconds} s, one after another, {rounds} rounds after one to warm up ({backlog_rounds} over a backlog), with the order
turned round every second time; a figure is the median of the rounds, a ratio the median of the rounds' ratios (so it
need not be the quotient of the two figures beside it).

## What is measured

* The server is a private PostgreSQL with fsync, full_page_writes and synchronous_commit on, reached over TCP on
  loopback; the database is made by the real migrations, the writer has the real grants of a service.
* *ours*: `EventStore.append` of one event with some 300 bytes of data, all in clear (a record of some 830 bytes), on
  streams that are known, with the command's id, the check that the version before exists, and the event given back as
  it will be read. Each writer is a process of its own, as all of its peers are, with 50 streams of its own in turn.
  Commands and facts are made beforehand.
* *raw INSERT*: psycopg, a prepared statement with binary parameters in autocommit on a connection that is kept, into a
  table with the same columns, defaults and indexes, not partitioned; the rows, with records of equal size, are made
  beforehand. It checks nothing, makes nothing, and gives nothing back.
* *eventsourcing*: version {eventsourcing}, `insert_events` of one event with 300 bytes of state by its recorder for
  applications, with its default settings, as its users run it. It takes a table lock, so that its notification ids are
  an order. *With its function*: the same with `POSTGRES_ENABLE_DB_FUNCTIONS`, an option that is off by default. That
  one neither locks nor waits, and gives no such order. *raw INSERT against eventsourcing* says what is in reach for one
  writer: nothing that writes one event after another through psycopg does better than a raw INSERT.
* *batch of 100*: `append_batch` of ten events to each of ten known streams, or of one to each of a hundred. *COPY*: a
  hundred finished rows into the equal table.
* *load 20 events and append one*: the events of each stream lie far apart in the table.
* *sequencing*: `Sequencer.step` until nothing is left, over a backlog that is filled once and whose positions and tree
  are taken away before each round: positions, leaves (SHA-256 of each record), nodes, in transactions of 5,000.
* *following*: `LogPages.between`, as every follower reads the log, page by page from position 1 to the end, each record
  decoded to a dict. *Keyset pages*: `WHERE sequence > … ORDER BY sequence LIMIT`, prepared, binary, as large, over the
  equal table with the same rows, each record decoded by orjson. No number was left unused in this log. *With
  rollbacks*: a smaller log, numbered while it was written by eight writers; of twenty writes of each one was rolled
  back, which leaves a number unused, and one was committed only after five others; such pages are read by looking up
  each position. *A follower*: `Follower.step` with its checkpoints, over the last {told:,} positions, into a handler
  that does nothing.
* *publishing*: `Publisher.step` over the first {told:,} positions, read, checked against their leaves, made into
  CloudEvents and told to a durable quorum queue, with a note of how far it got after each window. *Plain amqp*: py-amqp
  with the same bodies, ids and windows, persistent, made beforehand.
* *the relay beside them*: the relay as a process, telling through RabbitMQ to a follower's queue, on the machine where
  writers, PostgreSQL and RabbitMQ run too. Between rounds it catches up, which is not counted; how far behind it was
  when a round ended stands in the row below.
* *commit → numbered, → heard*: one writer; from the answer to its append until the position can be seen, and until the
  event has come to a consumer of `bench.events`.
* *proofs*: `Ledger.prove_inclusion` and `prove_consistency` of {proofs} positions and sizes drawn at random, with
  the root.
* *memory*: resident memory of a process that replays the whole log of {large:,} events into its file (`renkei records
  replay`), and of one that verifies it with every key (`renkei ledger verify`): when a quarter of the positions is
  passed, and when the call has returned, after its last pass; and the most that it ever was. Of twenty streams one is
  all sealed, with data keys, sealed values and a look-up of its own, which the verification opens.
* *six sealed fields*: three data keys, so three blobs beside each event.
* *intake*: one process of the service as it is deployed, one portal on plain AMQP, the sample proposal of a company
  (examples/01) with an id of its own each time, sealed throughout; from before the publish to the answer in the
  portal's hands. At its limit: 600 messages wait at once; from the first answer to the last.
* *suggested departments*: 60 made-up proposals over 19 departments of Aomori's pack, 30 held out from all tuning; the
  ratio is the share of these 30. One author wrote proposals and duties, so the figure guards against regressions and
  says no more (benchmarks/matching/README.md). *Counting shared words*: by how many words of a proposal, made by the
  same analyser, stand in a department's name and duties. *Suggesting departments*: words, who led earlier
  cases with them, rank; each case has the words of a sample and 20 of 50,000 others.
* *work queue*: all that `list_work` does once the caller is known (the page's rows, their open dates, their opened
  texts, and the record of who is shown them, which is an append), {pages} times each, of both in turn, after two to
  warm up. The read model is filled by COPY with the rows of cases as a city has them after years, of ten three with
  something left to do; the ratio is of the medians. *Counts*: `count_work`, which counts every row.
"""


def write_page(root: Path, figures: Sequence[Figure], admin_url: str, scale: Scale, minutes: float) -> None:
    """Writes the page under `root`. minutes: how long the run took."""
    page = _PAGE.format(
        date=datetime.now(UTC).date().isoformat(),
        commit=_commit(root),
        machine=_machine(admin_url),
        table=as_markdown(figures),
        minutes=f"{minutes:.0f}",
        seconds=scale.round.seconds,
        rounds=scale.round.rounds,
        backlog_rounds=scale.rounds_of_backlog,
        told=scale.told,
        proofs=scale.proofs,
        large=scale.large,
        pages=scale.pages,
        eventsourcing=version("eventsourcing"),
    )
    (root / "docs" / "benchmarks.md").write_text(page, encoding="utf-8")


def _commit(root: Path) -> str:
    git = shutil.which("git")
    if git is None:
        return "unknown"
    described = subprocess.run(
        [git, "describe", "--always", "--dirty=, with changes"], cwd=root, capture_output=True, text=True, check=False
    )
    return described.stdout.strip() or "unknown"


def _machine(admin_url: str) -> str:
    with psycopg.connect(admin_url) as connection:
        (server,) = connection.execute("SHOW server_version").fetchall()[0]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**30
    return (
        f"{os.cpu_count()} cores {_processor()}, {memory} GiB of memory, {platform.system()} {platform.release()}, "
        f"PostgreSQL {server}, Python {platform.python_version()}"
    )


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    lines = information.read_text(encoding="utf-8").splitlines() if information.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"({names[0]})" if names else f"({platform.machine()})"
