"""Exclusions (対象外の要件): what the pack in force asks to have checked, and which checks hold under it.

A pack without such rules asks for nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum, unique
from typing import Final, TypeAlias

from desk.packs import Pack
from desk.packs.codes import MeasureKind
from desk.packs.proposers import Exclusion, ExclusionClause
from eventstore.errors import Refusal
from services.intake.domain.periods import PERIOD_UNFIT, require_period


@unique
class About(StrEnum):
    """Whether an exclusion concerns who proposes (連携対象とする事業者等) or what is proposed (連携対象となる事業)."""

    PROPOSER = "proposer"
    PROJECT = "project"


@unique
class Basis(StrEnum):
    """What a check rests on."""

    SELF_DECLARED = "self_declared"
    REGISTER = "register"
    INQUIRY = "inquiry"


@unique
class CheckResult(StrEnum):
    """What a check found."""

    CLEAR = "clear"
    HIT = "hit"
    UNKNOWN = "unknown"


Ground: TypeAlias = tuple[About, str, str | None]
"""What a check is about: proposer or project, the rule's code, and the clause's where the rule has clauses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What was found for one rule or clause.

    barred_from, barred_until: the period of a hit, None where it has no beginning or end. source: where it was looked
    up. grounds, decider, approval_reference: of a hit that a named person has to find.
    """

    about: About
    rule: str
    clause: str | None
    basis: Basis
    result: CheckResult
    barred_from: date | None = None
    barred_until: date | None = None
    source: str | None = field(default=None, repr=False)
    grounds: str | None = field(default=None, repr=False)
    decider: str | None = field(default=None, repr=False)
    approval_reference: str | None = field(default=None, repr=False)

    @property
    def ground(self) -> Ground:
        """What it is about."""
        return (self.about, self.rule, self.clause)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What the latest check of a ground says. barred_until: the last day of a hit, None where it has no end."""

    result: CheckResult
    barred_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A rule or clause that has to be checked, in the city's words.

    discretionary: a hit is the mayor's discretion (市長が認めるもの). at_most_years: of a period, None for no limit.
    asked_of_police: only the police can say, and what they are asked is kept apart. is_deemed: a hit says that a party
    is deemed to fall under the rule (該当すると認められる), which is the city's own finding.
    """

    text: str
    clause_text: str | None
    discretionary: bool
    at_most_years: int | None
    asked_of_police: bool
    is_deemed: bool = False


Catalogue: TypeAlias = Mapping[Ground, Asked]
"""All that has to be checked under one pack, in the pack's order."""


def asked_by(pack: Pack) -> Catalogue:
    """What a pack asks to have checked: each clause of a rule, or the rule where it has none. Nothing without rules."""
    sections = ((About.PROPOSER, pack.proposer_exclusions), (About.PROJECT, pack.project_exclusions))
    return {
        (about, rule, clause): _asked(exclusion, limit)
        for about, exclusions in sections
        for rule, exclusion in exclusions.items()
        for clause, limit in _grounds(exclusion)
    }


def _grounds(exclusion: Exclusion) -> Iterable[tuple[str | None, ExclusionClause | None]]:
    return exclusion.clauses.items() or ((None, None),)


def _asked(exclusion: Exclusion, clause: ExclusionClause | None) -> Asked:
    of_police = (exclusion.asked_of_police, clause.asked_of_police if clause else None)
    return Asked(
        text=exclusion.text,
        clause_text=clause.text if clause else None,
        discretionary=exclusion.discretionary,
        at_most_years=clause.at_most_years if clause else None,
        asked_of_police=any(said.value for said in of_police if said),
        is_deemed=clause is not None and clause.measure is MeasureKind.DEEMED,
    )


class ExclusionUnknown(Refusal):
    """The pack in force has no such rule and clause."""

    code = "exclusion_unknown"


class InquiryKeptApart(Refusal):
    """What the police were asked stands in streams of its own, of the highest protection class."""

    code = "inquiry_kept_apart"


class PeriodWithoutHit(Refusal):
    """Only where something was hit is anybody barred for a period."""

    code = "period_without_hit"


class PeriodOver(Refusal):
    """The period for which somebody was barred has ended: nobody is shut out by it any more."""

    code = "period_over"


class DiscretionUnfounded(Refusal):
    """What a named person has to find needs grounds, a decider and an approval reference (理由・決定者・決裁番号).

    That is a discretionary rule, a party deemed to fall under one, and whatever is said of a project.
    """

    code = "discretion_unfounded"


UNFIT: Final = (
    ExclusionUnknown, InquiryKeptApart, PeriodWithoutHit, PeriodOver, DiscretionUnfounded, *PERIOD_UNFIT,
)  # fmt: skip
"""What a check may be refused with."""


def require_valid(number: int, check: Check, catalogue: Catalogue, checked_on: date) -> None:
    """Raises one of `UNFIT` where a check of a day does not hold under a catalogue.

    number: its place among several, from 1.
    """
    asked = catalogue.get(check.ground)
    if asked is None:
        raise ExclusionUnknown(f"{number}件目の確認：この要件は、現在の運用ルールにありません。")
    if check.basis is Basis.INQUIRY and asked.asked_of_police:
        raise InquiryKeptApart(
            f"{number}件目の確認：警察への照会は、提案の記録には書けません。照会の記録に残してください。"
        )
    if check.result is CheckResult.HIT:
        _require_founded(number, check, asked)
        require_period(check.barred_from, check.barred_until, asked.at_most_years, of=f"{number}件目の確認：")
        if check.barred_until and check.barred_until < checked_on:
            raise PeriodOver(f"{number}件目の確認：期間がすでに終わっているため、「該当」とすることはできません。")
    elif check.barred_from or check.barred_until:
        raise PeriodWithoutHit(f"{number}件目の確認：期間は、結果が「該当」のときだけ入力してください。")


def _require_founded(number: int, check: Check, asked: Asked) -> None:
    is_found = asked.discretionary or asked.is_deemed or check.about is About.PROJECT
    if is_found and not (check.grounds and check.decider and check.approval_reference):
        raise DiscretionUnfounded(
            f"{number}件目の確認：この要件に「該当」とするには、理由・決定者・決裁番号が必要です。"
        )
