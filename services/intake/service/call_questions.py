"""The window for questions to calls: what one asks is answered to all (S10)."""

from typing import Any
from uuid import uuid5

from desk.forms import load_or_refuse, refuse
from desk.permissions import Permission
from eventstore.errors import NotFound
from eventstore.following.freshness import NotYetFollowed, PositionParked
from eventstore.nameko import staff_rpc
from services.intake.domain.call import CALL, refusals
from services.intake.domain.call.commands import AnswerQuestion, AskQuestion
from services.intake.domain.call.events import Asker
from services.intake.queries import calls
from services.intake.schemas import Problem
from services.intake.schemas import calls as call_forms
from services.intake.schemas import consultations as forms
from services.intake.service.calls import STANDING
from services.intake.service.window import Window


class CallQuestionWindow(Window):
    """What is asked about open calls, and what all are told."""

    @staff_rpc(
        permission=Permission.CALL_DRAFT,
        takes=forms.QuestionSchema,
        refuses=STANDING,
        problems=("in_the_future",),
    )
    def ask_question(self, **arguments: Any) -> dict[str, Any]:
        """Takes down somebody's question about an open call.

        call_id: which call. question: in the asker's words. contact: who asks; nobody else learns it. asked_at: when
        the question came, if that was earlier than now; then with reason. That instant decides whether it was open.

        Gives the event and `question_id`.
        """
        stated: forms.Question = load_or_refuse(forms.QuestionSchema(), arguments)
        now = self.office.clock()
        if stated.asked_at is not None and stated.asked_at > now:
            refuse([Problem("in_the_future").at("asked_at", call_forms.WORDS)])
        question_id = uuid5(stated.command_id, "question")
        command = AskQuestion(
            question_id=question_id,
            asker_id=uuid5(stated.command_id, "asker"),
            at=stated.asked_at or now,
            question=stated.question,
            asker=Asker(contact=stated.contact, proposal_id=None),
        )
        told = self.carry_out(CALL, stated.call_id, command, stated, arguments)
        return {**told, "question_id": str(question_id)}

    @staff_rpc(
        permission=Permission.CALL_DRAFT,
        takes=forms.QuestionAnswerSchema,
        refuses=(*STANDING, refusals.QuestionUnknown, refusals.QuestionAlreadyAnswered),
    )
    def answer_question(self, **arguments: Any) -> dict[str, Any]:
        """Answers a question to all.

        call_id, question_id: as `ask_question` gave them. question: as all may read it, without who asked.
        answer: what all are told.

        Gives the event.
        """
        stated: forms.QuestionAnswer = load_or_refuse(forms.QuestionAnswerSchema(), arguments)
        command = AnswerQuestion(
            question_id=stated.question_id,
            at=self.office.clock(),
            question=stated.question,
            answer=stated.answer,
            answered_on=self.office.today(),
        )
        return self.carry_out(CALL, stated.call_id, command, stated, arguments)

    @staff_rpc(
        permission=Permission.CALL_READ,
        takes=forms.QuestionListingSchema,
        refuses=(NotFound, NotYetFollowed, PositionParked),
    )
    def list_questions(self, **arguments: Any) -> dict[str, Any]:
        """Lists the answered questions of a call: the same to everyone, without who asked.

        call_id: the call.

        Gives `items` (`question_id`, `call_id`, `question`, `answer`, `answered_on`), `after` and `as_of` as
        `list_proposals` does.
        """
        wanted: forms.QuestionListing = load_or_refuse(forms.QuestionListingSchema(), arguments)
        return calls.QUESTION_LIST.page(self.office, wanted, call_id=wanted.call_id)
