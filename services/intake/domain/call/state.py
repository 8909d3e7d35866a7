"""Where a call stands: as recorded, and as its schedule says at an instant, whether or not that was recorded yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum, unique
from typing import assert_never
from uuid import UUID

from desk.packs.codes import Purpose
from eventstore.protection import Sealed
from services.intake.domain.call.events import (
    Aim,
    CallAnswered,
    CallArchived,
    CallClosed,
    CallDrafted,
    CallEvent,
    CallExtended,
    CallOpened,
    CallQuestionAnswered,
    CallQuestionAsked,
    CallRevised,
    CallScheduled,
    IdeaUseAnswer,
    IdeaUseAnswered,
    IdeaUsed,
    IdeaUseRequested,
)


@unique
class Standing(StrEnum):
    """Where a call stands, in the order in which it goes through."""

    ABSENT = "absent"
    DRAFTED = "drafted"
    SCHEDULED = "scheduled"
    OPEN = "open"
    CLOSED = "closed"
    ANSWERED = "answered"
    ARCHIVED = "archived"


ORDER = tuple(Standing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When a call takes proposals and questions: in [opens_at, closes_at)."""

    opens_at: datetime
    closes_at: datetime

    def standing(self, at: datetime) -> Standing:
        """Before, in or after the time in which something is taken."""
        if at < self.opens_at:
            return Standing.SCHEDULED
        return Standing.OPEN if at < self.closes_at else Standing.CLOSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The text as it stands, still sealed."""

    aim: Sealed[Aim]
    department: Sealed[str]
    purposes: Sealed[tuple[Purpose, ...]]
    subjects: Sealed[tuple[str, ...]]
    draws_on: Sealed[tuple[UUID, ...]]
    title: Sealed[str]
    issue: Sealed[str]
    conditions: Sealed[str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A use of an idea that a proposer was consulted on.

    proposal_id: whose idea it is; None where that cannot be opened any more. answer: None while there is none.
    """

    proposal_id: UUID | None
    answer: IdeaUseAnswer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What later decisions need to know of a call.

    recorded: as the last event left it. aim: None until it opened and all may know. questions: whether each was
    answered. named: the uses that the text relies on.
    """

    recorded: Standing = Standing.ABSENT
    draft: Draft | None = None
    aim: Aim | None = None
    schedule: Schedule | None = None
    questions: Mapping[UUID, bool] = field(default_factory=dict)
    uses: Mapping[UUID, Use] = field(default_factory=dict)
    named: frozenset[UUID] = frozenset()

    def standing(self, at: datetime) -> Standing:
        """Where it stands at an instant: what is recorded, or further where its schedule says so."""
        if self.schedule is None:
            return self.recorded
        return max(self.recorded, self.schedule.standing(at), key=ORDER.index)

    @property
    def is_consulted(self) -> bool:
        """Whether the text names, for each proposal that it draws on, a use that was consented to.

        It does not where nobody can read any more what it draws on.
        """
        if self.draft is None or not self.draft.draws_on.is_open:
            return False
        consulted = {self.uses[use].proposal_id for use in self.named if use in self.uses}
        return consulted.issuperset(self.draft.draws_on.reveal())


def evolve(call: Call, event: CallEvent) -> Call:
    """The call after an event."""
    match event:
        case CallDrafted() | CallRevised():
            return _written(call, event)
        case CallScheduled() | CallOpened() | CallExtended() | CallClosed() | CallAnswered() | CallArchived():
            return _gone_on(call, event)
        case CallQuestionAsked():
            return replace(call, questions={**call.questions, event.question_id: False})
        case CallQuestionAnswered():
            return replace(call, questions={**call.questions, event.question_id: True})
        case IdeaUseRequested():
            whose = event.proposal_id.reveal() if event.proposal_id.is_open else None
            return replace(call, uses={**call.uses, event.use_id: Use(proposal_id=whose)})
        case IdeaUseAnswered():
            return _consulted(call, event)
        case IdeaUsed():
            return call
        case _:
            assert_never(event)


def _written(call: Call, event: CallDrafted | CallRevised) -> Call:
    draft = Draft(
        aim=event.aim,
        department=event.department,
        purposes=event.purposes,
        subjects=event.subjects,
        draws_on=event.draws_on,
        title=event.title,
        issue=event.issue,
        conditions=event.conditions,
    )
    named = frozenset(event.uses) if isinstance(event, CallRevised) else frozenset[UUID]()
    return replace(call, recorded=Standing.DRAFTED, draft=draft, schedule=None, named=named)


def _gone_on(
    call: Call, event: CallScheduled | CallOpened | CallExtended | CallClosed | CallAnswered | CallArchived
) -> Call:
    match event:
        case CallScheduled():
            schedule = Schedule(opens_at=event.opens_at, closes_at=event.closes_at)
            return replace(call, recorded=Standing.SCHEDULED, schedule=schedule)
        case CallOpened():
            schedule = Schedule(opens_at=event.opens_at, closes_at=event.closes_at)
            return replace(call, recorded=Standing.OPEN, aim=event.aim, schedule=schedule)
        case CallExtended():
            extended = call.schedule and replace(call.schedule, closes_at=event.closes_at)
            return replace(call, schedule=extended)
        case CallClosed():
            return replace(call, recorded=Standing.CLOSED)
        case CallAnswered():
            return replace(call, recorded=Standing.ANSWERED)
        case CallArchived():
            return replace(call, recorded=Standing.ARCHIVED)
        case _:
            assert_never(event)


def _consulted(call: Call, event: IdeaUseAnswered) -> Call:
    asked = call.uses.get(event.use_id)
    return (
        call if asked is None else replace(call, uses={**call.uses, event.use_id: replace(asked, answer=event.answer)})
    )
