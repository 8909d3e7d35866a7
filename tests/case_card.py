"""What a clerk would keep of a case on a card: written apart from the domain, in plain words."""

from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

OPEN: Final = frozenset({"unassigned", "offered", "taken", "in_dialogue", "agreed"})
LED: Final = frozenset({"taken", "in_dialogue", "agreed"})
NOT_WITHDRAWN: Final = OPEN | {"decided", "answered", "kept"}
DRAWN: Final = {
    "suggest": OPEN,
    "offer": OPEN,
    "answer_offer": OPEN,
    "ask_no_more": NOT_WITHDRAWN | {"withdrawn"},
    "look_after": NOT_WITHDRAWN,
    "hold": LED,
    "minutes": NOT_WITHDRAWN,
    "agree": frozenset({"in_dialogue", "agreed"}),
    "opine": LED,
    "decide": OPEN | {"decided"},
    "resume": frozenset({"decided", "kept"}),
}
"""What people do → where it leads on."""
REALISED: Final = ("partnership", "demonstration", "individual_implementation")


@dataclass(slots=True)
class Asked:
    """One asking of a department. opinion_on: on which edition of the goals it has spoken last, None before."""

    department: str
    is_lead: bool
    stands: str = "offered"
    officer: UUID | None = None
    opinion_on: int | None = None


@dataclass(slots=True)
class Sheet:
    """Minutes: the newest edition, and by which each side stands."""

    edition: int = 0
    by_city: int = 0
    by_proposer: int = 0

    @property
    def is_settled(self) -> bool:
        """Whether both stand by the newest."""
        return self.edition > 0 and {self.by_city, self.by_proposer} == {self.edition}


@dataclass(slots=True)
class Card:
    """A case. decision: what was decided and stands, None without; told: whether the proposer knows.

    voices: who ever gave an opinion for a department that led.
    """

    last_contact: date
    offers: dict[UUID, Asked] = field(default_factory=dict)
    suggestions: set[UUID] = field(default_factory=set)
    sessions: dict[UUID, Sheet] = field(default_factory=dict)
    flags: set[UUID] = field(default_factory=set)
    deputies: set[UUID] = field(default_factory=set)
    voices: set[UUID] = field(default_factory=set)
    companion: UUID | None = None
    goals: int = 0
    decisions: int = 0
    decision: str | None = None
    kept_until: date | None = None
    told: bool = False
    due: bool = False
    is_silent: bool = False
    is_withdrawn: bool = False

    @property
    def lead(self) -> Asked | None:
        """Who leads, or is asked to."""
        return next((one for one in self.current if one.is_lead), None)

    @property
    def current(self) -> list[Asked]:
        """Who has it, and who is asked as long as an answer is waited for."""
        is_over = self.is_withdrawn or (self.decision is not None and self.told)
        stand = {"taken"} if is_over else {"taken", "offered"}
        return [one for one in self.offers.values() if one.stands in stand]

    @property
    def way(self) -> str:
        """How far it has come, whatever was decided."""
        if self.lead and self.lead.stands == "taken":
            return "agreed" if self.goals else "in_dialogue" if self.sessions else "taken"
        return "offered" if self.current else "unassigned"

    @property
    def status(self) -> str:
        """Where it stands."""
        if self.is_withdrawn:
            return "withdrawn"
        if self.decision is None:
            return self.way
        if not self.told:
            return "decided"
        return "kept" if self.decision == "kept" else "answered"

    @property
    def people(self) -> set[UUID]:
        """Everybody who has to do with it."""
        officers = {one.officer for one in self.current if one.officer}
        return self.deputies | officers | ({self.companion} if self.companion else set())

    @property
    def departments(self) -> list[str]:
        """Who is asked or has it."""
        return sorted(one.department for one in self.current)

    def refuses(self, what: str) -> str | None:
        """The code with which this state refuses what people do; None where it leads on."""
        return None if self.status in DRAWN[what] else f"case_{self.status}"

    def in_the_way(self, outcome: str, decider: UUID, city_cost_yen: int, reference: str | None) -> str | None:
        """The code of what is in the way of a decision."""
        if refused := self.refuses("decide"):
            return refused
        if outcome in REALISED and self.way != "agreed":
            return f"case_{self.way}"
        if outcome in REALISED and any(one.opinion_on != self.goals for one in self.current):
            return "opinions_missing"
        if decider in self.voices:
            return "sign_off_by_same_person"
        if outcome not in ("no", "kept") and city_cost_yen and not reference:
            return "procurement_required"
        return "procurement_unnamed" if outcome == "procurement" and not reference else None

    def contacted(self, day: date) -> None:
        """City and proposer were in touch on that day; what becomes known late changes nothing."""
        if day >= self.last_contact:
            self.last_contact, self.is_silent = day, False

    def handed_over(self, before: UUID, after: UUID) -> None:
        """One person in the place of another, in all that there is."""
        for one in self.offers.values():
            one.officer = after if (one.stands, one.officer) == ("taken", before) else one.officer
        if before in self.deputies:
            self.deputies = self.deputies - {before} | {after}
        self.companion = after if self.companion == before else self.companion
