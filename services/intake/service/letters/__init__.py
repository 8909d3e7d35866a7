"""The letters' window: composed, approved, posted, and what came back."""

from services.intake.service.letters.approving import ApprovingWindow
from services.intake.service.letters.composing import ComposingWindow
from services.intake.service.letters.outcomes import OutcomeWindow
from services.intake.service.letters.reading import ReadingWindow

__all__ = ["LetterWindow"]


class LetterWindow(ComposingWindow, ApprovingWindow, ReadingWindow, OutcomeWindow):
    """What the desk does with letters."""
