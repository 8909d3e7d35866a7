"""The timers of offers: after its last day an offer lapses by itself."""

from datetime import date
from typing import Final

from desk.letters.composing import end_of
from desk.timers import clear_timer, set_timer
from desk.turns import Turn
from eventstore.following.subscriptions import On
from eventstore.records import Recorded
from services.intake.domain.offer.events import OfferPosted

LAPSE_OFFER: Final = "lapse_offer"


def on_offer_posted(turn: Turn, recorded: Recorded) -> None:
    """When its last day is over, if it has one."""
    posted: OfferPosted = recorded.event
    if posted.until is not None:
        set_timer(turn, LAPSE_OFFER, end_of(posted.until, turn.rules.in_force(date.max).zone), recorded)


def on_offer_over(turn: Turn, recorded: Recorded) -> None:
    """It has lapsed, or nothing is left to lapse."""
    clear_timer(turn, LAPSE_OFFER, recorded)


OFFER_TIMERS: Final = (
    On("OfferPosted", on_offer_posted),
    On("OfferLapsed", on_offer_over),
    On("OfferClosed", on_offer_over),
    On("OfferWithdrawn", on_offer_over),
)
"""For the subscription that keeps intake's timers."""
