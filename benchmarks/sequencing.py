"""Times the sequencer on a backlog: positions, leaves and the nodes of the tree."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from threading import Event
from time import perf_counter
from typing import Final

from benchmarks import peers
from benchmarks.figures import Figure, compared, writers
from benchmarks.ground import Ground
from benchmarks.racing import Tell, alternate, crew
from benchmarks.scale import Scale
from eventstore.relay.sequencer import Sequencer

PAUSE: Final = 0.003
"""Seconds between two looks: short, so that little is numbered at once and much comes late."""


def sequencing(at: Ground, scale: Scale, tell: Tell) -> Figure:
    """Numbering everything that is there, against raw INSERT into the equal table; leaves it numbered."""
    count = scale.writers[1]
    with crew(partial(peers.inserting, at, peers.a_record(at)), count) as inserting:
        turns = {
            "sequencing": partial(_numbered_anew, at),
            "raw INSERT": partial(inserting.rate, scale.round.seconds),
        }
        rates = alternate(turns, scale.rounds_of_backlog, tell)
    what = f"sequencing a backlog of {scale.backlog:,}, against raw INSERT, {writers(count)}"
    return compared(what, rates["sequencing"], rates["raw INSERT"], 2.0)


def numbered(at: Ground) -> float:
    """Numbers what is not yet numbered, as the relay's role; gives events per second."""
    with at.connect("relay") as connection:
        sequencer = Sequencer.begin(connection)
        began, count = perf_counter(), 0
        while made := sequencer.step():
            count += made
        return count / (perf_counter() - began)


@contextmanager
def numbering(at: Ground) -> Iterator[None]:
    """Numbers beside what is done in the block, as the relay would, so that who commits late is numbered late."""
    ending = Event()
    with ThreadPoolExecutor(1) as thread:
        at_work = thread.submit(_number, at, ending)
        try:
            yield
        finally:
            ending.set()
        at_work.result()


def _number(at: Ground, ending: Event) -> None:
    with at.connect("relay") as connection:
        sequencer = Sequencer.begin(connection)
        while not ending.wait(PAUSE):
            sequencer.step()


def _numbered_anew(at: Ground) -> float:
    with at.admin() as admin, admin.transaction():
        admin.execute("SET LOCAL session_replication_role = replica")  # lets it take away what is there to stay
        admin.execute("TRUNCATE positions, tree_nodes")
        admin.execute("UPDATE relay_progress SET decided = 0")
    return numbered(at)
