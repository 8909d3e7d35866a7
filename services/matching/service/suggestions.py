"""Which departments a case might be for: suggested by words (S04). People decide whom to ask."""

from typing import Any
from uuid import uuid5

from desk.commands import context_of, told
from desk.forms import load_or_refuse
from desk.permissions import Permission
from eventstore.errors import NotFound
from eventstore.execution import execute
from eventstore.nameko import off_hub, staff_rpc
from eventstore.records import StreamId
from services.matching.domain.case import CASE
from services.matching.domain.case.assignment import SuggestDepartments
from services.matching.domain.case.decider import standing_refusals
from services.matching.queries.suggestions import (
    ProposalErased,
    duties_of,
    earlier_cases,
    opened_texts,
    told_suggestion,
)
from services.matching.schemas.suggestions import Suggesting, SuggestingForm
from services.matching.service.window import CaseWindow, Shown
from services.matching.suggesting.ranking import Ranked, ranked
from services.matching.suggesting.words import words_of


class SuggestionWindow(CaseWindow):
    """Where the desk has departments suggested."""

    @staff_rpc(
        permission=Permission.CASE_COORDINATE,
        conceals=True,
        takes=SuggestingForm,
        refuses=(*standing_refusals(SuggestDepartments), ProposalErased),
    )
    def suggest_departments(self, **arguments: Any) -> dict[str, Any]:
        """Ranks departments for a case by their duties and by the earlier cases that they lead; it assigns nothing.

        case_id: as `list_cases` gives it. limit: how many departments at most, 5 unless named. reason: why, kept with
        the opening too: title, summary and problem of the proposal are opened, once it is on record who opens them.

        Gives the event, `suggestion_id` (for `offer_case`), `suggested_on`, and `departments`, best first: each with
        `department`, `name`, `score` (comparable within this suggestion only) and `terms`: the words of the proposal
        that made its rank, heaviest first, each with `grounds`, where it stood (`duties`, `earlier_cases`). Departments
        that no word points to are left out.
        """
        stated: Suggesting = load_or_refuse(SuggestingForm(), arguments)
        ranking = self._ranked(stated, self.shown(stated.case_id, stated.command_id))
        command = SuggestDepartments(
            suggestion_id=uuid5(stated.command_id, "suggestion"),
            suggested_on=self.office.today(),
            ranking=tuple(one.suggested for one in ranking),
            terms=tuple(one.terms for one in ranking),
        )
        context = context_of(self.office, self.actor, stated, arguments)
        stream = StreamId(CASE.category, stated.case_id)
        expected = stated.expected_version
        outcome = execute(self.office.store, CASE, stream, command, context, expected_version=expected)
        return {**told(outcome), **told_suggestion(self.office, outcome.recorded[0])}

    def _ranked(self, stated: Suggesting, shown: Shown) -> tuple[Ranked, ...]:
        """What is suggested of the proposal as it stands; a suggestion that was made before is told as it was made."""
        proposal_id = shown.case.proposal_id
        if proposal_id is None:
            raise NotFound
        texts = opened_texts(self.office, proposal_id, self.actor, stated.reason)
        if not shown.is_new:
            return ()
        pack = self.office.pack()
        words = off_hub(words_of, texts)
        return off_hub(ranked, words, off_hub(duties_of, pack), earlier_cases(self.office, pack, words), stated.limit)
