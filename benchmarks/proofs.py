"""Times proofs in a large ledger, and says how large its tree is kept."""

from collections.abc import Callable, Iterator
from random import Random
from statistics import quantiles
from time import perf_counter

from benchmarks.figures import Figure
from benchmarks.ground import Ground
from benchmarks.racing import Tell
from benchmarks.scale import Scale
from eventstore.ledger.stored import Ledger


def proofs(at: Ground, scale: Scale, tell: Tell) -> Iterator[Figure]:
    """Inclusion of positions, and consistency with older sizes, each drawn anew: p50 and p99 in milliseconds."""
    random = Random(scale.large)  # noqa: S311 - where to look
    with at.connect("records") as connection:
        ledger = Ledger(connection)
        size = ledger.size()
        of = f"proof in a ledger of {scale.large:,}"
        for what, prove in (("inclusion", ledger.prove_inclusion), ("consistency", ledger.prove_consistency)):
            tell(f"{what} {of}")
            percent = quantiles(_times(prove, [random.randint(1, size) for _ in range(scale.proofs)]), n=100)
            yield Figure(what=f"{what} {of}: p50, p99", ours=f"{percent[49] * 1e3:.1f} ms, {percent[98] * 1e3:.1f} ms")
        ((nodes, mebibytes),) = connection.execute(
            "SELECT count(*), pg_total_relation_size('tree_nodes') / 2^20 FROM tree_nodes"
        ).fetchall()
    yield Figure(
        what=f"stored nodes of the tree over {scale.large:,} leaves", ours=f"{nodes:,} nodes, {mebibytes:.1f} MiB"
    )


def _times(prove: Callable[[int], object], places: list[int]) -> Iterator[float]:
    for place in places:
        began = perf_counter()
        prove(place)
        yield perf_counter() - began
