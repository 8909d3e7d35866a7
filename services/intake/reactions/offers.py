"""Offers (逆提案): what a portal brings becomes one, and after its last day it lapses by itself."""

from datetime import date
from typing import Final
from uuid import UUID

from desk.packs import Pack
from desk.timers import Alarm, Timer
from services.intake.domain.offer import OFFER
from services.intake.domain.offer.commands import LapseOffer, PostOffer
from services.intake.projections.offer_timers import LAPSE_OFFER
from services.intake.queries.companies import party_rules
from services.intake.schemas.offers import SubmittedOffer


def posting(submitted: SubmittedOffer, offer_id: UUID, received_on: date, pack: Pack) -> PostOffer:
    """The command that posts it, on the legal day on which it came, by the rules of that day."""
    return PostOffer(
        offer_id=offer_id,
        offeror=submitted.offeror,
        is_registered=False,
        text=submitted.text,
        today=received_on,
        rules=party_rules(pack),
    )


def lapse(_: Timer, today: date) -> LapseOffer:
    """Records that it has lapsed; nothing follows where it was closed or withdrawn before."""
    return LapseOffer(today=today)


OFFER_ALARMS: Final = {LAPSE_OFFER: Alarm(OFFER, lapse)}
"""Kind of timer → what is done."""
