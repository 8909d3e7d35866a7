"""The list of what either side has promised; what it is stays sealed."""

from typing import Final

from desk.rows import change_row
from desk.turns import Turn
from eventstore.following.subscriptions import On, Subscription
from eventstore.records import Recorded
from services.matching.domain.obligation import Status
from services.matching.domain.obligation.events import (
    ObligationDueChanged,
    ObligationFulfilled,
    ObligationReassigned,
    ObligationReleased,
    ObligationUndertaken,
)


def on_undertaken(turn: Turn, recorded: Recorded) -> None:
    """A row of its own."""
    undertaken: ObligationUndertaken = recorded.event
    turn.connection.execute(
        "INSERT INTO matching_obligations (obligation_id, case_id, version, side, kind, department, status,"
        " undertaken_on, first_due_on, due_on, position) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            recorded.stream.id, undertaken.case_id, recorded.version, undertaken.side, undertaken.kind,
            undertaken.department, Status.OWED, undertaken.undertaken_on, undertaken.due_on, undertaken.due_on,
            turn.position,
        ),
    )  # fmt: skip


def on_due_changed(turn: Turn, recorded: Recorded) -> None:
    """Another day; that it was another before stays to be seen."""
    changed: ObligationDueChanged = recorded.event
    turn.connection.execute(
        "UPDATE matching_obligations SET changes = changes + 1 WHERE obligation_id = %s", (recorded.stream.id,)
    )
    _change(turn, recorded, status=Status.OWED, due_on=changed.due_on)


def on_reassigned(turn: Turn, recorded: Recorded) -> None:
    """Another department's, in the ledger too."""
    reassigned: ObligationReassigned = recorded.event
    _change(turn, recorded, department=reassigned.department)


def on_overdue(turn: Turn, recorded: Recorded) -> None:
    """Its day has passed."""
    _change(turn, recorded, status=Status.OVERDUE)


def on_fulfilled(turn: Turn, recorded: Recorded) -> None:
    """When it was done."""
    fulfilled: ObligationFulfilled = recorded.event
    _change(turn, recorded, status=Status.FULFILLED, fulfilled_on=fulfilled.fulfilled_on)


def on_released(turn: Turn, recorded: Recorded) -> None:
    """Since when it is owed no more."""
    released: ObligationReleased = recorded.event
    _change(turn, recorded, status=Status.RELEASED, released_on=released.released_on)


def _change(turn: Turn, recorded: Recorded, **columns: object) -> None:
    change_row(turn, "matching_obligations", "obligation_id", recorded.stream.id, version=recorded.version, **columns)


OBLIGATIONS: Final = Subscription(
    name="obligations",
    tables=("matching_obligations",),
    on=(
        On("ObligationUndertaken", on_undertaken),
        On("ObligationDueChanged", on_due_changed),
        On("ObligationReassigned", on_reassigned),
        On("ObligationOverdue", on_overdue),
        On("ObligationFulfilled", on_fulfilled),
        On("ObligationReleased", on_released),
    ),
)
