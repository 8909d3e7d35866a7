"""What is stated where departments are to be suggested."""

from dataclasses import dataclass
from typing import Final

from desk.forms import Words
from desk.forms.fields import Whole
from services.matching.schemas import words
from services.matching.schemas.cases import OfCase, OfCaseForm

USUALLY, AT_MOST = 5, 20
"""Departments."""
WORDS: Final = Words(labels={**words.WORDS.labels, "limit": "候補の数"}, sentences=words.WORDS.sentences)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggesting(OfCase):
    """For which case, and how many departments at most."""

    limit: int


class SuggestingForm(OfCaseForm):
    """`suggest_departments`."""

    makes = Suggesting
    words = WORDS
    limit = Whole(1, AT_MOST, load_default=USUALLY)
