"""Which statistics matching keeps, each with the question that it answers (S38, N7, N8)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Final, Generic

from desk import figures
from desk.figures import Codes, Number, T, Wait
from services.matching.domain.case.state import Standing
from services.matching.domain.counted import Asking, Promise, Pursuit
from services.matching.domain.obligation import Status as ObligationStatus

OPEN: Final = "open"
MOST_TOLD: Final = 3


@unique
class Figure(StrEnum):
    """A table of numbers that answers one question."""

    OFFERS = "offers_by_department"
    OFFERS_IN_TIME = "offers_answered_in_time_by_department"
    OFFERS_LATE = "offers_late_by_department"
    OFFERS_DECLINED = "offers_declined_by_department"
    OFFER_DAYS = "offer_days_to_answer_by_department"
    CASES_BY_STATUS = "cases_by_status"
    CASES_BY_OUTCOME = "cases_by_outcome"
    CASES_BY_LEAD_OFFERS = "cases_by_lead_offers"
    CASES_BY_SILENCE = "cases_by_silence"
    DECISION_DAYS = "case_days_to_decision_by_outcome"
    ANSWER_DAYS = "case_days_to_answer_by_outcome"
    PROMISES_IN_TIME = "obligations_kept_in_time_by_side"
    PROMISES_LATE = "obligations_late_by_side"
    PROMISES_OPEN = "obligations_open_by_side"
    PROMISES_RELEASED = "obligations_released_by_side"


@unique
class Silence(StrEnum):
    """Whether a proposer was left without contact for too long."""

    NEVER = "never"
    BEFORE = "before"
    NOW = "now"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting(Generic[T]):
    """How a figure is counted. coded: under which codes. picks: which count. wait: of days, what was waited for."""

    question: str
    coded: Codes[T]
    picks: Callable[[T], bool] = lambda _: True
    wait: Wait[T] | None = None

    def numbers(self, found: Iterable[T], codes: Iterable[str]) -> list[Number]:
        """The numbers, one for each of these codes, and for others that occur after them."""
        counted = [one for one in found if self.picks(one)]
        if self.wait is None:
            return figures.counts(counted, self.coded, codes)
        return list(figures.durations(self.wait, counted, self.coded, codes))


def _department(one: Asking) -> tuple[str]:
    return (one.department,)


def _outcome(one: Pursuit) -> tuple[str]:
    return (one.outcome or OPEN,)


def _lead_offers(one: Pursuit) -> tuple[str]:
    return (str(min(one.lead_offers, MOST_TOLD)),)


def _silence(one: Pursuit) -> tuple[Silence]:
    if one.silent:
        return (Silence.NOW,)
    return (Silence.BEFORE if one.silences else Silence.NEVER,)


def _side(one: Promise) -> tuple[str]:
    return (one.side,)


ASKINGS: Final[Mapping[Figure, Counting[Asking]]] = {
    Figure.OFFERS: Counting(question="どの部署に、何件打診しましたか。", coded=_department),
    Figure.OFFERS_IN_TIME: Counting(
        question="どの部署が、打診に目標の期限までに何件回答しましたか（受諾と辞退の合計）。",
        coded=_department,
        picks=lambda one: one.is_in_time,
    ),
    Figure.OFFERS_LATE: Counting(
        question="打診への回答が目標の期限に遅れたもの、期限を過ぎてまだのものは、部署ごとに何件ですか。",
        coded=_department,
        picks=lambda one: one.is_late,
    ),
    Figure.OFFERS_DECLINED: Counting(
        question="どの部署が、打診を何件辞退しましたか。",
        coded=_department,
        picks=lambda one: one.standing is Standing.DECLINED,
    ),
    Figure.OFFER_DAYS: Counting(
        question="打診してから回答まで、部署ごとに何日かかりましたか。",
        coded=_department,
        wait=Wait(days=lambda one: one.days_to_answer, lasts=lambda one: one.is_awaited),
    ),
}
PURSUITS: Final[Mapping[Figure, Counting[Pursuit]]] = {
    Figure.CASES_BY_STATUS: Counting(question="案件は今、どの段階にありますか。", coded=lambda one: (one.status,)),
    Figure.CASES_BY_OUTCOME: Counting(question="案件について、何を決定しましたか。", coded=_outcome),
    Figure.CASES_BY_LEAD_OFFERS: Counting(
        question="主担当課を決めるために、案件ごとに何回打診しましたか。", coded=_lead_offers
    ),
    Figure.CASES_BY_SILENCE: Counting(question="提案者との連絡が長く途絶えた案件は、何件ありますか。", coded=_silence),
    Figure.DECISION_DAYS: Counting(
        question="提案の受理から実施の可否の最初の決定まで、何日かかりましたか。",
        coded=_outcome,
        wait=Wait(days=lambda one: one.days_to_decision, lasts=lambda one: one.is_undecided),
    ),
    Figure.ANSWER_DAYS: Counting(
        question="提案の受理から、理由を付けた最初の回答の文書を送るまで、何日かかりましたか。",
        coded=_outcome,
        wait=Wait(days=lambda one: one.days_to_answer, lasts=lambda one: one.is_unanswered),
    ),
}
PROMISES: Final[Mapping[Figure, Counting[Promise]]] = {
    Figure.PROMISES_IN_TIME: Counting(
        question="市と提案者は、約束をそれぞれ何件、期日までに果たしましたか。",
        coded=_side,
        picks=lambda one: one.is_kept_in_time,
    ),
    Figure.PROMISES_LATE: Counting(
        question="期日に遅れた約束、期日を過ぎてまだの約束は、市と提案者にそれぞれ何件ありますか。",
        coded=_side,
        picks=lambda one: one.is_late,
    ),
    Figure.PROMISES_OPEN: Counting(
        question="期日がまだ来ていない約束は、市と提案者にそれぞれ何件ありますか。",
        coded=_side,
        picks=lambda one: one.status is ObligationStatus.OWED,
    ),
    Figure.PROMISES_RELEASED: Counting(
        question="果たす必要のなくなった約束は、市と提案者にそれぞれ何件ありますか。",
        coded=_side,
        picks=lambda one: one.status is ObligationStatus.RELEASED,
    ),
}
