"""The sample proposals (proposals.toml), and how often a ranking of departments finds the right one for them."""

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum, unique
from functools import cache
from pathlib import Path
from typing import Final, TypeAlias

from desk.packs import Pack, load_pack

ROOT: Final = Path(__file__).parents[2]
FILE: Final = Path(__file__).parent / "proposals.toml"
PACK: Final = ROOT / "municipalities" / "aomori.toml"


@unique
class Half(StrEnum):
    """What a proposal is for: choosing how to rank, or measuring that alone."""

    TUNING = "tuning"
    HELD_OUT = "held_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A sample proposal. departments: those that are right, the likeliest lead first."""

    departments: tuple[str, ...]
    title: str
    summary: str
    problem: str

    @property
    def texts(self) -> tuple[str, ...]:
        """What it says that it is about."""
        return self.title, self.summary, self.problem


Rank: TypeAlias = Callable[[Proposal], Sequence[str]]
"""A proposal → departments, best first."""


@cache
def proposals(half: Half) -> tuple[Proposal, ...]:
    """One half of the samples."""
    listed = tomllib.loads(FILE.read_text(encoding="utf-8"))["proposals"]
    return tuple(
        Proposal(
            departments=tuple(one["departments"]), title=one["title"], summary=one["summary"], problem=one["problem"]
        )
        for one in listed
        if one["half"] == half
    )


@cache
def pack() -> Pack:
    """The pack whose departments the samples are for."""
    return load_pack(PACK.read_bytes(), origin=PACK.name)


def hits(some: Sequence[Proposal], rank: Rank, first: int) -> int:
    """For how many proposals a right department is among the first so many."""
    return sum(not set(one.departments).isdisjoint(rank(one)[:first]) for one in some)
