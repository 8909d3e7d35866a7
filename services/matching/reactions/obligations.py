"""What follows by itself for obligations: a day passes, or the case that they belong to ends.

The list names the candidates, and what is parked instead of listed is one, too; what stands in their streams decides.
What is promised in the very moment in which its case ends is recorded at a later position than that end: so each is
looked at when it is undertaken, too.
"""

from datetime import date
from typing import Final
from uuid import UUID

from desk.timers import Alarm
from desk.turns import Turn
from eventstore.errors import Unavailable
from eventstore.following.subscriptions import On, Subscription
from eventstore.records import Recorded, StreamId
from services.matching.domain.case import CASE
from services.matching.domain.case.feasibility import Outcome, ProposerAnswered
from services.matching.domain.case.opening import CaseWithdrawn
from services.matching.domain.obligation import OBLIGATION
from services.matching.domain.obligation.commands import NoteObligationOverdue, ReleaseWithCase
from services.matching.domain.obligation.decider import binds
from services.matching.domain.obligation.events import ObligationUndertaken
from services.matching.projections.obligation_timers import OBLIGATION_OVERDUE
from services.matching.projections.obligations import OBLIGATIONS


class ObligationsNotListed(Unavailable):
    """The list of obligations has not followed the log as far as this position yet."""

    code = "obligations_not_listed"


def on_case_withdrawn(turn: Turn, recorded: Recorded) -> None:
    """Nobody owes anything any more."""
    withdrawn: CaseWithdrawn = recorded.event
    _release_all(turn, recorded, withdrawn.withdrawn_on)


def on_proposer_answered(turn: Turn, recorded: Recorded) -> None:
    """A no ends what was promised for the case; any other answer leaves it as it is."""
    answered: ProposerAnswered = recorded.event
    if answered.outcome is Outcome.NO:
        _release_all(turn, recorded, answered.answered_on)


def on_undertaken(turn: Turn, recorded: Recorded) -> None:
    """Whether its case has ended meanwhile."""
    undertaken: ObligationUndertaken = recorded.event
    case = CASE.fold(turn.store.load_closed(StreamId(CASE.category, undertaken.case_id)))
    if not binds(case):
        _release(turn, recorded.stream.id, recorded, turn.rules.day_of(recorded.recorded_at))


def _release_all(turn: Turn, cause: Recorded, ended_on: date) -> None:
    """Raises `ObligationsNotListed` where events before this one are not in the list."""
    if not turn.has_followed(OBLIGATIONS.name):
        raise ObligationsNotListed("the list of obligations has not come so far")
    for stream in _candidates(turn, cause.stream):
        if OBLIGATION.fold(turn.store.load_closed(stream)).case_id == cause.stream.id:
            _release(turn, stream.id, cause, ended_on)


def _candidates(turn: Turn, case: StreamId) -> list[StreamId]:
    """What is listed of a case, and what is parked instead of listed, of any case: asked at one moment."""
    rows = turn.connection.execute(
        "SELECT obligation_id, position FROM matching_obligations WHERE case_id = %(case_id)s"
        " UNION SELECT e.stream_id, position FROM parked_positions_matching parked JOIN positions USING (position)"
        " JOIN events_matching e USING (sequence)"
        " WHERE parked.subscription = %(list)s AND e.type = 'ObligationUndertaken' ORDER BY position",
        {"case_id": case.id, "list": OBLIGATIONS.name},
    ).fetchall()
    return [StreamId(OBLIGATION.category, obligation_id) for obligation_id, _ in rows]


def _release(turn: Turn, obligation_id: UUID, cause: Recorded, ended_on: date) -> None:
    stream = StreamId(OBLIGATION.category, obligation_id)
    turn.react(OBLIGATION, stream, ReleaseWithCase(ended_on=ended_on), cause, item=str(obligation_id))


RELEASE_OBLIGATIONS: Final[Subscription[Turn]] = Subscription(
    name="release_obligations",
    on=(
        On("CaseWithdrawn", on_case_withdrawn),
        On("ProposerAnswered", on_proposer_answered),
        On("ObligationUndertaken", on_undertaken),
    ),
)
OBLIGATION_ALARMS: Final = {OBLIGATION_OVERDUE: Alarm(OBLIGATION, lambda _, today: NoteObligationOverdue(today=today))}
"""Kind of timer → what is done."""
