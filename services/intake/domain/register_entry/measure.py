"""A measure (措置): which rule of the city shuts a party out, from when and for how long, and what the rule allows.

Exclusion rules stand in the city's pack (`proposer_exclusions`); a city without any keeps no register.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum, unique
from typing import TypeAlias

from desk.packs.codes import MeasureKind
from desk.packs.proposers import Exclusion, ExclusionClause
from desk.packs.sections import Code
from eventstore.errors import Refusal
from services.intake.domain.periods import require_period


@unique
class Standing(StrEnum):
    """How a measure stands: its period is to come, runs, or is over; or it was lifted before (解除)."""

    COMING = "coming"
    BARRING = "barring"
    OVER = "over"
    LIFTED = "lifted"


def standing_on(day: date, from_day: date, until_day: date | None) -> Standing:
    """How a period stands on a day; both its days belong to it, and without a last one it goes on."""
    if until_day is not None and until_day < day:
        return Standing.OVER
    return Standing.COMING if day < from_day else Standing.BARRING


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What is entered in the register.

    rule, clause: codes of the pack; clause None where the rule has none. law: the clause with the version of its text,
    as applied. until_day: the last day, None while a fact lasts. decided_by, approval: who decided, and the reference
    of the approval (決裁), where the rule leaves it to discretion or the city itself finds that it applies. source:
    where the office has it from.
    """

    kind: MeasureKind
    rule: str
    clause: str | None
    law: str
    from_day: date
    until_day: date | None
    party_name: str = field(repr=False)
    corporate_number: str | None = field(repr=False)
    address: str | None = field(repr=False)
    source: str = field(repr=False)
    decided_by: str | None = field(repr=False)
    approval: str | None = field(repr=False)


Exclusions: TypeAlias = Mapping[Code, Exclusion]


class NoExclusionRules(Refusal):
    """The city's rules shut nobody out: there is no measure to enter."""

    code = "no_exclusion_rules"
    sentence = (
        "この市の運用ルールには、提案者を対象外とする要件の定めがありません。そのため、措置の登録は行っていません。"
    )


class RuleUnknown(Refusal):
    """The pack in force has no such rule, or the rule no such clause."""

    code = "rule_unknown"


class ClauseRequired(Refusal):
    """The rule has clauses: it is to be said which one applies."""

    code = "clause_required"
    sentence = "該当する号を選んでください。"


class KindContradictsClause(Refusal):
    """The clause is about measures that were taken and the measure is a deemed one, or the other way round."""

    code = "kind_contradicts_clause"
    sentence = "措置の区分（措置を受けている・該当すると認める）が、該当する号と合いません。"


class DiscretionUnexplained(Refusal):
    """The rule leaves it to discretion: reason, who decided and the approval's reference are to be stated."""

    code = "discretion_unexplained"
    sentence = "裁量による要件のため、理由、決定者、決裁番号を入力してください。"


class FindingUnexplained(Refusal):
    """To deem a party to fall under a rule is a finding: reason, who decided and the approval are to be stated."""

    code = "finding_unexplained"
    sentence = "「該当すると認める」のは市の判断のため、理由、決定者、決裁番号を入力してください。"


def require_allowed(measure: Measure, exclusions: Exclusions, *, has_reason: bool) -> None:
    """Raises the refusal that a city's rules have against a measure, if there is one."""
    if not exclusions:
        raise NoExclusionRules
    rule = exclusions.get(Code(measure.rule))
    if rule is None:
        raise RuleUnknown("指定された要件は、現在の運用ルールにありません。")
    clause = _clause(measure, rule)
    if clause and clause.measure not in (None, measure.kind):
        raise KindContradictsClause
    _require_explained(measure, rule, has_reason=has_reason)
    require_period(measure.from_day, measure.until_day, clause.at_most_years if clause else None)


def _require_explained(measure: Measure, rule: Exclusion, *, has_reason: bool) -> None:
    if has_reason and measure.decided_by and measure.approval:
        return
    if rule.discretionary:
        raise DiscretionUnexplained
    if measure.kind is MeasureKind.DEEMED:
        raise FindingUnexplained


def _clause(measure: Measure, rule: Exclusion) -> ExclusionClause | None:
    if measure.clause is None:
        if rule.clauses:
            raise ClauseRequired
        return None
    clause = rule.clauses.get(Code(measure.clause))
    if clause is None:
        raise RuleUnknown("指定された号は、現在の運用ルールにありません。")
    return clause
