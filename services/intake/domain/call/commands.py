"""What may be asked of a call; instants and days come with the command, nothing here looks at a clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeAlias
from uuid import UUID

from desk.packs.codes import Purpose
from services.intake.domain.call.events import Aim, Asker, IdeaUseAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class CallText:
    """What a call says. subjects: codes of the policy pack. draws_on: the proposals that ideas in it come from."""

    aim: Aim
    department: str
    purposes: tuple[Purpose, ...]
    subjects: tuple[str, ...]
    draws_on: tuple[UUID, ...]
    title: str = field(repr=False)
    issue: str = field(repr=False)
    conditions: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedUse:
    """A use of an idea in a text. what: what of it was used, in words."""

    use_id: UUID
    conditions_acknowledged: bool
    what: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftCall:
    """Begin a call. departments, subjects: the codes of the pack in force."""

    text: CallText
    departments: frozenset[str]
    subjects: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviseCall:
    """Put another text in the place of the one that stands. at: now. departments, subjects: the pack's in force."""

    at: datetime
    text: CallText
    uses: tuple[PlannedUse, ...]
    departments: frozenset[str]
    subjects: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleCall:
    """Decide when the call opens and closes. at: now."""

    at: datetime
    opens_at: datetime
    closes_at: datetime
    approver: str = field(repr=False)
    approval_reference: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCall:
    """Make the call public, if it is time. at: now."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendCall:
    """Close the open call later than was said. at: now. explanation: why, for all to read."""

    at: datetime
    closes_at: datetime
    explanation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseCall:
    """Close the call, if it is time. at: now."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCall:
    """Tell all what came of the call. proposals: those that were handed in to it → whether each is still pursued."""

    selected: tuple[UUID, ...]
    proposals: Mapping[UUID, bool]
    explanation: str
    answered_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveCall:
    """Be done with the call."""

    archived_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class AskQuestion:
    """Ask about an open call. at: the instant that counts."""

    question_id: UUID
    asker_id: UUID
    at: datetime
    question: str = field(repr=False)
    asker: Asker = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerQuestion:
    """Answer a question to all. question: as all may read it, without who asked. at: now."""

    question_id: UUID
    at: datetime
    question: str
    answer: str
    answered_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestIdeaUse:
    """Consult a proposer on the use of an idea. at: now. is_proposal_known: whether there is such a proposal."""

    use_id: UUID
    proposal_id: UUID
    is_proposal_known: bool
    at: datetime
    requested_on: date
    passage: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerIdeaUse:
    """The proposer's answer. proposal_id: whose receipt came with it; None where staff take it down."""

    use_id: UUID
    proposal_id: UUID | None
    answer: IdeaUseAnswer
    answered_on: date
    conditions: str | None = field(repr=False)


CallCommand: TypeAlias = (
    DraftCall
    | ReviseCall
    | ScheduleCall
    | OpenCall
    | ExtendCall
    | CloseCall
    | AnswerCall
    | ArchiveCall
    | AskQuestion
    | AnswerQuestion
    | RequestIdeaUse
    | AnswerIdeaUse
)
