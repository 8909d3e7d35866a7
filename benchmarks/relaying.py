"""A relay as a process of its own, and what it costs those who write beside it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from statistics import median
from time import monotonic, sleep
from typing import Final, NamedTuple

from apps.relay.composition import relay_settings, tells
from apps.servers import Servers
from benchmarks import ours
from benchmarks.facts import SERVICE
from benchmarks.figures import Figure, compared, writers
from benchmarks.ground import Ground, ground, with_broker
from benchmarks.hearing import hearing
from benchmarks.racing import PROCESSES, Crew, Tell, alternate, crew
from benchmarks.scale import Scale
from eventstore import logs
from eventstore.database import Connection
from eventstore.ledger.stored import Ledger
from eventstore.relay.relay import Relay
from eventstore.relay.single import PUBLISHER, SEQUENCER, is_taken

SECONDS: Final = 120
"""How long a relay may take to tell what waits for it."""

REACHED: Final = "SELECT (SELECT coalesce(max(position), 0) FROM positions), published FROM relay_progress"


class Reached(NamedTuple):
    """Of the events that were appended in a round, how many were numbered and told when it ended."""

    appended: int
    numbered: int
    told: int


def relays(servers: Servers, scale: Scale, tell: Tell) -> Iterator[Figure]:
    """Writers with the relay at work against without it; then how soon another hears of an event."""
    count = scale.writers[1]
    appending = partial(ours.appending, sealed=False)
    with ground(servers) as bare, ground(servers) as made:
        at = with_broker(servers, made)
        with crew(partial(appending, at), count) as beside, crew(partial(appending, bare), count) as alone:
            reached: list[Reached] = []
            turns = {
                "with the relay": partial(_rate_beside, at, beside, scale.round.seconds, reached),
                "without it": partial(alone.rate, scale.round.seconds),
            }
            rates = alternate(turns, scale.round.rounds, tell)
        what = f"append, {writers(count)}, with the relay beside them, against without it"
        yield compared(what, rates["with the relay"], rates["without it"], 0.85)
        yield _kept_up(reached[1:])
        with relay_at_work(at):
            yield from hearing(at, scale, tell)


@contextmanager
def relay_at_work(at: Ground) -> Iterator[None]:
    """Runs the relay; begins and ends when everything is numbered and told."""
    here, there = PROCESSES.Pipe()
    process = PROCESSES.Process(target=_relay, args=(at, there), daemon=True)
    process.start()
    there.close()
    try:
        _await_told(at)
        yield
        _await_told(at)
    finally:
        here.close()
        process.join()


def _relay(at: Ground, pipe: Pipe) -> None:
    """Until the other end is closed."""
    with Path(at.city.folder / "relay.log").open("a", encoding="utf-8") as log:
        logs.configure(log)
        relay = Relay(replace(relay_settings(at.city), tells=tells([SERVICE])))
        relay.start()
        pipe.poll(None)
        relay.stop()


def _rate_beside(at: Ground, beside: Crew, seconds: float, reached: list[Reached]) -> float:
    """Notes how far the relay had come when the writers stopped."""
    with at.connect("records") as connection:
        with relay_at_work(at):
            ((before, _),) = connection.execute(REACHED).fetchall()
            rate = beside.rate(seconds)
            ((numbered, told),) = connection.execute(REACHED).fetchall()
        ((after, _),) = connection.execute(REACHED).fetchall()
    reached.append(Reached(after - before, numbered - before, told - before))
    return rate


def _kept_up(rounds: Sequence[Reached]) -> Figure:
    appended, numbered, told = (f"{median(counts):,.0f}" for counts in zip(*rounds, strict=True))
    return Figure(
        what="the relay beside them, when a round ended",
        ours=f"of {appended} appended {numbered} were numbered, {told} told",
    )


def _await_told(at: Ground) -> None:
    """Until the relay is at work and has nothing to do. Raises RuntimeError where it does not get there."""
    began = monotonic()
    with at.admin() as connection:
        while not _is_done(connection):
            if monotonic() - began > SECONDS:
                raise RuntimeError(f"the relay is not done: {(at.city.folder / 'relay.log').read_text()[-2000:]}")
            sleep(0.01)


def _is_done(connection: Connection) -> bool:
    if not (is_taken(connection, SEQUENCER) and is_taken(connection, PUBLISHER)):
        return False
    ledger = Ledger(connection)
    ((published,),) = connection.execute("SELECT published FROM relay_progress").fetchall()
    return ledger.is_caught_up() and bool(published == ledger.size())
