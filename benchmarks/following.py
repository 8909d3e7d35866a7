"""Times following the log: reading it as a follower does, and the whole of a follower whose handler does nothing."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import partial
from statistics import median
from time import perf_counter
from typing import Final

import orjson

from benchmarks.facts import EVENTS, SERVICE, VISITS
from benchmarks.figures import Figure, compared, writers
from benchmarks.filling import equalled
from benchmarks.ground import Ground
from benchmarks.ours import unsteady
from benchmarks.racing import Tell, Turn, alternate, crew
from benchmarks.scale import Scale
from benchmarks.sequencing import numbered, numbering
from eventstore.clock import now
from eventstore.database import Connection, Database
from eventstore.following.followers import PAGE, Follower
from eventstore.following.log_pages import LogPages
from eventstore.ledger.stored import Ledger
from eventstore.records import read

KEYSET: Final = f"SELECT sequence, record FROM equal WHERE sequence > %b ORDER BY sequence LIMIT {PAGE}"
ROUNDS_WRITTEN: Final = 8
"""How many rounds' time the unsteady writers write."""


def following(at: Ground, scale: Scale, tell: Tell) -> Iterator[Figure]:
    """Pages of the log decoded to dicts, against as large pages of the equal table; then the whole follower."""
    with ExitStack() as stack:
        connection = stack.enter_context(at.connect())
        database = stack.enter_context(closing(Database(at.city.databases[SERVICE.name], connections=1)))
        follower = Follower(VISITS, EVENTS, database, works=lambda *_: None, clock=now)
        turns = _readings(connection) | {
            "a follower": partial(_rate, partial(_stepped, connection, follower, scale.told))
        }
        rates = alternate(turns, scale.rounds_of_backlog, tell)
    yield compared(
        f"following {scale.backlog:,} events as dicts, against keyset pages",
        rates["following"],
        rates["keyset pages"],
        0.8,
    )
    yield Figure(what="a follower whose handler does nothing", ours=f"{median(rates['a follower']):,.0f} events/s")


def following_scattered(at: Ground, scale: Scale, tell: Tell) -> Figure:
    """The same pages of a log whose positions and sequence numbers run apart: of unsteady writers, numbered beside."""
    count = scale.writers[1]
    tell(f"{count} writers, some of whose events come late or never")
    with numbering(at), crew(partial(unsteady, at), count) as writing:
        writing.rate(scale.round.seconds * ROUNDS_WRITTEN)
    numbered(at)
    equalled(at, tell)
    with at.connect() as connection:
        rates = alternate(_readings(connection), scale.rounds_of_backlog, tell)
    what = f"following a log of {writers(count)} with rollbacks, against keyset pages"
    return compared(what, rates["following"], rates["keyset pages"])


def _readings(connection: Connection) -> dict[str, Turn]:
    """All of the log, and all of the equal table, read over one connection."""
    log = LogPages({name: sorted(types) for name, types in VISITS.by_service(SERVICE.name).items()})
    return {
        "following": partial(_rate, partial(_followed, connection, log, Ledger(connection).size())),
        "keyset pages": partial(_rate, partial(_paged, connection)),
    }


def _rate(read_all: Callable[[], int]) -> float:
    began = perf_counter()
    count = read_all()
    return count / (perf_counter() - began)


def _followed(connection: Connection, log: LogPages, size: int) -> int:
    count = 0
    for first in range(1, size + 1, PAGE):
        for _, record in log.between(connection, first, first + PAGE - 1):
            read(record)
            count += 1
    return count


def _paged(connection: Connection) -> int:
    after, count = 0, 0
    while rows := connection.execute(KEYSET, (after,), binary=True, prepare=True).fetchall():
        for _, record in rows:
            orjson.loads(record)
            count += 1
        after = rows[-1][0]
    return count


def _stepped(connection: Connection, follower: Follower[None], last: int) -> int:
    """The last so many positions."""
    connection.execute(
        "INSERT INTO subscriptions_bench (name, position) SELECT %s, max(position) - %s FROM positions"
        " ON CONFLICT (name) DO UPDATE SET position = excluded.position",
        (VISITS.name, last),
    )
    count = 0
    while made := follower.step():
        count += made
    return count
