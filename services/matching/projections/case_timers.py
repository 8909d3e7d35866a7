"""The timers of cases: what was kept is looked at again on its day, and where nobody is in touch somebody is reminded.

Each handler folds the case up to its event: so a contact that becomes known later than a newer one changes nothing,
and the timers are the same when they are built again.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from desk.timers import clear_timer, set_timer
from desk.turns import Turn
from eventstore.following.subscriptions import On
from eventstore.records import Recorded, StreamId
from eventstore.store import EventStore
from services.matching.domain.case import CASE, Case
from services.matching.domain.case.decider import BY_ITSELF
from services.matching.domain.case.people import NoteSilence

KEPT_DUE: Final = "kept_case_due"
SILENCE: Final = "case_silence"


def case_after(store: EventStore, stream: StreamId, event_id: UUID) -> Case:
    """A case as it stood after an event of its own."""
    events = store.load_closed(stream)
    last = next(n for n, one in enumerate(events) if one.id == event_id)
    case: Case = CASE.fold(events[: last + 1])
    return case


def on_contact(turn: Turn, recorded: Recorded) -> None:
    """From the day of the last contact on, for as many days as the pack says that is in force on the day of recording.

    Sets nothing where that pack has no such rule, where the proposer waits for nobody, or for a silence noted before.
    """
    rules = turn.rules.in_force(turn.rules.day_of(recorded.recorded_at)).accompaniment
    case = case_after(turn.store, recorded.stream, recorded.id)
    waits = case.status in BY_ITSELF[NoteSilence] and case.silent_since is None
    if rules is None or case.last_contact_on is None or not waits:
        clear_timer(turn, SILENCE, recorded)
        return
    silent_on = case.last_contact_on + timedelta(days=rules.silent_after_days.value + 1)
    set_timer(turn, SILENCE, turn.rules.begin_of(silent_on), recorded)


def on_proposer_answered(turn: Turn, recorded: Recorded) -> None:
    """Nobody waits any more; what was kept comes up again when its day begins."""
    clear_timer(turn, SILENCE, recorded)
    decided = case_after(turn.store, recorded.stream, recorded.id).decided
    if decided is not None and decided.kept_until is not None:
        set_timer(turn, KEPT_DUE, turn.rules.begin_of(decided.kept_until), recorded)


def on_case_resumed(turn: Turn, recorded: Recorded) -> None:
    """Somebody looks at it, and the proposer waits again."""
    clear_timer(turn, KEPT_DUE, recorded)
    on_contact(turn, recorded)


def on_kept_case_due(turn: Turn, recorded: Recorded) -> None:
    """It was noted."""
    clear_timer(turn, KEPT_DUE, recorded)


def on_case_over(turn: Turn, recorded: Recorded) -> None:
    """Nothing comes of it by itself any more."""
    clear_timer(turn, KEPT_DUE, recorded)
    clear_timer(turn, SILENCE, recorded)


CONTACTS: Final = (
    "CaseOpened", "SessionHeld", "MinutesConfirmedByProposer", "MinutesObjected", "ProposerContacted", "CaseFellSilent",
)  # fmt: skip
"""Events from which on the days without contact count, and the one that says how many there were."""
CASE_TIMERS: Final[tuple[On[Turn], ...]] = (
    *(On(name, on_contact) for name in CONTACTS),
    On("ProposerAnswered", on_proposer_answered),
    On("CaseResumed", on_case_resumed),
    On("KeptCaseDue", on_kept_case_due),
    On("CaseWithdrawn", on_case_over),
)
"""For the subscription that keeps matching's timers."""
