"""Words as texts are searched for them: by two characters at a time, which needs no dictionary and finds 防災.

A text is cut where it is kept, a word where it is asked for, both in one form: full width or half, capital or small.
Two texts may share every pair of characters and not the word, so that what was found is looked at once more.
"""

from typing import Final
from unicodedata import normalize

LEAST: Final = 2
"""Characters of a word that can be searched for."""


def folded(text: str) -> str:
    """The form in which texts and words are compared: NFKC without capitals, any blanks as one."""
    return " ".join(normalize("NFKC", normalize("NFKC", text).casefold()).split())


def bigrams(text: str) -> list[str]:
    """Every two characters that stand side by side within a word of a folded text, each pair once, in order."""
    return sorted({word[at : at + LEAST] for word in text.split() for at in range(len(word) - 1)})
