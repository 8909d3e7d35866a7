"""The timers of obligations: from 00:00 of the day after its date one that was not done is overdue."""

from datetime import timedelta
from typing import Final

from desk.timers import clear_timer, set_timer
from desk.turns import Turn
from eventstore.following.subscriptions import On
from eventstore.records import Recorded
from services.matching.domain.obligation.events import ObligationDueChanged, ObligationUndertaken

OBLIGATION_OVERDUE: Final = "obligation_overdue"
"""Kind of these timers."""


def on_due(turn: Turn, recorded: Recorded) -> None:
    """A timer for the end of the last day."""
    due: ObligationUndertaken | ObligationDueChanged = recorded.event
    set_timer(turn, OBLIGATION_OVERDUE, turn.rules.begin_of(due.due_on + timedelta(days=1)), recorded)


def on_not_due(turn: Turn, recorded: Recorded) -> None:
    """No timer: it was noted already, or nothing is owed."""
    clear_timer(turn, OBLIGATION_OVERDUE, recorded)


OBLIGATION_TIMERS: Final[tuple[On[Turn], ...]] = (
    On("ObligationUndertaken", on_due),
    On("ObligationDueChanged", on_due),
    On("ObligationOverdue", on_not_due),
    On("ObligationFulfilled", on_not_due),
    On("ObligationReleased", on_not_due),
)
"""For the subscription that keeps matching's timers."""
