"""The window for proposers' ideas in calls: consulted first, used only with recorded consent (N10)."""

from typing import Any
from uuid import uuid5

from desk.forms import load_or_refuse
from desk.permissions import Permission
from eventstore.nameko import staff_rpc
from services.intake.domain.call import CALL, refusals
from services.intake.domain.call.commands import AnswerIdeaUse, RequestIdeaUse
from services.intake.queries import calls
from services.intake.schemas import calls as call_forms
from services.intake.schemas import consultations as forms
from services.intake.service.calls import STANDING
from services.intake.service.window import Window


class IdeaWindow(Window):
    """What is asked of a proposer before an idea enters a call's text, and what was said."""

    @staff_rpc(permission=Permission.CALL_DRAFT, takes=forms.UseRequestSchema, refuses=STANDING)
    def request_idea_use(self, **arguments: Any) -> dict[str, Any]:
        """Puts on record that a proposer is asked whether an idea may be used in a call's text.

        call_id: in which call. proposal_id: whose idea it is. passage: what would be used.

        Gives the event and `use_id`.
        """
        stated: forms.UseRequest = load_or_refuse(forms.UseRequestSchema(), arguments)
        self.office.reading(self.token, Permission.PROPOSAL_READ)
        use_id = uuid5(stated.command_id, "idea use")
        command = RequestIdeaUse(
            use_id=use_id,
            proposal_id=stated.proposal_id,
            is_proposal_known=calls.is_proposal_known(self.office, stated.proposal_id),
            at=self.office.clock(),
            requested_on=self.office.today(),
            passage=stated.passage,
        )
        told = self.carry_out(CALL, stated.call_id, command, stated, arguments)
        return {**told, "use_id": str(use_id)}

    @staff_rpc(
        permission=Permission.CALL_DRAFT,
        takes=forms.UseAnswerSchema,
        refuses=(
            *STANDING,
            refusals.IdeaUseUnknown,
            refusals.IdeaUseAlreadyAnswered,
            refusals.IdeaUseConditionsMissing,
        ),
        problems=("in_the_future",),
    )
    def record_idea_use_answer(self, **arguments: Any) -> dict[str, Any]:
        """Takes down what a proposer answered to staff.

        call_id, use_id: as `request_idea_use` gave them. answer: `consented`, `consented_with_conditions` or `refused`.
        conditions: what the consent depends on, only where it does. answered_on: the day of the answer, today unless
        named.

        Gives the event.
        """
        stated: forms.UseAnswer = load_or_refuse(forms.UseAnswerSchema(), arguments)
        command = AnswerIdeaUse(
            use_id=stated.use_id,
            proposal_id=None,
            answer=stated.answer,
            answered_on=self.day(stated.answered_on, "answered_on", call_forms.WORDS),
            conditions=stated.conditions,
        )
        return self.carry_out(CALL, stated.call_id, command, stated, arguments)
