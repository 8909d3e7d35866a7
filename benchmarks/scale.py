"""How much is measured, and what a measure is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from apps.servers import Servers
from benchmarks.figures import Figure
from benchmarks.racing import Round, Tell


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How much is measured.

    round: of contenders who write. writers: how many of them. small, large: events in the two histories. operations:
    in a round of loading and appending. messages: to a service, or from a writer to a subscriber. backlog: events that
    wait for the relay; rounds_of_backlog: how often they are numbered, followed and told. told: of them, published in
    a turn. proofs: of each kind. few_cases, many_cases: in the two work queues; pages: asked of each.
    """

    round: Round
    writers: tuple[int, int] = (1, 8)
    small: int = 10_000
    large: int = 3_000_000
    rounds_of_growth: int = 7
    operations: int = 50
    messages: int = 600
    backlog: int = 500_000
    rounds_of_backlog: int = 3
    told: int = 20_000
    proofs: int = 500
    few_cases: int = 1_000
    many_cases: int = 100_000
    pages: int = 200


FULL: Final = Scale(round=Round(seconds=1.5, rounds=7))
QUICK: Final = Scale(
    round=Round(seconds=0.05, rounds=1),
    writers=(1, 2),
    small=1_000,
    large=2_000,
    rounds_of_growth=1,
    operations=10,
    messages=10,
    backlog=1_000,
    rounds_of_backlog=1,
    told=200,
    proofs=5,
    few_cases=20,
    many_cases=100,
    pages=2,
)

Measure: TypeAlias = Callable[[Servers, Scale, Tell], Iterator[Figure]]
"""The servers, how much, and whom to tell what is being done → figures."""
