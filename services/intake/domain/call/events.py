"""What happens to a call (募集): its text is sealed until it opens and public from then on."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum, unique
from typing import Annotated, TypeAlias
from uuid import UUID

from desk.packs.codes import Purpose
from eventstore.protection import Business, Deliberation, Internal, Public, Sealed, personal
from services.intake.domain.content import Contact
from services.intake.domain.event_types import EVENTS


@unique
class Aim(StrEnum):
    """What a call is for, and says so from the beginning (B19)."""

    SELECTS_PARTNERS = "selects_partners"
    COLLECTS_IDEAS = "collects_ideas"
    """Nobody is selected by it, whatever is proposed."""


@unique
class Outcome(StrEnum):
    """What came of a call."""

    PARTNERS_SELECTED = "partners_selected"
    NOBODY_SELECTED = "nobody_selected"
    IDEAS_COLLECTED = "ideas_collected"


@unique
class IdeaUseAnswer(StrEnum):
    """What a proposer says to the use of an idea in a call's text."""

    CONSENTED = "consented"
    CONSENTED_WITH_CONDITIONS = "consented_with_conditions"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks: whom to reach, and the asker's own proposal where the question came with its receipt."""

    contact: Contact | None
    proposal_id: UUID | None


@EVENTS.event(category="call", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class CallDrafted:
    """A call is being thought about; what it is for and will say is deliberation until it opens.

    department, subjects: codes of the policy pack; subjects (分野) are none where it is about any. draws_on: the
    proposals that ideas in the text come from (N10).
    """

    aim: Deliberation[Aim]
    department: Deliberation[str]
    purposes: Deliberation[tuple[Purpose, ...]]
    subjects: Deliberation[tuple[str, ...]]
    draws_on: Deliberation[tuple[UUID, ...]]
    title: Deliberation[str]
    issue: Deliberation[str]
    conditions: Deliberation[str | None]


@EVENTS.event(category="call", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class CallRevised:
    """The whole text as it stands now; a schedule that was approved for another text falls.

    uses: the uses of ideas, each with recorded consent, that this text relies on.
    """

    uses: tuple[UUID, ...]
    aim: Deliberation[Aim]
    department: Deliberation[str]
    purposes: Deliberation[tuple[Purpose, ...]]
    subjects: Deliberation[tuple[str, ...]]
    draws_on: Deliberation[tuple[UUID, ...]]
    title: Deliberation[str]
    issue: Deliberation[str]
    conditions: Deliberation[str | None]


@EVENTS.event(category="call", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class CallScheduled:
    """It is decided when the call opens and closes: proposals are taken in [opens_at, closes_at), to the second.

    approver, approval_reference: who decided, and the number of the decision (決裁).
    """

    opens_at: datetime
    closes_at: datetime
    approver: Internal[str]
    approval_reference: Internal[str]


@EVENTS.event(category="call", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class CallOpened:
    """The call is public: the text as it was approved, word for word."""

    aim: Aim
    department: Public[str]
    purposes: tuple[Purpose, ...]
    subjects: tuple[Public[str], ...]
    title: Public[str]
    issue: Public[str]
    conditions: Public[str | None]
    opens_at: datetime
    closes_at: datetime


@EVENTS.event(category="call", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class CallExtended:
    """An open call closes later than was said; why is told to all."""

    closes_at: datetime
    explanation: Public[str]


@EVENTS.event(category="call", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class CallClosed:
    """The call takes nothing more. closed_at: the instant of its schedule, whenever it was recorded."""

    closed_at: datetime


@EVENTS.event(category="call", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class CallAnswered:
    """What came of it is told to all. selected: proposals, none where ideas only were collected."""

    outcome: Outcome
    selected: tuple[UUID, ...]
    explanation: Public[str]
    answered_on: date


@EVENTS.event(category="call", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class CallArchived:
    """The call is done with."""

    archived_on: date


@EVENTS.event(category="call", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class CallQuestionAsked:
    """Somebody asks about an open call. asked_at: the instant that counts."""

    question_id: UUID
    asker_id: UUID
    asked_at: datetime
    question: Business[str]
    asker: Annotated[Sealed[Asker], personal(of="asker_id")]


@EVENTS.event(category="call", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class CallQuestionAnswered:
    """Question and answer as they are told to all, in words that do not name who asked (S10)."""

    question_id: UUID
    question: Public[str]
    answer: Public[str]
    answered_on: date


@EVENTS.event(category="call", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaUseRequested:
    """A proposer is consulted before an idea of theirs enters the call's text. passage: what would be used.

    Whose idea it is stays sealed, as nobody has said yet that they lend it.
    """

    use_id: UUID
    requested_on: date
    proposal_id: Business[UUID]
    passage: Business[str]


@EVENTS.event(category="call", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaUseAnswered:
    """The proposer's answer; that staff took it down for them shows in the envelope."""

    use_id: UUID
    answer: IdeaUseAnswer
    answered_on: date
    conditions: Business[str | None]


@EVENTS.event(category="call", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaUsed:
    """What of the idea stands in the text now. conditions_acknowledged: the proposer's conditions were before us."""

    use_id: UUID
    conditions_acknowledged: bool
    what: Business[str]


CallEvent: TypeAlias = (
    CallDrafted
    | CallRevised
    | CallScheduled
    | CallOpened
    | CallExtended
    | CallClosed
    | CallAnswered
    | CallArchived
    | CallQuestionAsked
    | CallQuestionAnswered
    | IdeaUseRequested
    | IdeaUseAnswered
    | IdeaUsed
)
