"""The dates that are open for a case, and the least of them: what the work queue is ordered by.

They come from matching's own deadlines, from intake's for the answer to the proposer, from what either side has
promised, and from the day until which a case is kept.
"""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Final
from uuid import UUID

from desk.deadlines import elsewhere
from desk.deadlines.streams import deadline_stream
from desk.deadlines.streams_events import DeadlineExtended, DeadlineMoved, DeadlineResumed, DeadlineSet
from desk.packs.codes import DeadlineCode
from desk.rows import change_row
from desk.turns import Turn
from eventstore.following.subscriptions import On
from eventstore.records import Recorded, StreamId
from services.matching.domain.case import CASE, Case, Status
from services.matching.domain.case.askings import begun
from services.matching.domain.case.dialogue import Side
from services.matching.domain.obligation.events import ObligationDueChanged, ObligationReassigned, ObligationUndertaken

KEPT_UNTIL: Final = "kept_until"
"""The kind of a date on which a case is looked at again."""
PROMISES: Final = {Side.CITY: "promise_of_city", Side.PROPOSER: "promise_of_proposer"}
"""Whose promise → the kind of its date. Any other date is of its deadline's code."""
KINDS: Final = (DeadlineCode.DEPARTMENT_ANSWER, DeadlineCode.ANSWER_WITH_REASON, *PROMISES.values(), KEPT_UNTIL)
"""Every kind of date that a case may have open."""


def settle_due(turn: Turn, subject_id: UUID) -> None:
    """The least of a case's dates stands in its row. subject_id: the case's or its proposal's."""
    turn.connection.execute(
        "UPDATE matching_cases AS cases SET due_on = coalesce((SELECT min(dates.due_on) FROM matching_dates AS dates"
        " WHERE dates.subject_id IN (cases.case_id, cases.proposal_id) AND NOT dates.paused), '9999-12-31')"
        " WHERE cases.case_id = %(subject)s OR cases.proposal_id = %(subject)s",
        {"subject": subject_id},
    )


def keep_kept_until(turn: Turn, stream: StreamId, case: Case) -> None:
    """The day until which the case is kept is a date of its own, while it is."""
    turn.connection.execute("DELETE FROM matching_dates WHERE source_id = %s", (stream.id,))
    until = case.decided.kept_until if case.decided else None
    if until is not None and case.status is not Status.WITHDRAWN:
        _keep(turn, stream, stream.id, KEPT_UNTIL, until)


def on_own_deadline_set(turn: Turn, recorded: Recorded) -> None:
    """One of a case's own."""
    event: DeadlineSet = recorded.event
    if event.subject_category == CASE.category:
        department = _department_asked(turn, StreamId(CASE.category, event.subject_id), recorded.stream)
        _keep(turn, recorded.stream, event.subject_id, event.code, event.due_on, department)


def on_intakes_deadline_set(turn: Turn, recorded: Recorded) -> None:
    """The answer that the proposer waits for, counted by intake since the proposal came."""
    event: DeadlineSet = recorded.event
    if (event.subject_category, event.code) == ("proposal", DeadlineCode.ANSWER_WITH_REASON):
        _keep(turn, recorded.stream, event.subject_id, event.code, event.due_on)


def on_obligation_undertaken(turn: Turn, recorded: Recorded) -> None:
    """Either side's promise."""
    event: ObligationUndertaken = recorded.event
    _keep(turn, recorded.stream, event.case_id, PROMISES[event.side], event.due_on, event.department)


def on_date_changed(turn: Turn, recorded: Recorded) -> None:
    """Another date, toward which the clock runs."""
    event: DeadlineResumed | DeadlineMoved | DeadlineExtended | ObligationDueChanged = recorded.event
    _change(turn, recorded, due_on=event.due_on, paused=False)


def on_obligation_reassigned(turn: Turn, recorded: Recorded) -> None:
    """The same date, and another department that has to keep it."""
    event: ObligationReassigned = recorded.event
    change_row(turn, "matching_dates", "source_id", recorded.stream.id, department=event.department)


def on_clock_paused(turn: Turn, recorded: Recorded) -> None:
    """No date until the clock runs again."""
    _change(turn, recorded, paused=True)


def on_date_settled(turn: Turn, recorded: Recorded) -> None:
    """Nothing is to be done by it any more."""
    statement = "DELETE FROM matching_dates WHERE source_id = %s RETURNING subject_id"
    for (subject_id,) in turn.connection.execute(statement, (recorded.stream.id,)).fetchall():
        settle_due(turn, subject_id)


def _department_asked(turn: Turn, case: StreamId, deadline: StreamId) -> str | None:
    """The department whose answer a date is for; None where it is for none's."""
    events = turn.store.load_closed(case)
    offers = CASE.fold(events).offers
    of_date = {
        deadline_stream(turn.service, case, DeadlineCode.DEPARTMENT_ANSWER, number): offers[offer_id].department
        for number, offer_id in enumerate(begun(one.event for one in events), start=1)
    }
    return of_date.get(deadline)


def _keep(
    turn: Turn, source: StreamId, subject_id: UUID, kind: str, due_on: date, department: str | None = None
) -> None:
    turn.connection.execute(
        "INSERT INTO matching_dates (source_id, source, subject_id, kind, due_on, department)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        (source.id, source.category, subject_id, kind, due_on, department),
    )
    settle_due(turn, subject_id)


def _change(turn: Turn, recorded: Recorded, **columns: object) -> None:
    change_row(turn, "matching_dates", "source_id", recorded.stream.id, **columns)
    statement = "SELECT subject_id FROM matching_dates WHERE source_id = %s"
    for (subject_id,) in turn.connection.execute(statement, (recorded.stream.id,)).fetchall():
        settle_due(turn, subject_id)


def _deadlines(do_set: Callable[[Turn, Recorded], None], service: str | None) -> Iterator[On[Turn]]:
    """What is followed of a service's deadlines; of the own one's where none is named."""
    handlers = {
        "DeadlineSet": do_set,
        "DeadlinePaused": on_clock_paused,
        **dict.fromkeys(("DeadlineResumed", "DeadlineMoved", "DeadlineExtended"), on_date_changed),
        **dict.fromkeys(("DeadlineMet", "DeadlineDropped"), on_date_settled),
    }
    for name, do in handlers.items():
        yield On(name, do, service=service, read=elsewhere.READS[name] if service else None)


FOLLOWED_FOR_DATES: Final[tuple[On[Turn], ...]] = (
    *_deadlines(on_own_deadline_set, None),
    *_deadlines(on_intakes_deadline_set, "intake"),
    On("ObligationUndertaken", on_obligation_undertaken),
    On("ObligationDueChanged", on_date_changed),
    On("ObligationReassigned", on_obligation_reassigned),
    On("ObligationFulfilled", on_date_settled),
    On("ObligationReleased", on_date_settled),
)
