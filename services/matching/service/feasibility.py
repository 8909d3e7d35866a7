"""The window where departments give their opinion, somebody decides, and what was kept is looked at again."""

from typing import Any, Final

from desk.forms import Problem, load_or_refuse, refuse
from desk.permissions import Permission
from eventstore.nameko import staff_rpc
from services.matching.domain.case.assignment import OfferUnknown
from services.matching.domain.case.days import BeforeItBegan
from services.matching.domain.case.decider import standing_refusals
from services.matching.domain.case.feasibility import (
    CallUnfit,
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
    BeforeItBegan, OpinionsMissing, DecidedByItself, ProcurementRequired, ProcurementUnnamed, ExpensesUnfit,
    KeptUntilUnfit, CallUnfit, MethodUnfit,
)  # fmt: skip
"""What is in the way of a decision, wherever the case stands."""


class FeasibilityWindow(OfficerWindow):
    """Whether and how a proposal is carried out (実施の可否)."""

    @staff_rpc(
        permission=Permission.CASE_WORK,
        conceals=True,
        takes=OpinionForm,
        refuses=(*standing_refusals(GiveOpinion), OfferUnknown, NotInCharge, BeforeItBegan),
        problems=("in_the_future",),
    )
    def give_opinion(self, **arguments: Any) -> dict[str, Any]:
        """Records what a department that has the case thinks of it (担当課の意見); its latest opinion counts.

        An opinion is of the goals as they stand: once newer ones are agreed, every department speaks again.

        case_id: as `list_cases` gives it. offer_id: by which the department got it. view: `feasible`, `conditional` or
        `not_feasible`. grounds: why. given_on: today unless said, no day before the case was opened. reason: required
        where the desk does so for the department; of another department nobody does.

        Whoever gives the lead department's opinion does not decide upon it. A department that is merely asked has none.

        Gives the event.
        """
        stated: Opinion = load_or_refuse(OpinionForm(), arguments)
        shown = self.shown(stated.case_id, stated.command_id)
        self.require_side(stated, shown, stated.offer_id)
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
        decided_on: today unless said, no day before the case was opened. city_cost_yen: what the city pays, 0 where
        nothing. needs_open_call: whether fairness asks for a public call (公募). procurement_reference: of the tender
        or call, or of another method's own procedure; required for `procurement`, and for all but `no` and `kept`
        where the city pays or a call is needed. call_id: for `procurement` alone, the call of intake that follows,
        where there is one by then. expenses: the exception for the actual expenses of a demonstration
        (実費程度の予算措置), with `cap_yen`, `approver` and `reason`. method: for `other_method` alone, a code of the
        pack, required where the pack has any. kept_until: for `kept` alone, a day to come. explanation: the reason, as
        the proposer will read it. approver, approval_reference, delegation: who decided, 決裁番号, and the rule by
        which that person may (専決).

        Until the proposer is answered it may be decided anew. Whoever has given an opinion for the department that
        leads the case, or for one that led it, does not decide.

        Gives the event.
        """
        stated: Decision = load_or_refuse(DecisionForm(), arguments)
        shown = self.shown(stated.case_id, stated.command_id)
        methods = frozenset(self.office.pack().methods)
        if shown.is_new and stated.method is not None and stated.method not in methods:
            refuse([Problem("unknown_choice").at("method", WORDS)])
        command = DecideFeasibility(
            today=self.office.today(),
            outcome=stated.outcome,
            decided_on=self.day(stated.decided_on, "decided_on", WORDS),
            decided_by=self.actor.id,
            city_cost_yen=stated.city_cost_yen,
            needs_open_call=stated.needs_open_call,
            expenses=stated.expenses,
            method=stated.method,
            methods=methods,
            kept_until=stated.kept_until,
            call_id=stated.call_id,
            procurement_reference=stated.procurement_reference,
            explanation=stated.explanation,
            approver=stated.approver,
            approval_reference=stated.approval_reference,
            delegation=stated.delegation,
        )
        return self.on_case(stated, command, arguments)

    @staff_rpc(permission=Permission.CASE_DECIDE, takes=OfCaseForm, refuses=standing_refusals(ResumeCase))
    def resume_case(self, **arguments: Any) -> dict[str, Any]:
        """Looks at a case again that was kept for later, or decided and not answered yet (検討の再開).

        What was kept: before its day has come or after. What was decided wrongly: until the proposer is answered.

        case_id: as `list_cases` gives it. reason: why, if something is to be said.

        It stands where it stood before the decision: opinions and agreed goals still hold, and whoever was asked and
        has not answered has a new date to answer by. A letter that tells the decision does not go out any more.

        Gives the event.
        """
        stated: OfCase = self.stated(OfCaseForm(), arguments)
        return self.on_case(stated, ResumeCase(resumed_on=self.office.today()), arguments)
