"""What intake's letters take from the record: whom they go to, and what of a matter they tell."""

from typing import Final

from desk.letters.listing import LetterList
from services.intake.projections.letters import LETTERS
from services.intake.queries.letters.contents import MATTERS, contents, require_due
from services.intake.queries.letters.correspondents import Correspondent, correspondent
from services.intake.queries.letters.ideas import unanswered_use
from services.intake.queries.letters.occasion import Contents, Occasion

__all__ = [
    "LETTER_LIST",
    "MATTERS",
    "Contents",
    "Correspondent",
    "Occasion",
    "contents",
    "correspondent",
    "require_due",
    "unanswered_use",
]

LETTER_LIST: Final = LetterList.of(LETTERS)
