"""What matching's statistics count: the asking of a department, a case, a promise; codes and days, nobody's name."""

from dataclasses import dataclass
from datetime import date

from services.matching.domain.case.dialogue import Side
from services.matching.domain.case.feasibility import Outcome
from services.matching.domain.case.state import Standing
from services.matching.domain.case.status import UNDECIDED, Status
from services.matching.domain.obligation import Status as ObligationStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """The asking of a department (打診). department: its code of today. today: the day on which it is counted.

    is_awaited: whether an answer is waited for: not once it came, nor once its case was decided or withdrawn. due_on:
    by when it is to answer (目標), None without. answered_on: when it took or declined, None while it has not.
    """

    department: str
    standing: Standing
    is_awaited: bool
    offered_on: date
    due_on: date | None
    answered_on: date | None
    today: date

    @property
    def days_to_answer(self) -> int | None:
        """Days from the asking to the answer."""
        return None if self.answered_on is None else (self.answered_on - self.offered_on).days

    @property
    def is_in_time(self) -> bool:
        """Whether it answered by the target."""
        return self.answered_on is not None and not self.is_late

    @property
    def is_late(self) -> bool:
        """Whether it answered after the target, or has yet to answer and that has passed."""
        day = self.today if self.is_awaited else self.answered_on
        return self.due_on is not None and day is not None and day > self.due_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Pursuit:
    """A case from the acceptance of its proposal on. outcome: that stands now, None without any.

    decided_on, answered_on: of the first decision and the first answer. lead_offers: how often a department was asked
    to lead. silences: how often nobody was in touch for too long; silent: whether that is so now.
    """

    status: Status
    outcome: Outcome | None
    opened_on: date
    decided_on: date | None
    answered_on: date | None
    lead_offers: int
    silences: int
    silent: bool

    @property
    def days_to_decision(self) -> int | None:
        """Days from acceptance to the decision."""
        return None if self.decided_on is None else (self.decided_on - self.opened_on).days

    @property
    def days_to_answer(self) -> int | None:
        """Days from acceptance to the answer."""
        return None if self.answered_on is None else (self.answered_on - self.opened_on).days

    @property
    def is_undecided(self) -> bool:
        """Whether it waits for its first decision."""
        return self.decided_on is None and self.status in UNDECIDED

    @property
    def is_unanswered(self) -> bool:
        """Whether its proposer waits for a first answer: not where the proposal was withdrawn."""
        return self.answered_on is None and self.status is not Status.WITHDRAWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What a side has promised."""

    side: Side
    status: ObligationStatus
    due_on: date
    fulfilled_on: date | None

    @property
    def is_kept_in_time(self) -> bool:
        """Whether it was done by its day."""
        return self.fulfilled_on is not None and self.fulfilled_on <= self.due_on

    @property
    def is_late(self) -> bool:
        """Whether it was done after its day, or that has passed and it was not done."""
        is_done_late = self.fulfilled_on is not None and self.fulfilled_on > self.due_on
        return is_done_late or self.status is ObligationStatus.OVERDUE
