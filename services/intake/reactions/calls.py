"""What becomes of a call by itself: it opens and closes when its schedule says, however late that is recorded."""

from datetime import date
from typing import Final

from desk.timers import Alarm, Timer
from services.intake.domain.call import CALL
from services.intake.domain.call.commands import CloseCall, OpenCall
from services.intake.projections.call_timers import CLOSE_CALL, OPEN_CALL


def open_call(timer: Timer, _: date) -> OpenCall:
    """Opens the call at its instant; nothing follows where another instant has been decided since."""
    return OpenCall(at=timer.fires_at)


def close_call(timer: Timer, _: date) -> CloseCall:
    """Closes the call at its instant; nothing follows where it was extended since."""
    return CloseCall(at=timer.fires_at)


CALL_ALARMS: Final = {OPEN_CALL: Alarm(CALL, open_call), CLOSE_CALL: Alarm(CALL, close_call)}
"""Kind of timer → what is done."""
