"""Ranks departments by a proposal's words: by their duties (BM25), and by who led earlier cases with the same words.

The constants were chosen by the half of the sample proposals that is for tuning (benchmarks/matching); BM25 after
Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import log
from typing import Final

from services.matching.domain.case.assignment import Ground, RankingTerm, Suggested
from services.matching.suggesting.words import Word

SATURATION, LENGTH = 1.2, 0.75
"""BM25's k1 and b, at their usual values."""
SYNONYM: Final = 0.7
"""What a synonym of a duty's word counts, against the word itself."""
EARLIER: Final = 2.0
"""What a word counts of which every earlier case was led by the department, and none by another."""
DOUBT: Final = 4.0
"""As many cases without a lead are added to those of a word: what happened once proves little."""
FEW: Final = 20.0
"""As many are added to all cases: how few departments there have been at the beginning proves little either."""
AT_MOST, LITTLE = 0.75, 4.0
"""What all words together may count by earlier cases: a part of what duties say for the department to which they point
most; where that is less than two or three words say, as much as these."""
TERMS_TOLD: Final = 8
SCALE: Final = 1_000


@dataclass(frozen=True)
class Duties:
    """What departments have to do, in words. of: department → the words of its name and duties."""

    of: Mapping[str, Sequence[Word]] = field(repr=False)

    def weight(self, department: str, word: Word) -> float:
        """What a word says for a department by its duties: by the word itself, or a synonym if that says more."""
        alike = (SYNONYM * self._weight(department, group) for group in word.groups)
        return max(self._weight(department, word.form), *alike, 0.0)

    def _weight(self, department: str, key: str | int) -> float:
        count = self._counts[department][key]
        if not count:
            return 0.0
        holding = self._holding[key]
        rarity = log(1 + (len(self.of) - holding + 0.5) / (holding + 0.5))
        length = len(self.of[department]) / self._usual_length
        return rarity * count * (SATURATION + 1) / (count + SATURATION * (1 - LENGTH + LENGTH * length))

    @cached_property
    def _counts(self) -> Mapping[str, Counter[str | int]]:
        """How often each word and group of synonyms stands in each department's duties."""
        return {
            department: Counter(key for word in words for key in word.keys) for department, words in self.of.items()
        }

    @cached_property
    def _holding(self) -> Counter[str | int]:
        """In how many departments' duties each stands."""
        return Counter(key for counts in self._counts.values() for key in counts)

    @cached_property
    def _usual_length(self) -> float:
        return sum(map(len, self.of.values())) / len(self.of)


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierCases:
    """Who led earlier cases. led: word → department → how many cases of it. in_all: department → how many cases."""

    led: Mapping[str, Mapping[str, int]]
    in_all: Mapping[str, int]

    def weight(self, department: str, word: Word) -> float:
        """What a word says for a department: by how much more often it led cases with this word than cases at all."""
        led = self.led.get(word.form, {})
        if department not in led:
            return 0.0
        share = led[department] / (sum(led.values()) + DOUBT)
        usual = self.in_all[department] / (sum(self.in_all.values()) + FEW)
        return EARLIER * max(0.0, share - usual)

    def weights(self, department: str, words: Iterable[Word], at_most: float) -> Mapping[str, float]:
        """What each word says for a department, by its form; all in proportion where together it is more than that."""
        weights = {word.form: self.weight(department, word) for word in words}
        in_all = sum(weights.values())
        return {form: weight * at_most / in_all for form, weight in weights.items()} if in_all > at_most else weights


NO_EARLIER_CASES: Final = EarlierCases(led={}, in_all={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A department of a suggestion, and the words that made its rank, heaviest first."""

    suggested: Suggested
    terms: tuple[RankingTerm, ...] = field(repr=False)


def ranked(words: Iterable[Word], duties: Duties, earlier: EarlierCases, limit: int) -> tuple[Ranked, ...]:
    """The departments that a proposal's words point to, best first, as many as `limit`; none that nothing points to.

    Earlier cases count for a department less than duties do for that to which they point most: what many proposals
    have in common, and says nothing, does not add up to what the duties say.
    """
    distinct = frozenset(words)
    by_duties = {
        department: {word.form: duties.weight(department, word) for word in distinct} for department in duties.of
    }
    at_most = max((LITTLE, *(AT_MOST * sum(weights.values()) for weights in by_duties.values())))
    found = (
        _ranked(department, weights, earlier.weights(department, distinct, at_most))
        for department, weights in by_duties.items()
    )
    pointed_to = (one for one in found if one.suggested.score > 0)
    return tuple(sorted(pointed_to, key=lambda one: (-one.suggested.score, one.suggested.department))[:limit])


def _ranked(department: str, by_duties: Mapping[str, float], by_earlier: Mapping[str, float]) -> Ranked:
    totals = {form: weight + by_earlier[form] for form, weight in by_duties.items()}
    heaviest = sorted((form for form in totals if totals[form] > 0), key=lambda form: (-totals[form], form))
    grounds = ((Ground.DUTIES, by_duties), (Ground.EARLIER_CASES, by_earlier))
    terms = (
        RankingTerm(term=form, grounds=tuple(ground for ground, weights in grounds if weights[form] > 0))
        for form in heaviest[:TERMS_TOLD]
    )
    score = round(SCALE * sum(totals.values()))
    return Ranked(suggested=Suggested(department=department, score=score), terms=tuple(terms))
