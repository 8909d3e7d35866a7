"""The window where departments give their opinion, somebody decides, and what was kept is looked at again."""

from typing import Any, Final

from desk.forms import Problem, refuse
from desk.permissions import Permission
from eventstore.nameko import staff_rpc
from services.matching.domain.case.assignment import OfferUnknown
from services.matching.domain.case.decider import standing_refusals
from services.matching.domain.case.feasibility import (
    DecidedByItself,
    DecideFeasibility,
    ExpensesUnfit,
    GiveOpinion,
    KeptUntilUnfit,
    MethodUnfit,
    OpinionsMissing,
    ProcurementRequired,
    ProcurementUnnamed,
    ResumeCase,
)
from services.matching.domain.case.people import NotInCharge
from services.matching.schemas.cases import OfCase, OfCaseForm
from services.matching.schemas.feasibility import WORDS, Decision, DecisionForm, Opinion, OpinionForm
from services.matching.service.officers import OfficerWindow

GATES: Final = (
    OpinionsMissing, DecidedByItself, ProcurementRequired, ProcurementUnnamed, ExpensesUnfit, KeptUntilUnfit,
    MethodUnfit,
)  # fmt: skip
"""What is in the way of a decision, wherever the case stands."""


class FeasibilityWindow(OfficerWindow):
    """Whether and how a proposal is carried out (実施の可否)."""

    @staff_rpc(
        permission=Permission.CASE_WORK,
        conceals=True,
        takes=OpinionForm,
        refuses=(*standing_refusals(GiveOpinion), OfferUnknown, NotInCharge),
        problems=("in_the_future",),
    )
    def give_opinion(self, **arguments: Any) -> dict[str, Any]:
        """Records what a department that has the case thinks of it (担当課の意見); its latest opinion counts.

        case_id: as `list_cases` gives it. offer_id: by which the department got it. view: `feasible`, `conditional` or
        `not_feasible`. grounds: why. given_on: today unless said. reason: required where the desk does so for the
        department; of another department nobody does.

        Whoever gives the lead department's opinion does not decide upon it.

        Gives the event.
        """
        stated: Opinion = self.stated(OpinionForm(), arguments)
        self.require_side(stated, stated.offer_id)
        command = GiveOpinion(
            offer_id=stated.offer_id,
            view=stated.view,
            given_on=self.day(stated.given_on, "given_on", WORDS),
            given_by=self.actor.id,
            grounds=stated.grounds,
        )
        return self.on_case(stated, command, arguments)

    @staff_rpc(
        permission=Permission.CASE_DECIDE,
        takes=DecisionForm,
        refuses=(*standing_refusals(DecideFeasibility), *GATES),
        problems=("in_the_future",),
    )
    def decide_feasibility(self, **arguments: Any) -> dict[str, Any]:
        """Decides whether and how the proposal is carried out (実施の可否の決定); a letter tells it to the proposer.

        case_id: as `list_cases` gives it. outcome: `partnership`, `demonstration` and `individual_implementation` ask
        for agreed goals and every department's opinion; `procurement`, `other_method`, `no` and `kept` do not.
        decided_on: today unless said. city_cost_yen: what the city pays, 0 where nothing. needs_open_call: whether
        fairness asks for a public call (公募). procurement_reference: of the tender or call; without it nothing is
        realised that costs the city something or needs a call, and nothing goes to procurement. expenses: the
        exception for the actual expenses of a demonstration (実費程度の予算措置), with `cap_yen`, `approver` and
        `reason`. method: for `other_method` alone, a code of the pack. kept_until: for `kept` alone, a day after the
        decision. explanation: the reason, as the proposer will read it. approver, approval_reference, delegation: who
        decided, 決裁番号, and the rule by which that person may (専決).

        Until the proposer is answered it may be decided anew. Whoever gave the lead department's opinion does not
        decide.

        Gives the event.
        """
        stated: Decision = self.stated(DecisionForm(), arguments)
        self._require_method(stated)
        command = DecideFeasibility(
            outcome=stated.outcome,
            decided_on=self.day(stated.decided_on, "decided_on", WORDS),
            decided_by=self.actor.id,
            city_cost_yen=stated.city_cost_yen,
            needs_open_call=stated.needs_open_call,
            expenses=stated.expenses,
            method=stated.method,
            kept_until=stated.kept_until,
            procurement_reference=stated.procurement_reference,
            explanation=stated.explanation,
            approver=stated.approver,
            approval_reference=stated.approval_reference,
            delegation=stated.delegation,
        )
        return self.on_case(stated, command, arguments)

    def _require_method(self, stated: Decision) -> None:
        """Another method is one of the pack in force; of a command that was carried out before nothing is asked."""
        is_known = stated.method is None or stated.method in self.office.pack().methods
        if not is_known and self.is_new(stated):
            refuse([Problem("unknown_choice").at("method", WORDS)])

    @staff_rpc(permission=Permission.CASE_DECIDE, takes=OfCaseForm, refuses=standing_refusals(ResumeCase))
    def resume_case(self, **arguments: Any) -> dict[str, Any]:
        """Looks at a case again that was kept for later (検討の再開), before its day has come or after.

        case_id: as `list_cases` gives it. reason: why, if something is to be said.

        It stands where it stood before the decision: opinions and agreed goals still hold.

        Gives the event.
        """
        stated: OfCase = self.stated(OfCaseForm(), arguments)
        return self.on_case(stated, ResumeCase(resumed_on=self.office.today()), arguments)
