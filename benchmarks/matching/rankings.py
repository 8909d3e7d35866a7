"""The rankings that are compared: ours, ours with earlier cases, and counting shared words."""

from collections import Counter
from collections.abc import Sequence

from benchmarks.matching.proposals import Proposal, Rank, pack
from services.matching.queries.suggestions import duties_of
from services.matching.suggesting.ranking import NO_EARLIER_CASES, EarlierCases, ranked
from services.matching.suggesting.words import words_of


def ours(earlier: EarlierCases = NO_EARLIER_CASES) -> Rank:
    """As `suggest_departments` ranks."""
    duties = duties_of(pack())

    def rank(proposal: Proposal) -> Sequence[str]:
        found = ranked(words_of(proposal.texts), duties, earlier, len(duties.of))
        return [one.suggested.department for one in found]

    return rank


def shared_words() -> Rank:
    """By how many words of a proposal stand in a department's name and duties, equal ones in the pack's order."""
    duties = {department: {word.form for word in words} for department, words in duties_of(pack()).of.items()}

    def rank(proposal: Proposal) -> Sequence[str]:
        forms = {word.form for word in words_of(proposal.texts)}
        return sorted(duties, key=lambda department: -len(forms & duties[department]))

    return rank


def led_by_the_right(some: Sequence[Proposal]) -> EarlierCases:
    """As if these proposals had been led by the departments that are right for them."""
    led: dict[str, Counter[str]] = {}
    for one in some:
        for form in {word.form for word in words_of(one.texts)}:
            led.setdefault(form, Counter())[one.departments[0]] += 1
    return EarlierCases(led=led, in_all=Counter(one.departments[0] for one in some))
