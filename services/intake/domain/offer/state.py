"""Where an offer stands, and what its events make of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum, unique
from typing import assert_never

from services.intake.domain.offer.events import (
    OfferAnswered,
    OfferClosed,
    OfferEvent,
    OfferLapsed,
    OfferPosted,
    OfferWithdrawn,
)


@unique
class Standing(StrEnum):
    """Where an offer stands on a day."""

    ABSENT = "absent"
    OPEN = "open"
    LAPSED = "lapsed"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What later decisions need to know of an offer.

    recorded: as the last event left it. answers: the last of each department.
    """

    recorded: Standing = Standing.ABSENT
    until: date | None = None
    answers: Mapping[str, OfferAnswered] = field(default_factory=dict)

    def standing(self, day: date) -> Standing:
        """Where it stands on a day: an open one lapses after its last day, whether or not anybody noted that."""
        is_over = self.recorded is Standing.OPEN and self.until is not None and day > self.until
        return Standing.LAPSED if is_over else self.recorded


def evolve(offer: Offer, event: OfferEvent) -> Offer:
    """The offer after an event."""
    match event:
        case OfferPosted():
            return Offer(recorded=Standing.OPEN, until=event.until)
        case OfferAnswered():
            return replace(offer, answers={**offer.answers, event.department: event})
        case OfferLapsed():
            return replace(offer, recorded=Standing.LAPSED)
        case OfferClosed():
            return replace(offer, recorded=Standing.CLOSED)
        case OfferWithdrawn():
            return replace(offer, recorded=Standing.WITHDRAWN)
        case _:
            assert_never(event)
