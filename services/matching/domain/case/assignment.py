"""Which department has a case: suggested by words, offered by the desk, taken or declined by the department.

A department is named by its code in the pack. What was said when it was asked or declined is deliberation.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum, unique
from typing import TypeAlias
from uuid import UUID

from eventstore.errors import Refusal
from eventstore.protection import Business, Deliberation, Public
from services.matching.domain.event_types import EVENTS


@unique
class Part(StrEnum):
    """What a department has to do with a case: it leads (主担当課), or it supports (関係課)."""

    LEAD = "lead"
    SUPPORTING = "supporting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggested:
    """One department of a suggestion. score: in thousandths, comparable within this suggestion only."""

    department: Public[str]
    score: int


@unique
class Ground(StrEnum):
    """Where a word stood that points to a department: in its duties (事務分掌), or in earlier cases that it led."""

    DUTIES = "duties"
    EARLIER_CASES = "earlier_cases"


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingTerm:
    """A word of the proposal that made a department's rank, in normalised form, and where it stood."""

    term: str
    grounds: tuple[Ground, ...]


@EVENTS.event(category="case", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentsSuggested:
    """Somebody had departments ranked for the case by their duties and earlier decisions (S04); nothing is assigned.

    ranking: best first. terms: for each of `ranking`, the words of the proposal that made its rank, heaviest first.
    """

    suggestion_id: UUID
    suggested_on: date
    ranking: tuple[Suggested, ...]
    terms: Business[tuple[tuple[RankingTerm, ...], ...]]


@EVENTS.event(category="case", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOffered:
    """The desk asked a department whether it takes the case (打診).

    offer_id: names this asking; a department that is asked again gets another. suggestion_id: the suggestion that the
    desk had before it, None without one. message: what the desk told the department.
    """

    offer_id: UUID
    department: Public[str]
    part: Part
    offered_on: date
    suggestion_id: UUID | None
    message: Deliberation[str | None]


@EVENTS.event(category="case", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class OfferTaken:
    """A department takes the case (受諾). officer_id: who is in charge there (担当者)."""

    offer_id: UUID
    department: Public[str]
    officer_id: UUID
    taken_on: date


@EVENTS.event(category="case", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class OfferDeclined:
    """A department does not take the case (辞退), and says why."""

    offer_id: UUID
    department: Public[str]
    declined_on: date
    grounds: Deliberation[str]


@EVENTS.event(category="case", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class OfferWithdrawn:
    """The desk asks a department no more, or takes the case from it (所管替え); why is the record's reason."""

    offer_id: UUID
    department: Public[str]
    withdrawn_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestDepartments:
    """Keep a suggestion as it is shown. The fields are those of the event."""

    suggestion_id: UUID
    suggested_on: date
    ranking: tuple[Suggested, ...]
    terms: tuple[tuple[RankingTerm, ...], ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One department to ask, under an id of its own. known_as: the codes that it had under earlier packs (改組前)."""

    offer_id: UUID
    department: str
    part: Part
    known_as: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferCase:
    """Ask departments, all at once: any number that support, and one that leads unless one does already."""

    asked: tuple[Asked, ...]
    offered_on: date
    suggestion_id: UUID | None
    message: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeOffer:
    """Take the case for a department. officer_id: who is in charge there from now on."""

    offer_id: UUID
    officer_id: UUID
    taken_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineOffer:
    """Decline for a department, with grounds."""

    offer_id: UUID
    declined_on: date
    grounds: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawOffer:
    """Ask a department no more, or take the case from it."""

    offer_id: UUID
    withdrawn_on: date


AssignmentEvent: TypeAlias = DepartmentsSuggested | CaseOffered | OfferTaken | OfferDeclined | OfferWithdrawn
AssignmentCommand: TypeAlias = SuggestDepartments | OfferCase | TakeOffer | DeclineOffer | WithdrawOffer


class OfferUnknown(Refusal):
    """No department was asked under this id."""

    code = "offer_unknown"
    sentence = "この打診は見つかりません。"


class OfferNotOpen(Refusal):
    """The department has answered, or is asked no more."""

    code = "offer_not_open"
    sentence = "この打診は、すでに回答されたか取り下げられています。"


class DepartmentAsked(Refusal):
    """The department is asked already, or has the case."""

    code = "department_asked"
    sentence = "この部署には、すでに打診しているか、この部署がすでに担当しています。"


class LeadAsked(Refusal):
    """One department leads: another is asked to once the first has declined or is asked no more."""

    code = "lead_asked"
    sentence = "主担当課は一つです。先に打診した主担当課の回答を待つか、その打診を取り下げてください。"


class SuggestionUnknown(Refusal):
    """No such suggestion was made for this case."""

    code = "suggestion_unknown"
    sentence = "この案件に、この候補の提示は記録されていません。"
