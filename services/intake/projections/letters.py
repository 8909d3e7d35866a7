"""The list of intake's letters."""

from typing import Final

from desk.letters.listing import letter_subscription

LETTERS: Final = letter_subscription("intake")
