"""Which statistics intake keeps, each with the question that it answers, and how its numbers are made.

Nothing here is a person or a company: only codes, days and counts.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, unique
from math import ceil
from statistics import median
from typing import Final, TypeAlias

from services.intake.domain.inquiry import INQUIRY
from services.intake.domain.matters import Matter
from services.intake.domain.proposal import PROPOSAL

OPEN: Final = "open"
BY_ITSELF: Final = "by_itself"
ALL: Final = "all"
UNKNOWN: Final = "unknown"
NEW: Final = "new"
RETURNING: Final = "returning"


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
    ANSWER_BY_PROPOSER = "days_to_answer_by_proposer"
    ANSWER_BY_ACQUAINTANCE = "days_to_answer_by_new_or_returning"
    ANSWER_BY_KIND = "days_to_answer_by_kind"
    INQUIRIES_BY_MONTH = "inquiries_by_month"
    INQUIRIES_BY_CHANNEL = "inquiries_by_channel"
    INQUIRIES_BY_OUTCOME = "inquiries_by_outcome"
    INQUIRY_ANSWER_BY_CHANNEL = "inquiry_days_to_answer_by_channel"


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
    Figure.ANSWER_BY_PROPOSER: (
        "受付から、理由を付けた回答の文書を送るまで、提案者の区分ごとに何日かかりましたか（補正を待った日を除く）。"
    ),
    Figure.ANSWER_BY_ACQUAINTANCE: (
        "受付から、理由を付けた回答の文書を送るまで、初めての提案者と以前にも提案のあった提案者とで、"
        "それぞれ何日かかりましたか（補正を待った日を除く）。"
    ),
    Figure.ANSWER_BY_KIND: (
        "受付から、理由を付けた回答の文書を送るまで、提案の種類ごとに何日かかりましたか（補正を待った日を除く）。"
    ),
    Figure.INQUIRIES_BY_MONTH: "相談を、月ごとに何件受け付けましたか。",
    Figure.INQUIRIES_BY_CHANNEL: "どの方法で、相談を何件受け付けましたか。",
    Figure.INQUIRIES_BY_OUTCOME: "受け付けた相談は、今どうなっていますか。",
    Figure.INQUIRY_ANSWER_BY_CHANNEL: "相談を受け付けてから最初に回答するまで、受付の方法ごとに何日かかりましたか。",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """What a matter waits for. days: how many it took, None where it has not come. lasts: whether it is yet to come."""

    days: Callable[[Matter], int | None]
    lasts: Callable[[Matter], bool]


FOR_DECISION: Final = Wait(days=lambda one: one.days_to_decision, lasts=lambda one: one.is_undecided)
FOR_ANSWER: Final = Wait(days=lambda one: one.days_to_answer, lasts=lambda one: one.is_unanswered)
WAITS: Final[Mapping[Figure, Wait]] = {
    Figure.DAYS_BY_PROPOSER: FOR_DECISION,
    Figure.DAYS_BY_ACQUAINTANCE: FOR_DECISION,
    Figure.DAYS_BY_KIND: FOR_DECISION,
    Figure.ANSWER_BY_PROPOSER: FOR_ANSWER,
    Figure.ANSWER_BY_ACQUAINTANCE: FOR_ANSWER,
    Figure.ANSWER_BY_KIND: FOR_ANSWER,
    Figure.INQUIRY_ANSWER_BY_CHANNEL: FOR_ANSWER,
}
"""Figure of days → what was waited for; the others are of counts alone."""

Codes: TypeAlias = Callable[[Matter], Iterable[str]]
"""Under which codes a matter is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """How many matters there are under a code.

    Of days: how many no longer wait, their median and 90th percentile, None where there are none; waiting: how many
    still do. All three are None where it is no figure of days.
    """

    code: str
    count: int
    median_days: float | None = None
    ninetieth_days: int | None = None
    waiting: int | None = None


def numbers(figure: Figure, matters: Sequence[Matter], codes: Sequence[str]) -> list[Number]:
    """The numbers of a figure, one for each of these codes, and for others that occur after them.

    codes: what is told even where there is none of it.
    """
    matter, coded = COUNTED[figure]
    counted = [one for one in matters if one.matter == matter]
    if figure in WAITS:
        return list(_durations(WAITS[figure], counted, coded, codes))
    return [Number(code=code, count=len(found)) for code, found in _grouped(counted, coded, codes).items()]


def _durations(wait: Wait, counted: Sequence[Matter], coded: Codes, codes: Sequence[str]) -> Iterator[Number]:
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
    return (OPEN if one.is_undecided else str(one.status),)


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
    Figure.ANSWER_BY_PROPOSER: (PROPOSAL.category, _proposer),
    Figure.ANSWER_BY_ACQUAINTANCE: (PROPOSAL.category, _acquaintance),
    Figure.ANSWER_BY_KIND: (PROPOSAL.category, _kind),
    Figure.INQUIRIES_BY_MONTH: (INQUIRY.category, _month),
    Figure.INQUIRIES_BY_CHANNEL: (INQUIRY.category, _channel),
    Figure.INQUIRIES_BY_OUTCOME: (INQUIRY.category, _outcome),
    Figure.INQUIRY_ANSWER_BY_CHANNEL: (INQUIRY.category, _channel),
}
