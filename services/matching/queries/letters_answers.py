"""The letters that answer a proposer: which one tells a decision, and what it tells, in the words of that decision."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from desk.letters.occasions import Contents, Occasion, Tells
from desk.letters.refusals import LetterNotDue
from desk.letters.texts import Value
from desk.letters.wording import with_method
from desk.packs import Pack
from desk.packs.letters import LetterCode
from eventstore.records import Recorded
from services.matching.domain.case import CASE, Status
from services.matching.domain.case.feasibility import FeasibilityDecided, Outcome
from services.matching.projections.case_sentences import OUTCOMES

NOT_DUE: Final = "この案件では、この回答の文書を送る決定がされていません。"
TEMPLATES: Final = {Outcome.NO: LetterCode.DECLINED_ANSWER, Outcome.KEPT: LetterCode.KEPT_ANSWER}
"""Outcome → the letter that tells it; `FEASIBILITY_ANSWER` tells the others."""
ANSWERS: Final = frozenset({LetterCode.FEASIBILITY_ANSWER, *TEMPLATES.values()})
NEXT: Final[Mapping[Outcome, str]] = {
    Outcome.PARTNERSHIP: "この後、協定などの内容と進め方について、担当する部署からご相談します。",
    Outcome.DEMONSTRATION: "この後、実証実験の方法と時期について、担当する部署からご相談します。",
    Outcome.INDIVIDUAL: "この後、実施の方法と時期について、担当する部署からご相談します。",
    Outcome.PROCUREMENT: (
        "この後、入札・公募の手続により、実施する事業者を選びます。手続の内容と日程は、始めるときに市が公表します。"
    ),
    Outcome.OTHER_METHOD: "この後の進め方について、担当する部署からご連絡します。",
}
"""What comes next. Of a tender or call the proposer hears before it is published, and no more than everybody will."""


def template_of(decided: FeasibilityDecided) -> LetterCode:
    """The letter that tells a decision."""
    return TEMPLATES.get(decided.outcome, LetterCode.FEASIBILITY_ANSWER)


def answer_to(decided: FeasibilityDecided, pack: Pack) -> Mapping[str, Value]:
    """What that letter tells. pack: that under which it was decided. Raises `Closed` where it cannot be opened."""
    values: dict[str, Value] = {"decided_on": decided.decided_on, "explanation": decided.explanation.reveal()}
    if decided.kept_until is not None:
        values["kept_until"] = decided.kept_until
    if template_of(decided) is LetterCode.FEASIBILITY_ANSWER:
        values |= {
            "outcome": with_method(OUTCOMES[decided.outcome], pack, decided.method),
            "next": NEXT[decided.outcome],
        }
    return values


def standing_decision(events: Sequence[Recorded]) -> Recorded:
    """The decision that stands in a case, by its events. Raises `LetterNotDue` where none does, or it is withdrawn."""
    case = CASE.fold(events)
    if case.decided is not None and case.status is not Status.WITHDRAWN:
        standing: Recorded = next(one for one in reversed(events) if isinstance(one.event, FeasibilityDecided))
        return standing
    raise LetterNotDue(NOT_DUE)


def answer_by(template: LetterCode) -> Callable[[Occasion], Contents]:
    """What a letter of this kind tells of the decision that stands. Raises `LetterNotDue` where another tells it."""

    def contents(occasion: Occasion) -> Contents:
        recorded = standing_decision(occasion.events)
        decided: FeasibilityDecided = recorded.event
        if template_of(decided) is not template:
            raise LetterNotDue(NOT_DUE)
        return Contents(values=answer_to(decided, occasion.pack_of(recorded)))

    return contents


TELL_ANSWERS: Final[Tells] = {template: answer_by(template) for template in ANSWERS}
"""What each letter that answers a proposer tells."""
