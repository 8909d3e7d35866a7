"""Whose answer a date is for (担当課の回答): one begins with each asking, and anew where a case is resumed."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from services.matching.domain.case.assignment import CaseOffered
from services.matching.domain.case.decider import CASE
from services.matching.domain.case.evolution import CaseEvent
from services.matching.domain.case.feasibility import CaseResumed
from services.matching.domain.case.state import Case, Standing


def asked(event: CaseEvent, case: Case) -> Sequence[UUID]:
    """The offers that a date begins for with an event. case: after it."""
    match event:
        case CaseOffered():
            return (event.offer_id,)
        case CaseResumed():
            return [one.id for one in case.offers.values() if one.standing is Standing.OFFERED]
        case _:
            return ()


def begun(events: Iterable[CaseEvent]) -> Sequence[UUID]:
    """The offers that dates have begun for in the events of a case, in the order of the dates' numbers from 1 on."""
    offers: list[UUID] = []
    case: Case = CASE.initial
    for event in events:
        case = CASE.evolve(case, event)
        offers += asked(event, case)
    return offers
