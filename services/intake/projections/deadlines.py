"""The list of intake's deadlines, and the timers of everything that happens in intake by itself."""

from typing import Final

from desk.deadlines.following import DEADLINE_TIMERS, deadline_list
from desk.turns import Turn
from eventstore.following.subscriptions import Subscription
from services.intake.projections.call_timers import CALL_TIMERS
from services.intake.projections.offer_timers import OFFER_TIMERS
from services.intake.projections.register_timers import REGISTER_TIMERS

DEADLINES: Final = deadline_list("intake")
TIMERS: Final[Subscription[Turn]] = Subscription(
    name="timers", tables=("intake_timers",), on=(*DEADLINE_TIMERS, *CALL_TIMERS, *REGISTER_TIMERS, *OFFER_TIMERS)
)
