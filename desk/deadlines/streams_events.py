"""The events of a deadline, declared once for every service, and what is told of each.

Which pack a date was counted under is the policy that the event's record names, which open days its `calendar`: with
the days of the stream the derivation follows from the log, today and in five years.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeAlias
from uuid import UUID

from desk.history import Sentence, wareki_of
from desk.packs.codes import DeadlineCode, DeadlineNature
from eventstore.events import EventTypes
from eventstore.protection import Public


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineSet:
    """Something is to be done for a matter by a day.

    subject_category, subject_id: the matter's stream. starts_on: the day that is counted from. nature: whether a rule
    sets it or the office aims at it. calendar: version of the open days that were counted by.
    """

    subject_category: Public[str]
    subject_id: UUID
    code: DeadlineCode
    starts_on: date
    due_on: date
    nature: DeadlineNature
    calendar: Public[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlinePaused:
    """The clock stands: the city waits for somebody since that day (補正に要した日数は算入しない)."""

    paused_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineResumed:
    """The clock runs again since that day, toward a new date."""

    resumed_on: date
    due_on: date
    calendar: Public[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineMoved:
    """The same period ends on another day, because closed days or the pack changed."""

    due_on: date
    previously_due_on: date
    calendar: Public[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineExtended:
    """The city stated a later date (延長); why is the record's reason."""

    due_on: date
    previously_due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineMet:
    """What was to be done was done on that day; it may have been late."""

    met_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineDropped:
    """The matter ended, and nothing is to be done any more."""

    dropped_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineOverdue:
    """The date passed, and it was not done; noted once for each time that a date was set."""

    due_on: date


DeadlineEvent: TypeAlias = (
    DeadlineSet
    | DeadlinePaused
    | DeadlineResumed
    | DeadlineMoved
    | DeadlineExtended
    | DeadlineMet
    | DeadlineDropped
    | DeadlineOverdue
)
EVENTS: Final[tuple[type[DeadlineEvent], ...]] = (
    DeadlineSet, DeadlinePaused, DeadlineResumed, DeadlineMoved, DeadlineExtended, DeadlineMet, DeadlineDropped,
    DeadlineOverdue,
)  # fmt: skip


def declare_deadlines(types: EventTypes) -> None:
    """Declares the events of deadlines among those of a service, in streams of the category `<service>_deadline`."""
    for event in EVENTS:
        types.event(category=deadline_category(types.service), version=1)(event)


def deadline_category(service: str) -> str:
    """The category of a service's deadline streams."""
    return f"{service}_deadline"


NAMES: Final = {
    DeadlineCode.FIRST_CONTACT: "最初の連絡",
    DeadlineCode.DEPARTMENT_ANSWER: "担当課の回答",
    DeadlineCode.ANSWER_WITH_REASON: "理由を付けた回答",
    DeadlineCode.DEMONSTRATION_REPORT: "実証実験の報告",
    DeadlineCode.DISCLOSURE_DECISION: "開示決定等",
    DeadlineCode.DISCLOSURE_EXTENSION: "開示決定等（延長後）",
    DeadlineCode.DISCLOSURE_MASS_VOLUME: "開示決定等（著しく大量な場合）",
    DeadlineCode.OPINION_DUE: "意見書の提出",
    DeadlineCode.WAIT_AFTER_OBJECTION: "反対意見書の提出があった場合の開示の実施",
    DeadlineCode.WAIT_AFTER_REJECTED_APPEAL: "審査請求を退けた場合の開示の実施",
    DeadlineCode.APPEAL_FROM_KNOWING: "審査請求（処分を知った日から）",
    DeadlineCode.APPEAL_FROM_ACT: "審査請求（処分の日から）",
    DeadlineCode.HOLD_AFTER_DECISION: "決定後の文書の保有",
}
"""What each deadline is for, as a clerk reads it."""
NATURES: Final = {DeadlineNature.RULE: "期限", DeadlineNature.TARGET: "目標"}


def _set(fields: Mapping[str, Any], _: str) -> str:
    what, nature = NAMES[DeadlineCode(fields["code"])], NATURES[DeadlineNature(fields["nature"])]
    due, start = wareki_of(fields, "due_on"), wareki_of(fields, "starts_on")
    return f"「{what}」の{nature}を{due}としました（{start}から数えます）。"


def _moved(fields: Mapping[str, Any], _: str) -> str:
    before, now = wareki_of(fields, "previously_due_on"), wareki_of(fields, "due_on")
    return f"閉庁日又は運用ルールが変わったため、期限を{before}から{now}に改めました。"


def _resumed(fields: Mapping[str, Any], _: str) -> str:
    return f"{wareki_of(fields, 'resumed_on')}から日数を再び数え、期限を{wareki_of(fields, 'due_on')}としました。"


SENTENCES: Final[Mapping[str, Sentence]] = {
    "DeadlineSet": _set,
    "DeadlinePaused": lambda fields, _: f"{wareki_of(fields, 'paused_on')}から、日数を数えるのを止めました。",
    "DeadlineResumed": _resumed,
    "DeadlineMoved": _moved,
    "DeadlineExtended": lambda fields, _: (
        f"期限を{wareki_of(fields, 'previously_due_on')}から{wareki_of(fields, 'due_on')}に延長しました。"
    ),
    "DeadlineMet": lambda fields, _: f"{wareki_of(fields, 'met_on')}に、期限のある手続きを終えました。",
    "DeadlineDropped": lambda fields, _: f"{wareki_of(fields, 'dropped_on')}に案件が終わり、期限はなくなりました。",
    "DeadlineOverdue": lambda fields, _: f"{wareki_of(fields, 'due_on')}の期限を過ぎました。",
}
"""Event type → its sentence from open fields, for the timeline of a deadline."""
