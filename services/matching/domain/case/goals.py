"""What both sides agree before feasibility is decided: goals, roles and merits (S08, S09), by minutes of both."""

from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias
from uuid import UUID

from eventstore.errors import Refusal
from eventstore.protection import Business
from services.matching.domain.event_types import EVENTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """One line of the goal sheet (目標シート): what is measured, where it stands, where it is to be, and by when."""

    indicator: str = field(repr=False)
    baseline: str = field(repr=False)
    target: str = field(repr=False)
    due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """What falls to the city, to the proposer and to citizens; None where nothing does."""

    city: str = field(repr=False)
    proposer: str = field(repr=False)
    citizens: str | None = field(repr=False)


@EVENTS.event(category="case", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class GoalsAgreed:
    """City and proposer agreed on goals, roles and merits, as the minutes of a session that both confirmed say.

    edition: 1 for the first; a later one takes the place of those before. session_id: that session.
    """

    edition: int
    session_id: UUID
    agreed_on: date
    goals: Business[tuple[Goal, ...]]
    roles: Business[Shares]
    merits: Business[Shares]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreeGoals:
    """Record what was agreed."""

    session_id: UUID
    agreed_on: date
    goals: tuple[Goal, ...]
    roles: Shares
    merits: Shares


GoalsEvent: TypeAlias = GoalsAgreed
GoalsCommand: TypeAlias = AgreeGoals


class MinutesUnconfirmed(Refusal):
    """What both agree stands in minutes that both have confirmed."""

    code = "minutes_unconfirmed"
    sentence = "目標と役割分担の合意は、双方が確認した議事録によって記録してください。"
