"""How alike two texts are: by the pairs of neighbouring letters that they share, as Japanese is written without blanks.

It counts letters and understands nothing: a number by which a person may decide to look, and no more.
"""

import unicodedata
from collections import Counter
from itertools import pairwise
from typing import Final, TypeAlias

Pairs: TypeAlias = Counter[str]
"""Pair of neighbouring letters → how often it stands in a text."""

NOTICEABLE: Final = 50
"""From this percentage on, two texts are worth a look: they share half of their pairs (our proposal)."""


def letter_pairs(text: str) -> Pairs:
    """The pairs of a text's letters and digits: width (NFKC), case, blanks and punctuation do not count."""
    letters = [c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum()]
    return Counter(map("".join, pairwise(letters)))


def similarity(one: Pairs, other: Pairs) -> int:
    """The share of pairs in common (Dice's coefficient), as a whole percentage, rounded down; 0 where there are none.

    100 is said only of texts that have the very same pairs.
    """
    in_all = one.total() + other.total()
    return 200 * (one & other).total() // in_all if in_all else 0
