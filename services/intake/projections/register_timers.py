"""The timers of measures: a period begins and ends at 00:00 of its days by itself, in the city's time zone."""

from datetime import timedelta
from typing import Final

from desk.timers import clear_timer, set_timer
from desk.turns import Turn
from eventstore.following.subscriptions import On
from eventstore.records import Recorded
from services.intake.domain.register_entry import MeasureCorrected, MeasureEntered, Standing

BEGIN_MEASURE, END_MEASURE = "begin_measure", "end_measure"


def on_measure_stated(turn: Turn, recorded: Recorded) -> None:
    """What of the stated period is yet to come, instead of what was stated before."""
    stated: MeasureEntered | MeasureCorrected = recorded.event
    on_measure_lifted(turn, recorded)
    if stated.standing is Standing.COMING:
        set_timer(turn, BEGIN_MEASURE, turn.rules.begin_of(stated.from_day), recorded)
    if stated.standing is not Standing.OVER and stated.until_day is not None:
        set_timer(turn, END_MEASURE, turn.rules.begin_of(stated.until_day + timedelta(days=1)), recorded)


def on_measure_begun(turn: Turn, recorded: Recorded) -> None:
    """It has begun."""
    clear_timer(turn, BEGIN_MEASURE, recorded)


def on_measure_ended(turn: Turn, recorded: Recorded) -> None:
    """It is over."""
    clear_timer(turn, END_MEASURE, recorded)


def on_measure_lifted(turn: Turn, recorded: Recorded) -> None:
    """Nothing of it is to come."""
    clear_timer(turn, BEGIN_MEASURE, recorded)
    clear_timer(turn, END_MEASURE, recorded)


REGISTER_TIMERS: Final = (
    On("MeasureEntered", on_measure_stated),
    On("MeasureCorrected", on_measure_stated),
    On("MeasureBegun", on_measure_begun),
    On("MeasureEnded", on_measure_ended),
    On("MeasureLifted", on_measure_lifted),
)
"""For the subscription that keeps intake's timers."""
