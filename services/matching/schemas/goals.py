"""What is stated of what city and proposer agreed on: goals, roles and merits."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from marshmallow import validates_schema

from desk.forms import Form, Part, at, optional
from desk.forms.fields import LINE, PARAGRAPH, Day, Id, Line, Several, Text
from services.matching.domain.case.goals import Goal, Shares
from services.matching.schemas.cases import OfCase, OfCaseForm
from services.matching.schemas.words import WORDS as CASE_WORDS

MOST_GOALS: Final = 50
WORDS: Final = replace(
    CASE_WORDS,
    labels={
        **CASE_WORDS.labels,
        "session_id": "対話ID",
        "agreed_on": "合意した日",
        "goals": "目標",
        "goals.indicator": "成果指標",
        "goals.baseline": "現状値",
        "goals.target": "目標値",
        "goals.due_on": "達成の期日",
        "roles": "役割分担",
        "roles.city": "市の役割",
        "roles.proposer": "提案者の役割",
        "roles.citizens": "市民の役割",
        "merits": "メリット",
        "merits.city": "市のメリット",
        "merits.proposer": "提案者のメリット",
        "merits.citizens": "市民のメリット",
    },
    sentences={**CASE_WORDS.sentences, "not_to_come": "{label}には、合意した日より後の日を指定してください。"},
)


class GoalForm(Form):
    """One line of the goal sheet."""

    makes = Goal
    words = WORDS
    indicator = Line(LINE, required=True)
    baseline = Line(LINE, required=True)
    target = Line(LINE, required=True)
    due_on = Day(required=True)


class SharesForm(Form):
    """What falls to each: to citizens only where something does."""

    makes = Shares
    words = WORDS
    city = Text(PARAGRAPH, required=True)
    proposer = Text(PARAGRAPH, required=True)
    citizens = optional(Text(PARAGRAPH))


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement(OfCase):
    """What was agreed, in which session, and on which day: None where it was today."""

    session_id: UUID
    agreed_on: date | None
    goals: tuple[Goal, ...]
    roles: Shares
    merits: Shares


class AgreementForm(OfCaseForm):
    """`agree_goals`."""

    makes = Agreement
    words = WORDS
    session_id = Id(required=True)
    agreed_on = optional(Day())
    goals = Several(Part(GoalForm), limit=MOST_GOALS, required=True)
    roles = Part(SharesForm, required=True)
    merits = Part(SharesForm, required=True)

    @validates_schema
    def _require_a_goal(self, values: dict[str, Any], **_: Any) -> None:
        if not values["goals"]:
            raise at("goals", "required")
