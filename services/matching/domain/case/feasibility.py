"""Whether and how a proposal is carried out (実施の可否): departments speak, somebody decides, the proposer hears."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum, unique
from typing import Final, TypeAlias
from uuid import UUID

from eventstore.errors import Refusal
from eventstore.protection import Business, Deliberation, Internal, Public
from services.matching.domain.event_types import EVENTS


@unique
class View(StrEnum):
    """What a department thinks: it can be done, under conditions, or not."""

    FEASIBLE = "feasible"
    CONDITIONAL = "conditional"
    NOT_FEASIBLE = "not_feasible"


@unique
class Outcome(StrEnum):
    """What is decided of a case."""

    PARTNERSHIP = "partnership"
    DEMONSTRATION = "demonstration"
    INDIVIDUAL = "individual_implementation"
    PROCUREMENT = "procurement"
    OTHER_METHOD = "other_method"
    NO = "no"
    KEPT = "kept"


REALISED: Final = frozenset({Outcome.PARTNERSHIP, Outcome.DEMONSTRATION, Outcome.INDIVIDUAL})
"""Outcomes by which city and proposer go on together: goals are agreed before, and every department has spoken."""
UNPURSUED: Final = frozenset({Outcome.NO, Outcome.KEPT})
"""Outcomes by which nothing is carried out, and so nothing is paid."""


@EVENTS.event(category="case", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class OpinionGiven:
    """A department that has the case said what it thinks of it (S37). given_by: the member of staff."""

    offer_id: UUID
    department: Public[str]
    view: Deliberation[View]
    given_on: date
    given_by: UUID
    grounds: Deliberation[str]


@EVENTS.event(category="case", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class FeasibilityDecided:
    """A named person decided whether and how the proposal is carried out (実施の可否の決定).

    decision: 1 for the first; a later one takes its place. city_cost_yen: what the city pays, 0 where nothing.
    needs_open_call: whether fairness asks for a public call (公募) whatever the cost. procurement_reference: of the
    tender or call by which the partner was or will be chosen. expenses_cap_yen and the fields beginning with
    `expenses_`: the exception for actual expenses on policy judgement (実費程度の予算措置, S47), None without. method:
    code of another method in the pack. kept_until: when it is looked at again. call_id: the call of intake that follows
    from a procurement (S35), where there is one by then. explanation: the reason, as the proposer
    will read it. decided_by: the member of staff; approver, approval_reference, delegation: as of letters (決裁).
    """

    decision: int
    outcome: Outcome
    decided_on: date
    decided_by: UUID
    city_cost_yen: Deliberation[int]
    needs_open_call: bool
    expenses_cap_yen: Deliberation[int | None]
    method: Public[str | None]
    kept_until: date | None
    call_id: UUID | None
    procurement_reference: Internal[str | None]
    expenses_approver: Internal[str | None]
    expenses_reason: Deliberation[str | None]
    explanation: Business[str]
    approver: Internal[str]
    approval_reference: Internal[str]
    delegation: Internal[str | None]


@EVENTS.event(category="case", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class ProposerAnswered:
    """A letter that tells the decision with its reason went out. letter_id: in matching's letters.

    proposal_id, outcome: for those who follow what became of a proposal.
    """

    proposal_id: UUID
    decision: int
    outcome: Outcome
    letter_id: UUID
    answered_on: date


@EVENTS.event(category="case", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCaseDue:
    """The day until which a case was kept has come: somebody has to look at it again."""

    kept_until: date


@EVENTS.event(category="case", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResumed:
    """A case that was kept, or whose proposer has not been answered yet, is looked at again (検討の再開).

    It stands where it stood before the decision.
    """

    resumed_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveOpinion:
    """Say what a department thinks."""

    offer_id: UUID
    view: View
    given_on: date
    given_by: UUID
    grounds: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expenses:
    """The exception for actual expenses (S47): who approved it, up to what, and why."""

    cap_yen: int
    approver: str = field(repr=False)
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideFeasibility:
    """Decide. The fields are those of the event; expenses: the exception, None without.

    methods: the codes of other methods in the pack in force; one of them is named where there are any. today: what is
    kept is kept until a day after it, whenever that was decided.
    """

    today: date
    outcome: Outcome
    decided_on: date
    decided_by: UUID
    city_cost_yen: int
    needs_open_call: bool
    expenses: Expenses | None
    method: str | None
    methods: frozenset[str]
    kept_until: date | None
    call_id: UUID | None
    procurement_reference: str | None = field(repr=False)
    explanation: str = field(repr=False)
    approver: str = field(repr=False)
    approval_reference: str = field(repr=False)
    delegation: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerProposer:
    """Record that the letter which tells a decision went out."""

    decision: int
    letter_id: UUID
    answered_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteKeptDue:
    """Note that the day has come, if the case is still kept until then."""

    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeCase:
    """Look at a case again that was kept, or decided and not answered yet."""

    resumed_on: date


FeasibilityEvent: TypeAlias = OpinionGiven | FeasibilityDecided | ProposerAnswered | KeptCaseDue | CaseResumed
FeasibilityCommand: TypeAlias = GiveOpinion | DecideFeasibility | AnswerProposer | NoteKeptDue | ResumeCase


class OpinionsMissing(Refusal):
    """A department that has the case, or is asked, has not said what it thinks."""

    code = "opinions_missing"
    sentence = "担当課の回答がそろっていません。すべての担当課の意見を得るか、打診を取り下げてください。"


class DecidedByItself(Refusal):
    """Who gave an opinion for a department that leads or led the case does not decide upon it (B16)."""

    code = "sign_off_by_same_person"
    sentence = "主担当課の意見を述べた人は、実施の可否を決定できません。別の人が決定してください。"


class ProcurementRequired(Refusal):
    """Where the city pays or fairness asks for a call, a tender, a call or the method's procedure comes first (S14)."""

    code = "procurement_required"
    sentence = "市の費用負担または公募の必要があるため、入札・公募の手続の番号がなければ決定できません。"


class ExpensesUnfit(Refusal):
    """Actual expenses are paid for a demonstration, up to the cap that was approved, never in the place of a call."""

    code = "expenses_unfit"
    sentence = "実費の予算措置は、公募の必要がない実証実験について、承認された上限額までに限ります。"


class KeptUntilUnfit(Refusal):
    """What is kept has a day to come; nothing else has one."""

    code = "kept_until_unfit"
    sentence = "時期を改めて検討する案件にだけ、明日以後の日を指定してください。"


class ProcurementUnnamed(Refusal):
    """What goes to procurement names the tender or call."""

    code = "procurement_unnamed"
    sentence = "入札・公募による場合は、その手続の番号を記録してください。"


class CallUnfit(Refusal):
    """Only what goes to procurement has a call that follows from it (S35)."""

    code = "call_unfit"
    sentence = "募集は、入札・公募による場合にだけ指定できます。"


class MethodUnfit(Refusal):
    """Another method is named by its code in the pack, where the pack has any; nothing else names one."""

    code = "method_unfit"
    sentence = "ほかの手法による場合にだけ、運用ルールにある手法を指定してください。"
