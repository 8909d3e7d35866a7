"""The window where it is recorded what city and proposer agreed on."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from desk.forms import Problem, load_or_refuse, refuse
from desk.permissions import Permission
from eventstore.nameko import staff_rpc
from services.matching.domain.case.days import BeforeItBegan
from services.matching.domain.case.decider import standing_refusals
from services.matching.domain.case.dialogue import SessionUnknown
from services.matching.domain.case.goals import AgreeGoals, Goal, MinutesUnconfirmed
from services.matching.domain.case.people import NotInCharge
from services.matching.schemas.goals import WORDS, Agreement, AgreementForm
from services.matching.service.officers import OfficerWindow


class GoalsWindow(OfficerWindow):
    """Goals, roles and merits (目標・役割分担・メリット)."""

    @staff_rpc(
        permission=Permission.CASE_WORK,
        conceals=True,
        takes=AgreementForm,
        refuses=(*standing_refusals(AgreeGoals), NotInCharge, SessionUnknown, MinutesUnconfirmed, BeforeItBegan),
        problems=("in_the_future", "not_to_come"),
    )
    def agree_goals(self, **arguments: Any) -> dict[str, Any]:
        """Records what city and proposer agreed on (目標・役割分担の合意), as minutes say that both have confirmed.

        case_id: as `list_cases` gives it. session_id: the session whose minutes say so. agreed_on: today unless said,
        no day before that session. goals: at least one, each with `indicator`, `baseline`, `target` and `due_on`, a day
        after the agreement. roles, merits: of `city` and `proposer`, and of `citizens` where they have any.

        What was agreed before stays on record; from now on this stands. Said by a department that has taken the case,
        or by the desk.

        Gives the event.
        """
        stated: Agreement = load_or_refuse(AgreementForm(), arguments)
        shown = self.shown(stated.case_id, stated.command_id)
        self.require_in_charge(shown)
        agreed_on = self.day(stated.agreed_on, "agreed_on", WORDS)
        if shown.is_new:
            _require_to_come(stated.goals, agreed_on)
        command = AgreeGoals(
            session_id=stated.session_id,
            agreed_on=agreed_on,
            goals=stated.goals,
            roles=stated.roles,
            merits=stated.merits,
        )
        return self.on_case(stated, command, arguments)


def _require_to_come(goals: Sequence[Goal], agreed_on: date) -> None:
    late = (n for n, goal in enumerate(goals) if goal.due_on <= agreed_on)
    refuse(Problem("not_to_come").at(f"goals.{n}.due_on", WORDS) for n in late)
