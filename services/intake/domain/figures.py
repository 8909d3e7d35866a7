"""Which statistics intake keeps, each with the question that it answers, and how its numbers are made.

Nothing here is a person or a company: only codes, days and counts.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum, unique
from math import ceil
from statistics import median
from typing import Final, TypeAlias

from services.intake.domain.inquiry import INQUIRY, InquiryStatus
from services.intake.domain.proposal import PROPOSAL, Status
from services.intake.domain.proposal.status import UNDECIDED

OPEN: Final = "open"
BY_ITSELF: Final = "by_itself"
ALL: Final = "all"
UNKNOWN: Final = "unknown"
NEW: Final = "new"
RETURNING: Final = "returning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """A proposal or inquiry as the statistics see it.

    decided_on: when the city accepted it, found it ineligible or directed it elsewhere; None where it has not.
    days_returned: how long it was with the proposer for correction. origin: None where it came by itself.
    has_proposed_before: whether an earlier proposal is its proposer's, too; None of an inquiry, and where nobody can
    tell any more who proposed.
    """

    matter: str
    status: Status | InquiryStatus
    received_on: date
    decided_on: date | None
    days_returned: int
    kind: str | None
    origin: str | None
    purposes: tuple[str, ...]
    proposer_kind: str | None
    has_proposed_before: bool | None
    channel: str | None

    @property
    def days_to_decision(self) -> int | None:
        """Days from reception to the city's decision, without those in which it waited for a correction."""
        return None if self.decided_on is None else (self.decided_on - self.received_on).days - self.days_returned


@unique
class Figure(StrEnum):
    """A table of numbers that answers one question."""

    PROPOSALS_BY_MONTH = "proposals_by_month"
    PROPOSALS_BY_KIND = "proposals_by_kind"
    PROPOSALS_BY_PURPOSE = "proposals_by_purpose"
    PROPOSALS_BY_CHANNEL = "proposals_by_channel"
    PROPOSALS_BY_PROPOSER = "proposals_by_proposer"
    PROPOSALS_BY_ACQUAINTANCE = "proposals_by_new_or_returning"
    PROPOSALS_BY_ORIGIN = "proposals_by_origin"
    PROPOSALS_BY_OUTCOME = "proposals_by_outcome"
    DAYS_BY_PROPOSER = "days_to_decision_by_proposer"
    DAYS_BY_ACQUAINTANCE = "days_to_decision_by_new_or_returning"
    DAYS_BY_KIND = "days_to_decision_by_kind"
    INQUIRIES_BY_MONTH = "inquiries_by_month"
    INQUIRIES_BY_CHANNEL = "inquiries_by_channel"
    INQUIRIES_BY_OUTCOME = "inquiries_by_outcome"


QUESTIONS: Final[Mapping[Figure, str]] = {
    Figure.PROPOSALS_BY_MONTH: "提案を、月ごとに何件受け付けましたか。",
    Figure.PROPOSALS_BY_KIND: "どの種類の提案を、何件受け付けましたか。",
    Figure.PROPOSALS_BY_PURPOSE: "どの目的の提案を、何件受け付けましたか（目的が複数の提案は、それぞれに数えます）。",
    Figure.PROPOSALS_BY_CHANNEL: "どの方法で、提案を何件受け付けましたか。",
    Figure.PROPOSALS_BY_PROPOSER: "どのような提案者から、何件受け付けましたか。",
    Figure.PROPOSALS_BY_ACQUAINTANCE: "初めての提案者と、以前にも提案のあった提案者から、何件ずつ受け付けましたか。",
    Figure.PROPOSALS_BY_ORIGIN: "そのままの提案と、相談や分割から生まれた提案は、それぞれ何件ですか。",
    Figure.PROPOSALS_BY_OUTCOME: "受け付けた提案は、今どうなっていますか。",
    Figure.DAYS_BY_PROPOSER: "受付から市の決定まで、提案者の区分ごとに何日かかりましたか（補正を待った日を除く）。",
    Figure.DAYS_BY_ACQUAINTANCE: (
        "受付から市の決定まで、初めての提案者と以前にも提案のあった提案者とで、それぞれ何日かかりましたか"
        "（補正を待った日を除く）。"
    ),
    Figure.DAYS_BY_KIND: "受付から市の決定まで、提案の種類ごとに何日かかりましたか（補正を待った日を除く）。",
    Figure.INQUIRIES_BY_MONTH: "相談を、月ごとに何件受け付けましたか。",
    Figure.INQUIRIES_BY_CHANNEL: "どの方法で、相談を何件受け付けましたか。",
    Figure.INQUIRIES_BY_OUTCOME: "受け付けた相談は、今どうなっていますか。",
}

DURATIONS: Final = frozenset({Figure.DAYS_BY_PROPOSER, Figure.DAYS_BY_ACQUAINTANCE, Figure.DAYS_BY_KIND})
"""The figures of days; the others are of counts alone."""

Codes: TypeAlias = Callable[[Matter], Iterable[str]]
"""Under which codes a matter is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """How many matters there are under a code; of days, median and 90th percentile, None where there are none."""

    code: str
    count: int
    median_days: float | None = None
    ninetieth_days: int | None = None


def numbers(figure: Figure, matters: Sequence[Matter], codes: Sequence[str]) -> list[Number]:
    """The numbers of a figure, one for each of these codes, and for others that occur after them.

    codes: what is told even where there is none of it.
    """
    matter, coded = COUNTED[figure]
    counted = [one for one in matters if one.matter == matter]
    if figure in DURATIONS:
        return list(_durations(counted, coded, codes))
    return [Number(code=code, count=len(found)) for code, found in _grouped(counted, coded, codes).items()]


def _durations(counted: Sequence[Matter], coded: Codes, codes: Sequence[str]) -> Iterator[Number]:
    decided = [one for one in counted if one.decided_on is not None]
    for code, found in _grouped(decided, lambda one: (ALL, *coded(one)), (ALL, *codes)).items():
        days = sorted(one.days_to_decision for one in found if one.days_to_decision is not None)
        yield Number(
            code=code,
            count=len(days),
            median_days=median(days) if days else None,
            ninetieth_days=nearest_rank(days, 90) if days else None,
        )


def nearest_rank(ordered: Sequence[int], percent: int) -> int:
    """The percentile by nearest rank: the smallest value that at least so many percent of all do not exceed."""
    return ordered[ceil(len(ordered) * percent / 100) - 1]


def months(matters: Sequence[Matter]) -> list[str]:
    """Every month from the first reception to the last, as `2026-04`."""
    if not matters:
        return []
    days = [one.received_on for one in matters]
    first, last = (day.year * 12 + day.month - 1 for day in (min(days), max(days)))
    return [f"{month // 12:04}-{month % 12 + 1:02}" for month in range(first, last + 1)]


def _grouped(matters: Iterable[Matter], coded: Codes, codes: Sequence[str]) -> dict[str, list[Matter]]:
    groups: dict[str, list[Matter]] = {code: [] for code in codes}
    for one in matters:
        for code in coded(one):
            groups.setdefault(code, []).append(one)
    return groups


def _month(one: Matter) -> tuple[str]:
    return (f"{one.received_on:%Y-%m}",)


def _kind(one: Matter) -> tuple[str]:
    return (one.kind or UNKNOWN,)


def _channel(one: Matter) -> tuple[str]:
    return (one.channel or UNKNOWN,)


def _proposer(one: Matter) -> tuple[str]:
    return (one.proposer_kind or UNKNOWN,)


def _acquaintance(one: Matter) -> tuple[str]:
    match one.has_proposed_before:
        case None:
            return (UNKNOWN,)
        case True:
            return (RETURNING,)
        case False:
            return (NEW,)


def _purposes(one: Matter) -> tuple[str, ...]:
    return one.purposes or (UNKNOWN,)


def _origin(one: Matter) -> tuple[str]:
    return (one.origin or BY_ITSELF,)


def _outcome(one: Matter) -> tuple[str]:
    is_open = one.matter == PROPOSAL.category and one.status in UNDECIDED
    return (OPEN if is_open else str(one.status),)


COUNTED: Final[Mapping[Figure, tuple[str, Codes]]] = {
    Figure.PROPOSALS_BY_MONTH: (PROPOSAL.category, _month),
    Figure.PROPOSALS_BY_KIND: (PROPOSAL.category, _kind),
    Figure.PROPOSALS_BY_PURPOSE: (PROPOSAL.category, _purposes),
    Figure.PROPOSALS_BY_CHANNEL: (PROPOSAL.category, _channel),
    Figure.PROPOSALS_BY_PROPOSER: (PROPOSAL.category, _proposer),
    Figure.PROPOSALS_BY_ACQUAINTANCE: (PROPOSAL.category, _acquaintance),
    Figure.PROPOSALS_BY_ORIGIN: (PROPOSAL.category, _origin),
    Figure.PROPOSALS_BY_OUTCOME: (PROPOSAL.category, _outcome),
    Figure.DAYS_BY_PROPOSER: (PROPOSAL.category, _proposer),
    Figure.DAYS_BY_ACQUAINTANCE: (PROPOSAL.category, _acquaintance),
    Figure.DAYS_BY_KIND: (PROPOSAL.category, _kind),
    Figure.INQUIRIES_BY_MONTH: (INQUIRY.category, _month),
    Figure.INQUIRIES_BY_CHANNEL: (INQUIRY.category, _channel),
    Figure.INQUIRIES_BY_OUTCOME: (INQUIRY.category, _outcome),
}
