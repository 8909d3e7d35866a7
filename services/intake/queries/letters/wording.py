"""Decisions in the words of a letter: rules and clauses as the pack has them, other ways, answers to claims."""

from collections.abc import Mapping, Sequence
from typing import Final

from desk.letters.wording import with_method
from desk.packs import Pack
from desk.packs.sections import Code
from services.intake.domain.exclusions import About
from services.intake.domain.proposal.changes import AnsweredClaim, ClaimAnswer
from services.intake.domain.proposal.outcomes import Destination
from services.intake.schemas.problems import LABELS

DESTINATIONS: Final[Mapping[Destination, str]] = {
    Destination.INQUIRY: "ご相談の窓口",
    Destination.CITIZENS_CHANNEL: "市民の皆さまのご意見・ご提案の窓口",
    Destination.PROCUREMENT: "市の契約（入札等）の手続",
}
ANSWERS: Final[Mapping[ClaimAnswer, str]] = {
    ClaimAnswer.LIKELY: "公開しない見込みです。",
    ClaimAnswer.PARTLY: "一部を公開しない見込みです。",
    ClaimAnswer.UNLIKELY: "公開する可能性があります。",
}


def rule_in_words(pack: Pack, about: About, rule: str, clause: str | None) -> tuple[str, str]:
    """An exclusion rule with its law, and the line of its clause, empty where it has none.

    rule, clause: the pack's codes.
    """
    rules = pack.proposer_exclusions if about is About.PROPOSER else pack.project_exclusions
    found = rules[Code(rule)]
    law = found.law.value if found.law and found.law.value not in found.text else None
    return (
        f"{found.text}（{law}）" if law else found.text,
        f"\n該当する事項：{found.clauses[Code(clause)].text}" if clause else "",
    )


def destination_in_words(pack: Pack, destination: Destination, method: str | None) -> str:
    """Another way, and where a method was named, its name and the law that it rests on."""
    return with_method(DESTINATIONS[destination], pack, method)


def claims_in_words(answers: Sequence[AnsweredClaim]) -> str:
    """Each field with how the city looks at it for the time being, and why."""
    return "\n".join(f"・{LABELS.get(one.field, one.field)}：{ANSWERS[one.answer]}{one.explanation}" for one in answers)
