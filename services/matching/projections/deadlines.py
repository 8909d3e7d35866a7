"""The list of matching's deadlines, and the timers of everything that happens in matching by itself."""

from typing import Final

from desk.deadlines.following import DEADLINE_TIMERS, deadline_list
from desk.letters.listing import letter_subscription
from desk.turns import Turn
from eventstore.following.subscriptions import Subscription
from services.matching.projections.case_timers import CASE_TIMERS
from services.matching.projections.obligation_timers import OBLIGATION_TIMERS

DEADLINES: Final = deadline_list("matching")
LETTERS: Final = letter_subscription("matching")
TIMERS: Final[Subscription[Turn]] = Subscription(
    name="timers", tables=("matching_timers",), on=(*DEADLINE_TIMERS, *OBLIGATION_TIMERS, *CASE_TIMERS)
)
