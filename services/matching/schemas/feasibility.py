"""What is stated where departments give their opinion, and where somebody decides whether and how."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final
from uuid import UUID

from desk.forms import Form, Part, optional
from desk.forms.fields import LINE, PARAGRAPH, TEXT, Choice, Day, Id, Line, Text, Yen, YesNo
from services.matching.domain.case.feasibility import Expenses, Outcome, View
from services.matching.schemas.cases import OfCase, OfCaseForm
from services.matching.schemas.words import WORDS as CASE_WORDS

WORDS: Final = replace(
    CASE_WORDS,
    labels={
        **CASE_WORDS.labels,
        "offer_id": "打診ID",
        "view": "実施の可否についての意見",
        "given_on": "意見を述べた日",
        "grounds": "意見の理由",
        "outcome": "決定の内容",
        "decided_on": "決定した日",
        "city_cost_yen": "市の負担額",
        "needs_open_call": "公募の必要",
        "expenses": "実費の予算措置",
        "expenses.cap_yen": "実費の上限額",
        "expenses.approver": "実費の予算措置の決裁者",
        "expenses.reason": "実費の予算措置の理由",
        "method": "手法",
        "kept_until": "改めて検討する日",
        "call_id": "募集のID",
        "procurement_reference": "入札・公募の手続の番号",
        "explanation": "決定の理由",
        "approver": "決裁者",
        "approval_reference": "決裁番号",
        "delegation": "専決の根拠",
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion(OfCase):
    """What a department thinks, why, and since when: None where it says so today."""

    offer_id: UUID
    view: View
    given_on: date | None
    grounds: str = field(repr=False)


class OpinionForm(OfCaseForm):
    """`give_opinion`."""

    makes = Opinion
    words = WORDS
    offer_id = Id(required=True)
    view = Choice(View, required=True)
    given_on = optional(Day())
    grounds = Text(TEXT, required=True)


class ExpensesForm(Form):
    """The exception for actual expenses (実費程度の予算措置)."""

    makes = Expenses
    words = WORDS
    cap_yen = Yen(required=True)
    approver = Line(LINE, required=True)
    reason = Text(PARAGRAPH, required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(OfCase):
    """The decision, by the names of its command; decided_on: None where it was today."""

    outcome: Outcome
    decided_on: date | None
    city_cost_yen: int
    needs_open_call: bool
    expenses: Expenses | None
    method: str | None
    kept_until: date | None
    call_id: UUID | None
    procurement_reference: str | None = field(repr=False)
    explanation: str = field(repr=False)
    approver: str = field(repr=False)
    approval_reference: str = field(repr=False)
    delegation: str | None = field(repr=False)


class DecisionForm(OfCaseForm):
    """`decide_feasibility`."""

    makes = Decision
    words = WORDS
    outcome = Choice(Outcome, required=True)
    decided_on = optional(Day())
    city_cost_yen = Yen(required=True)
    needs_open_call = YesNo(required=True)
    expenses = optional(Part(ExpensesForm))
    method = optional(Line(LINE))
    kept_until = optional(Day())
    call_id = optional(Id())
    procurement_reference = optional(Line(LINE))
    explanation = Text(TEXT, required=True)
    approver = Line(LINE, required=True)
    approval_reference = Line(LINE, required=True)
    delegation = optional(Line(LINE))
