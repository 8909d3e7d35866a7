"""Every letter of the pack is told by one service, so that no city adopts a template that nobody would ever fill."""

from collections import Counter
from typing import Final

from desk.packs.letters import PLACES, LetterCode
from services.intake.queries.letters.contents import TELLS as BY_INTAKE
from services.matching.queries.letters import TELLS as BY_MATCHING

BY_ITSELF: Final = {LetterCode.CALL_NOTICE, LetterCode.OFFER_ANSWER}
"""What intake writes in other ways than by `compose_letter`: notices by a round, answers to offers by a call."""
NOT_YET: Final[frozenset[LetterCode]] = frozenset()
"""Letters that no service writes yet, each with the reason beside it."""


def test_every_letter_is_told_by_exactly_one_service_or_named_as_not_yet() -> None:
    told = Counter([*BY_INTAKE, *BY_ITSELF, *BY_MATCHING, *NOT_YET])
    assert told == Counter(LetterCode)


def test_every_letter_has_places() -> None:
    assert PLACES.keys() == set(LetterCode)
