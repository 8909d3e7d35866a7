"""How statistics make their numbers of what the log tells: counts, and days by median and 90th percentile.

Nothing here is a person or a company: only codes, days and counts. A service says what is counted, and each figure
answers a question.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import ceil
from statistics import median
from typing import Any, Final, Generic, TypeAlias, TypeVar

T = TypeVar("T")
"""What is counted."""

ALL: Final = "all"
UNKNOWN: Final = "unknown"
OTHERS: Final = {ALL: "全体", UNKNOWN: "未記入"}

Codes: TypeAlias = Callable[[T], Iterable[str]]
"""Under which codes one of them is counted."""
Labels: TypeAlias = Mapping[str, str]
"""Code → what it is called, in the order in which it is told; each is told even where there is none of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait(Generic[T]):
    """What one waits for. days: how many it took, None where it has not come. lasts: whether it is yet to come."""

    days: Callable[[T], int | None]
    lasts: Callable[[T], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Share(Generic[T]):
    """What is so of a part of all. settled: whether it can be told; lasts: whether it will; holds: whether it is so."""

    settled: Callable[[T], bool]
    lasts: Callable[[T], bool]
    holds: Callable[[T], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """How many there are under a code.

    Of days: how many no longer wait, their median and 90th percentile, None where there are none; waiting: how many
    still do. Of a share: how many are settled; waiting: how many are not yet; part: of how many of the settled it is
    so, and how many percent that is, None where there are none. What a figure is not of is None.
    """

    code: str
    count: int
    median_days: float | None = None
    ninetieth_days: int | None = None
    waiting: int | None = None
    part: int | None = None
    percent: float | None = None


def counts(counted: Iterable[T], coded: Codes[T], codes: Iterable[str]) -> list[Number]:
    """How many there are under each of these codes, and under others that occur after them."""
    return [Number(code=code, count=len(found)) for code, found in _grouped(counted, coded, codes).items()]


def durations(wait: Wait[T], counted: Iterable[T], coded: Codes[T], codes: Iterable[str]) -> Iterator[Number]:
    """The days of all that wait or have waited, and of those under each code."""
    concerned = [one for one in counted if wait.days(one) is not None or wait.lasts(one)]
    for code, found in _grouped(concerned, lambda one: (ALL, *coded(one)), (ALL, *codes)).items():
        days = sorted(taken for one in found if (taken := wait.days(one)) is not None)
        yield Number(
            code=code,
            count=len(days),
            median_days=median(days) if days else None,
            ninetieth_days=nearest_rank(days, 90) if days else None,
            waiting=sum(wait.lasts(one) for one in found),
        )


def shares(share: Share[T], counted: Iterable[T], coded: Codes[T], codes: Iterable[str]) -> Iterator[Number]:
    """Of how many it is so: of all that can be told of, and of those under each code."""
    concerned = [one for one in counted if share.settled(one) or share.lasts(one)]
    for code, found in _grouped(concerned, lambda one: (ALL, *coded(one)), (ALL, *codes)).items():
        settled = [one for one in found if share.settled(one)]
        part = sum(share.holds(one) for one in settled)
        yield Number(
            code=code,
            count=len(settled),
            waiting=len(found) - len(settled),
            part=part,
            percent=round(100 * part / len(settled), 1) if settled else None,
        )


def nearest_rank(ordered: Sequence[int], percent: int) -> int:
    """The percentile by nearest rank: the smallest value that at least so many percent of all do not exceed."""
    return ordered[ceil(len(ordered) * percent / 100) - 1]


def told(code: str, question: str, numbers: Iterable[Number], labels: Labels) -> dict[str, Any]:
    """A figure as staff read it: `code`, the `question` that it answers, and `rows`, each number with its `label`."""
    rows = [
        {"label": labels.get(number.code) or OTHERS.get(number.code, number.code), **asdict(number)}
        for number in numbers
    ]
    return {"code": code, "question": question, "rows": rows}


def _grouped(counted: Iterable[T], coded: Codes[T], codes: Iterable[str]) -> dict[str, list[T]]:
    groups: dict[str, list[T]] = {code: [] for code in codes}
    for one in counted:
        for code in coded(one):
            groups.setdefault(code, []).append(one)
    return groups
