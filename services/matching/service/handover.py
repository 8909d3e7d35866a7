"""Handing cases over (引継ぎ): all that a person who moves has to do with, each case by itself."""

from collections import deque
from dataclasses import asdict
from typing import Any, Final
from uuid import UUID, uuid5

from desk.commands import context_of, told
from desk.forms import load_or_refuse
from desk.permissions import Permission
from eventstore.errors import NotFound, Refusal, RenkeiError, StreamConflict
from eventstore.execution import execute
from eventstore.nameko import staff_rpc
from eventstore.records import StreamId
from services.matching.domain.case import CASE
from services.matching.domain.case.people import HandOverCase, OfficerElsewhere
from services.matching.projections import CASES
from services.matching.queries.colleagues import ColleagueUnknown, departments_of, require_colleague
from services.matching.queries.people import cases_of
from services.matching.schemas.people import MOST_CASES, HandingOver, HandingOverForm
from services.matching.service.window import CaseWindow

SKIPPED: Final = (Refusal, NotFound, StreamConflict)
"""What one case may be refused with, while the others are handed over."""


class HandOverWindow(CaseWindow):
    """How cases go from one person to another."""

    @staff_rpc(permission=Permission.CASE_HAND_OVER, takes=HandingOverForm, refuses=(ColleagueUnknown,))
    def hand_over_cases(self, **arguments: Any) -> dict[str, Any]:
        """Puts one person in the place of another in many cases (引継ぎ、人事異動), whatever that one is in each.

        from_id: whose cases they are. to_id: who has them from now on. case_ids: which, 200 at most; unless named, all
        that the person has to do with, 200 handed over by each call: the same command again goes on with those that
        remain.

        In a department's place of charge (担当者) only its own people come: a case in which it would be another's is
        refused whole, with `officer_elsewhere`.

        Gives `handed_over` (`case_id` and the case's `events`; none where the person had nothing to do with it),
        `refused` (`case_id`, `code`, `message`), how many `remaining` cases a further call would hand over, and `as_of`
        as `list_cases` does: how fresh the list is in which the cases were looked up.
        """
        stated: HandingOver = load_or_refuse(HandingOverForm(), arguments)
        require_colleague(self.office.store, stated.to_id)
        departments = departments_of(self.office.store, stated.to_id, self.office.pack())
        as_of = self.office.freshness.of(CASES)
        left = deque(stated.case_ids or cases_of(self.office, stated.from_id, self.seen))
        handed_over: list[dict[str, Any]] = []
        refused: list[dict[str, Any]] = []
        while left and len(handed_over) < MOST_CASES:
            case_id = left.popleft()
            try:
                handed_over.append(
                    {"case_id": str(case_id), **self._hand_over(case_id, stated, departments, arguments)}
                )
            except SKIPPED as refusal:
                refused.append(_why_not(case_id, refusal))
        return {"handed_over": handed_over, "refused": refused, "remaining": len(left), "as_of": asdict(as_of)}

    def _hand_over(
        self, case_id: UUID, stated: HandingOver, departments: frozenset[str], arguments: dict[str, Any]
    ) -> dict[str, Any]:
        """One case. departments: the codes of who comes."""
        command_id = uuid5(stated.command_id, str(case_id))
        shown = self.shown(case_id, command_id)
        offices = {one.department for one in shown.case.in_charge if one.officer_id == stated.from_id}
        if shown.is_new and offices - departments:
            raise OfficerElsewhere
        context = context_of(self.office, self.actor, stated, arguments, command_id)
        command = HandOverCase(from_id=stated.from_id, to_id=stated.to_id, handed_over_on=self.office.today())
        return told(execute(self.office.store, CASE, StreamId(CASE.category, case_id), command, context))


def _why_not(case_id: UUID, refusal: RenkeiError) -> dict[str, Any]:
    return {"case_id": str(case_id), "code": refusal.stable_code, "message": refusal.message}
