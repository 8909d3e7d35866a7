"""What the city promises whoever hands something in, and by which letters it keeps that (B02).

A promise is kept by the letter that tells it, on the day on which that goes out, and not by the decision; one that
comes back later was sent all the same. An acceptance leaves the answer to the departments: matching tells when it went
out.
"""

from collections.abc import Mapping
from typing import Final

from desk.packs.codes import DeadlineCode
from desk.packs.letters import LetterCode

FIRST_CONTACT, ANSWER = DeadlineCode.FIRST_CONTACT, DeadlineCode.ANSWER_WITH_REASON
PROMISED: Final = (FIRST_CONTACT, ANSWER)
TOLD_BY: Final[Mapping[str, tuple[DeadlineCode, ...]]] = {
    LetterCode.CORRECTION_REQUEST: (FIRST_CONTACT,),
    LetterCode.INELIGIBLE_NOTICE: PROMISED,
    LetterCode.REDIRECTION_NOTICE: PROMISED,
}
"""Template of a letter → what of it is kept when that letter goes out."""
ANSWERS: Final = frozenset(template for template, kept in TOLD_BY.items() if ANSWER in kept)
"""The templates that answer a proposal with the reason."""
