"""What intake's letters take from the record: whom they go to, and what of a matter they tell."""

from typing import Final

from desk.letters.listing import LetterList
from services.intake.projections.letters import LETTERS
from services.intake.queries.letters.approvals import require_approvable
from services.intake.queries.letters.contents import MATTERS
from services.intake.queries.letters.drafting import drafted
from services.intake.queries.letters.occasion import Occasion

__all__ = [
    "LETTER_LIST",
    "MATTERS",
    "Occasion",
    "drafted",
    "require_approvable",
]

LETTER_LIST: Final = LetterList.of(LETTERS)
