"""Which statistics intake keeps, each with the question that it answers, and how its numbers are made.

Nothing here is a person or a company: only codes, days and counts.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum, unique
from typing import Final

from desk.figures import UNKNOWN, Codes, Number, Share, Wait, counts, durations, shares
from services.intake.domain.inquiry import INQUIRY
from services.intake.domain.matters import Matter
from services.intake.domain.proposal import PROPOSAL

OPEN: Final = "open"
BY_ITSELF: Final = "by_itself"
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
    REALISED_BY_PROPOSER = "realised_by_proposer"
    REALISED_BY_ACQUAINTANCE = "realised_by_new_or_returning"
    REALISED_BY_KIND = "realised_by_kind"
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
    Figure.REALISED_BY_PROPOSER: (
        "市が結論を出した提案のうち、連携・実証実験・個別の実施に至ったものは、提案者の区分ごとに何件で、何％ですか"
        "（取下げなどで終わった提案を除く）。"
    ),
    Figure.REALISED_BY_ACQUAINTANCE: (
        "市が結論を出した提案のうち、連携・実証実験・個別の実施に至ったものは、初めての提案者と以前にも提案のあった"
        "提案者とで、それぞれ何件で、何％ですか（取下げなどで終わった提案を除く）。"
    ),
    Figure.REALISED_BY_KIND: (
        "市が結論を出した提案のうち、連携・実証実験・個別の実施に至ったものは、提案の種類ごとに何件で、何％ですか"
        "（取下げなどで終わった提案を除く）。"
    ),
    Figure.INQUIRIES_BY_MONTH: "相談を、月ごとに何件受け付けましたか。",
    Figure.INQUIRIES_BY_CHANNEL: "どの方法で、相談を何件受け付けましたか。",
    Figure.INQUIRIES_BY_OUTCOME: "受け付けた相談は、今どうなっていますか。",
    Figure.INQUIRY_ANSWER_BY_CHANNEL: "相談を受け付けてから最初に回答するまで、受付の方法ごとに何日かかりましたか。",
}


FOR_DECISION: Final[Wait[Matter]] = Wait(days=lambda one: one.days_to_decision, lasts=lambda one: one.is_undecided)
FOR_ANSWER: Final[Wait[Matter]] = Wait(days=lambda one: one.days_to_answer, lasts=lambda one: one.is_unanswered)
WAITS: Final[Mapping[Figure, Wait[Matter]]] = {
    Figure.DAYS_BY_PROPOSER: FOR_DECISION,
    Figure.DAYS_BY_ACQUAINTANCE: FOR_DECISION,
    Figure.DAYS_BY_KIND: FOR_DECISION,
    Figure.ANSWER_BY_PROPOSER: FOR_ANSWER,
    Figure.ANSWER_BY_ACQUAINTANCE: FOR_ANSWER,
    Figure.ANSWER_BY_KIND: FOR_ANSWER,
    Figure.INQUIRY_ANSWER_BY_CHANNEL: FOR_ANSWER,
}
"""Figure of days → what was waited for."""
REALISED: Final[Share[Matter]] = Share(
    settled=lambda one: one.is_concluded, lasts=lambda one: one.is_inconclusive, holds=lambda one: one.is_realised
)
SHARES: Final[Mapping[Figure, Share[Matter]]] = {
    Figure.REALISED_BY_PROPOSER: REALISED,
    Figure.REALISED_BY_ACQUAINTANCE: REALISED,
    Figure.REALISED_BY_KIND: REALISED,
}
"""Figure of a share (実現率) → of what; those that are neither are of counts alone."""


def numbers(figure: Figure, matters: Sequence[Matter], codes: Sequence[str]) -> list[Number]:
    """The numbers of a figure, one for each of these codes, and for others that occur after them.

    codes: what is told even where there is none of it.
    """
    matter, coded = COUNTED[figure]
    counted = [one for one in matters if one.matter == matter]
    if figure in WAITS:
        return list(durations(WAITS[figure], counted, coded, codes))
    if figure in SHARES:
        return list(shares(SHARES[figure], counted, coded, codes))
    return counts(counted, coded, codes)


def months(matters: Sequence[Matter]) -> list[str]:
    """Every month from the first reception to the last, as `2026-04`."""
    if not matters:
        return []
    days = [one.received_on for one in matters]
    first, last = (day.year * 12 + day.month - 1 for day in (min(days), max(days)))
    return [f"{month // 12:04}-{month % 12 + 1:02}" for month in range(first, last + 1)]


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


COUNTED: Final[Mapping[Figure, tuple[str, Codes[Matter]]]] = {
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
    Figure.REALISED_BY_PROPOSER: (PROPOSAL.category, _proposer),
    Figure.REALISED_BY_ACQUAINTANCE: (PROPOSAL.category, _acquaintance),
    Figure.REALISED_BY_KIND: (PROPOSAL.category, _kind),
    Figure.INQUIRIES_BY_MONTH: (INQUIRY.category, _month),
    Figure.INQUIRIES_BY_CHANNEL: (INQUIRY.category, _channel),
    Figure.INQUIRIES_BY_OUTCOME: (INQUIRY.category, _outcome),
    Figure.INQUIRY_ANSWER_BY_CHANNEL: (INQUIRY.category, _channel),
}
