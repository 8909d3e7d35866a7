"""The timers of calls: an approved schedule opens and closes a call by itself."""

from typing import Final

from desk.timers import clear_timer, set_timer
from desk.turns import Turn
from eventstore.following.subscriptions import On
from eventstore.records import Recorded
from services.intake.domain.call.events import CallExtended, CallScheduled

OPEN_CALL, CLOSE_CALL = "open_call", "close_call"


def on_call_scheduled(turn: Turn, recorded: Recorded) -> None:
    """When it opens, and when it closes."""
    scheduled: CallScheduled = recorded.event
    set_timer(turn, OPEN_CALL, scheduled.opens_at, recorded)
    set_timer(turn, CLOSE_CALL, scheduled.closes_at, recorded)


def on_call_extended(turn: Turn, recorded: Recorded) -> None:
    """It closes later."""
    extended: CallExtended = recorded.event
    set_timer(turn, CLOSE_CALL, extended.closes_at, recorded)


def on_call_opened(turn: Turn, recorded: Recorded) -> None:
    """It has opened."""
    clear_timer(turn, OPEN_CALL, recorded)


def on_call_timers_ended(turn: Turn, recorded: Recorded) -> None:
    """It has closed, or its schedule fell with the text that it was approved for."""
    clear_timer(turn, OPEN_CALL, recorded)
    clear_timer(turn, CLOSE_CALL, recorded)


CALL_TIMERS: Final = (
    On("CallRevised", on_call_timers_ended),
    On("CallScheduled", on_call_scheduled),
    On("CallOpened", on_call_opened),
    On("CallExtended", on_call_extended),
    On("CallClosed", on_call_timers_ended),
)
"""For the subscription that keeps intake's timers."""
