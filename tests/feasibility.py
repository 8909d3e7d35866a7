"""Cases for tests, as their events tell: up to where somebody decides whether and how, and decisions."""

from dataclasses import replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from eventstore.events import Event
from services.matching.domain.case.assignment import Part
from services.matching.domain.case.feasibility import DecideFeasibility, Expenses, Outcome
from services.matching.domain.event_types import EVENTS
from tests.samples import sample

DAY: Final = date(2026, 11, 22)
LEAD, SUPPORTING, SESSION = UUID(int=11), UUID(int=12), UUID(int=13)
OFFICER, COLLEAGUE, CHIEF = UUID(int=21), UUID(int=22), UUID(int=23)


def happened(type_: str, **fields: Any) -> Event:
    """An event of a case with these fields; nothing that may be left out is there besides."""
    return replace(sample(EVENTS.declared(type_, 1), sparse=True), **fields)


def offered(offer_id: UUID, part: Part) -> Event:
    """A department is asked."""
    department = f"department_{offer_id.int}"
    return happened("CaseOffered", offer_id=offer_id, department=department, part=part, offered_on=DAY)


def taken(offer_id: UUID, officer_id: UUID) -> Event:
    """It takes the case."""
    return happened("OfferTaken", offer_id=offer_id, officer_id=officer_id)


def opinion(offer_id: UUID, given_by: UUID) -> Event:
    """It says what it thinks."""
    return happened("OpinionGiven", offer_id=offer_id, given_by=given_by)


TAKEN: Final = (happened("CaseOpened", opened_on=DAY), offered(LEAD, Part.LEAD), taken(LEAD, OFFICER))
DRAFTED: Final = (
    happened("SessionHeld", session_id=SESSION, held_on=DAY),
    happened("MinutesDrafted", session_id=SESSION, edition=1),
    happened("MinutesConfirmedByCity", session_id=SESSION, edition=1),
)
SETTLED: Final = (*DRAFTED, happened("MinutesConfirmedByProposer", session_id=SESSION, edition=1, confirmed_on=DAY))
AGREED: Final = (*TAKEN, *SETTLED, happened("GoalsAgreed", session_id=SESSION, edition=1))
RIPE: Final = (*AGREED, opinion(LEAD, OFFICER))
"""A case in which everything is there that a decision to go on together asks for."""
DECISION: Final = DecideFeasibility(
    today=DAY,
    outcome=Outcome.PARTNERSHIP,
    decided_on=DAY,
    decided_by=CHIEF,
    city_cost_yen=0,
    needs_open_call=False,
    expenses=None,
    method=None,
    methods=frozenset({"naming_rights"}),
    kept_until=None,
    call_id=None,
    procurement_reference=None,
    explanation="市民の利便が高まるため。",
    approver="連携推進課長",
    approval_reference="決裁8-45",
    delegation=None,
)
EXPENSES: Final = Expenses(cap_yen=300_000, approver="市長", reason="実証に要する資材の実費")


def decision(outcome: Outcome, **changed: Any) -> DecideFeasibility:
    """A decision with what its outcome asks for."""
    asked: dict[Outcome, dict[str, Any]] = {
        Outcome.PROCUREMENT: {"procurement_reference": "調達第3号"},
        Outcome.OTHER_METHOD: {"method": "naming_rights"},
        Outcome.KEPT: {"kept_until": date(2027, 4, 1)},
    }
    return replace(DECISION, outcome=outcome, **{**asked.get(outcome, {}), **changed})


def decided(number: int, outcome: Outcome, kept_until: date | None = None) -> Event:
    """It was decided."""
    return happened("FeasibilityDecided", decision=number, outcome=outcome, decided_on=DAY, kept_until=kept_until)
