"""What later decisions need to know of a case."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum, unique
from types import MappingProxyType
from uuid import UUID

from services.matching.domain.case.assignment import Part
from services.matching.domain.case.dialogue import edition_id
from services.matching.domain.case.feasibility import Outcome
from services.matching.domain.case.status import Status


@unique
class Standing(StrEnum):
    """Where the asking of a department stands."""

    OFFERED = "offered"
    TAKEN = "taken"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The asking of one department.

    opinion_on: the edition of the goals (0 before any) on which it last said what it thinks, None while it has not.
    """

    id: UUID
    department: str
    part: Part
    offered_on: date
    standing: Standing = Standing.OFFERED
    officer_id: UUID | None = None
    opinion_on: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Minutes:
    """The minutes of a session: the newest edition (0 before the first), and which edition each side stands by.

    confirmed_on: the day on which the city confirmed the edition that it stands by. objected: to which edition the
    proposer objected last (異議), 0 where to none.
    """

    held_on: date | None = None
    edition: int = 0
    by_city: int = 0
    confirmed_on: date | None = None
    by_proposer: int = 0
    objected: int = 0

    @property
    def is_settled(self) -> bool:
        """Whether both sides stand by the newest edition."""
        return 0 < self.edition == self.by_city == self.by_proposer

    @property
    def is_objected(self) -> bool:
        """Whether the proposer objected to the newest edition: the city's turn."""
        return 0 < self.edition == self.objected

    @property
    def is_waiting(self) -> bool:
        """Whether the city stands by the newest edition, and the proposer has not answered: the proposer's turn."""
        return 0 < self.edition == self.by_city and not (self.is_settled or self.is_objected)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """The decision that stands."""

    outcome: Outcome
    decided_on: date
    kept_until: date | None
    is_answered: bool = False
    is_due: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case as it stands.

    flags: the register entries that concern its proposer. While any stands, nothing may be signed: whoever signs an
    agreement reads them here. lead_voices: everybody who ever gave an opinion for a department that leads or led.
    decisions: how often its feasibility was decided; decided: the decision that stands.
    """

    proposal_id: UUID | None = None
    opened_on: date | None = None
    withdrawn_on: date | None = None
    flags: frozenset[UUID] = frozenset()
    suggestions: frozenset[UUID] = frozenset()
    offers: Mapping[UUID, Offer] = field(default_factory=lambda: MappingProxyType({}))
    accompanied_by: UUID | None = None
    deputies: frozenset[UUID] = frozenset()
    last_contact_on: date | None = None
    silent_since: date | None = None
    sessions: Mapping[UUID, Minutes] = field(default_factory=lambda: MappingProxyType({}))
    goals_edition: int = 0
    lead_voices: frozenset[UUID] = frozenset()
    decisions: int = 0
    decided: Decided | None = None

    @property
    def status(self) -> Status:
        """Where it stands."""
        if self.opened_on is None:
            return Status.ABSENT
        if self.withdrawn_on is not None:
            return Status.WITHDRAWN
        if self.decided is None:
            return self.stage
        if not self.decided.is_answered:
            return Status.DECIDED
        return Status.KEPT if self.decided.outcome is Outcome.KEPT else Status.ANSWERED

    @property
    def stage(self) -> Status:
        """How far it has come toward a decision, whatever was decided."""
        if self.lead is None or self.lead.standing is not Standing.TAKEN:
            return Status.OFFERED if self.current else Status.UNASSIGNED
        if self.goals_edition:
            return Status.AGREED
        return Status.IN_DIALOGUE if self.sessions else Status.TAKEN

    @property
    def lead(self) -> Offer | None:
        """The department that leads, or is asked to."""
        return next((one for one in self.current if one.part is Part.LEAD), None)

    @property
    def in_charge(self) -> tuple[Offer, ...]:
        """Of the departments that have it (担当課)."""
        return tuple(one for one in self.offers.values() if one.standing is Standing.TAKEN)

    @property
    def current(self) -> tuple[Offer, ...]:
        """Of the departments that are asked, or have it: who is asked sees it while an answer is waited for."""
        is_over = self.withdrawn_on is not None or (self.decided is not None and self.decided.is_answered)
        standings = {Standing.TAKEN} if is_over else {Standing.OFFERED, Standing.TAKEN}
        return tuple(one for one in self.offers.values() if one.standing in standings)

    def edition_by(self, wanted: UUID) -> tuple[UUID, int] | None:
        """The session and the edition of its minutes that have this id (`edition_id`), None where none of them has."""
        editions = ((session, n) for session, one in self.sessions.items() for n in range(1, one.edition + 1))
        return next((found for found in editions if edition_id(*found) == wanted), None)

    @property
    def people(self) -> frozenset[UUID]:
        """Everybody who has to do with it now."""
        officers = (one.officer_id for one in self.in_charge)
        return self.deputies | {one for one in (self.accompanied_by, *officers) if one is not None}
