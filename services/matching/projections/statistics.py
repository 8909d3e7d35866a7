"""How departments answered when they were asked, and how long cases took: the ground of the statistics.

The first decision and the first answer count: what was kept and decided anew took no longer for that.
"""

from typing import Final

from desk.deadlines.streams_events import DeadlineExtended, DeadlineMoved, DeadlineResumed, DeadlineSet
from desk.packs.codes import DeadlineCode
from desk.turns import Turn
from eventstore.following.subscriptions import On, Subscription
from eventstore.records import Recorded
from services.matching.domain.case.assignment import CaseOffered, OfferDeclined, OfferTaken, OfferWithdrawn, Part
from services.matching.domain.case.feasibility import FeasibilityDecided, ProposerAnswered
from services.matching.domain.case.opening import CaseOpened
from services.matching.domain.case.state import Standing


def on_case_opened(turn: Turn, recorded: Recorded) -> None:
    """A row of its own."""
    opened: CaseOpened = recorded.event
    turn.connection.execute(
        "INSERT INTO matching_case_statistics (case_id, opened_on) VALUES (%s, %s)",
        (recorded.stream.id, opened.opened_on),
    )


def on_case_offered(turn: Turn, recorded: Recorded) -> None:
    """A department waits to be heard; whether it is asked to lead counts for the case."""
    offered: CaseOffered = recorded.event
    turn.connection.execute(
        "INSERT INTO matching_offer_statistics (offer_id, case_id, event_id, department, standing, offered_on)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        (
            offered.offer_id, recorded.stream.id, recorded.id, offered.department, Standing.OFFERED,
            offered.offered_on,
        ),
    )  # fmt: skip
    if offered.part is Part.LEAD:
        turn.connection.execute(
            "UPDATE matching_case_statistics SET lead_offers = lead_offers + 1 WHERE case_id = %s",
            (recorded.stream.id,),
        )


def on_deadline_set(turn: Turn, recorded: Recorded) -> None:
    """Until when a department is to answer (目標), where it is the deadline of an offer."""
    deadline: DeadlineSet = recorded.event
    if deadline.code is DeadlineCode.DEPARTMENT_ANSWER:
        turn.connection.execute(
            "UPDATE matching_offer_statistics SET deadline_id = %s, due_on = %s WHERE event_id = %s",
            (recorded.stream.id, deadline.due_on, recorded.causation_id),
        )


def on_deadline_counted(turn: Turn, recorded: Recorded) -> None:
    """It runs toward another date."""
    counted: DeadlineMoved | DeadlineResumed | DeadlineExtended = recorded.event
    turn.connection.execute(
        "UPDATE matching_offer_statistics SET due_on = %s WHERE deadline_id = %s", (counted.due_on, recorded.stream.id)
    )


def on_deadline_dropped(turn: Turn, recorded: Recorded) -> None:
    """Nobody has to answer by it: whoever had not was late until now, and is no more."""
    turn.connection.execute(
        "UPDATE matching_offer_statistics SET due_on = NULL WHERE deadline_id = %s", (recorded.stream.id,)
    )


def on_offer_taken(turn: Turn, recorded: Recorded) -> None:
    """The department has answered; whoever else takes it over there later answers nothing."""
    taken: OfferTaken = recorded.event
    _answered(turn, taken, Standing.TAKEN, taken.taken_on)


def on_offer_declined(turn: Turn, recorded: Recorded) -> None:
    """The department has answered."""
    declined: OfferDeclined = recorded.event
    _answered(turn, declined, Standing.DECLINED, declined.declined_on)


def _answered(turn: Turn, answer: OfferTaken | OfferDeclined, standing: Standing, day: object) -> None:
    turn.connection.execute(
        "UPDATE matching_offer_statistics SET standing = %s, is_awaited = false,"
        " answered_on = coalesce(answered_on, %s) WHERE offer_id = %s",
        (standing, day, answer.offer_id),
    )


def on_offer_withdrawn(turn: Turn, recorded: Recorded) -> None:
    """Nobody waits for the department any more; one that has answered has answered."""
    withdrawn: OfferWithdrawn = recorded.event
    turn.connection.execute(
        "UPDATE matching_offer_statistics SET standing = %s, is_awaited = false"
        " WHERE offer_id = %s AND answered_on IS NULL",
        (Standing.WITHDRAWN, withdrawn.offer_id),
    )


def on_feasibility_decided(turn: Turn, recorded: Recorded) -> None:
    """The city has decided, whoever had yet to answer."""
    decided: FeasibilityDecided = recorded.event
    turn.connection.execute(
        "UPDATE matching_case_statistics SET decided_on = coalesce(decided_on, %s) WHERE case_id = %s",
        (decided.decided_on, recorded.stream.id),
    )
    on_case_ended(turn, recorded)


def on_case_ended(turn: Turn, recorded: Recorded) -> None:
    """No department is waited for any more."""
    turn.connection.execute(
        "UPDATE matching_offer_statistics SET is_awaited = false WHERE case_id = %s", (recorded.stream.id,)
    )


def on_proposer_answered(turn: Turn, recorded: Recorded) -> None:
    """The proposer has been told."""
    answered: ProposerAnswered = recorded.event
    turn.connection.execute(
        "UPDATE matching_case_statistics SET answered_on = coalesce(answered_on, %s) WHERE case_id = %s",
        (answered.answered_on, recorded.stream.id),
    )


def on_case_fell_silent(turn: Turn, recorded: Recorded) -> None:
    """Once more."""
    turn.connection.execute(
        "UPDATE matching_case_statistics SET silences = silences + 1 WHERE case_id = %s", (recorded.stream.id,)
    )


STATISTICS: Final = Subscription(
    name="statistics",
    tables=("matching_case_statistics", "matching_offer_statistics"),
    on=(
        On("CaseOpened", on_case_opened),
        On("CaseOffered", on_case_offered),
        On("DeadlineSet", on_deadline_set),
        On("DeadlineMoved", on_deadline_counted),
        On("DeadlineResumed", on_deadline_counted),
        On("DeadlineExtended", on_deadline_counted),
        On("DeadlineDropped", on_deadline_dropped),
        On("OfferTaken", on_offer_taken),
        On("OfferDeclined", on_offer_declined),
        On("OfferWithdrawn", on_offer_withdrawn),
        On("FeasibilityDecided", on_feasibility_decided),
        On("CaseWithdrawn", on_case_ended),
        On("ProposerAnswered", on_proposer_answered),
        On("CaseFellSilent", on_case_fell_silent),
    ),
)
