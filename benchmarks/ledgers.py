"""The figures of the ledger: a backlog that is numbered, followed and told, and a long history that is read."""

from collections.abc import Iterator

from apps.servers import Servers
from benchmarks.figures import Figure
from benchmarks.filling import equalled, filled
from benchmarks.following import following, following_scattered
from benchmarks.ground import ground, with_broker
from benchmarks.growth import History, growth
from benchmarks.memory import memory
from benchmarks.proofs import proofs
from benchmarks.publishing import publishing
from benchmarks.racing import Tell
from benchmarks.scale import Scale
from benchmarks.sequencing import numbered, sequencing


def backlogs(servers: Servers, scale: Scale, tell: Tell) -> Iterator[Figure]:
    """One filled database: sequencing it, following it, publishing its beginning; following a log that has holes."""
    with ground(servers) as made:
        at = with_broker(servers, made)
        filled(at, events=scale.backlog, tell=tell)
        yield sequencing(at, scale, tell)
        equalled(at, tell)
        yield from following(at, scale, tell)
        yield publishing(at, scale, tell)
    with ground(servers) as at:
        yield following_scattered(at, scale, tell)


def histories(servers: Servers, scale: Scale, tell: Tell) -> Iterator[Figure]:
    """One database filled with years of work: what it costs an append, a proof, and those who read all of it."""
    with ground(servers) as at, ground(servers) as other:
        large = History.filled(at, scale.large, scale, tell)
        small = History.filled(other, scale.small, scale, tell)
        yield growth(large, small, scale, tell)
        tell(f"numbering {scale.large:,} events")
        numbered(at)
        yield from proofs(at, scale, tell)
        yield from memory(at, tell)
