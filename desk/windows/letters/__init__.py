"""The letters' window of any service: approved, posted, looked up, and what came back.

What a letter is composed of is a service's own: it adds `compose_letter` by `LetterDesk.composed`, says by
`LetterDesk.require_approvable` whether a letter still holds, and follows its letters (`desk.letters.listing`).
"""

from typing import Final

from desk.letters.refusals import (
    LetterAddressMissing,
    LetterAlreadyComposed,
    LetterErased,
    LetterNotDue,
    LetterTemplateUnknown,
    LetterValuesUnfit,
    LetterWithoutRemedies,
)
from desk.windows.letters.approving import ApprovingWindow
from desk.windows.letters.outcomes import OutcomeWindow
from desk.windows.letters.reading import ReadingWindow
from eventstore.errors import NotFound

__all__ = ["COMPOSING_REFUSALS", "LetterWindow"]

COMPOSING_REFUSALS: Final = (
    NotFound, LetterErased, LetterNotDue, LetterTemplateUnknown, LetterValuesUnfit, LetterAddressMissing,
    LetterAlreadyComposed, LetterWithoutRemedies,
)  # fmt: skip
"""What `compose_letter` refuses with, whatever it is about."""


class LetterWindow(ApprovingWindow, ReadingWindow, OutcomeWindow):
    """What a desk does with letters once they are composed."""
