"""Matching's projections: the list of its cases, and history as one plain sentence for each event."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from desk import discards
from desk.turns import Turn
from eventstore.following.subscriptions import On, Subscription
from eventstore.records import Recorded
from services.matching.domain.case import CaseOpened, Status


def _case_opened(_: Mapping[str, Any], __: str) -> str:
    return "受理した提案を案件として登録しました。担当する部署を探しています。"


SENTENCES: Final[Mapping[str, Callable[[Mapping[str, Any], str], str]]] = {
    "CaseOpened": _case_opened,
    **discards.SENTENCES,
}
"""Event type → its sentence from open fields and channel. Sealed fields are not opened for a timeline."""


def on_case_opened(turn: Turn, recorded: Recorded) -> None:
    """A row of its own."""
    opened: CaseOpened = recorded.event
    turn.connection.execute(
        "INSERT INTO matching_cases (case_id, proposal_id, version, status, opened_on, recorded_at, position)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        (
            recorded.stream.id, opened.proposal_id, recorded.version, Status.UNASSIGNED, opened.opened_on,
            recorded.recorded_at, turn.position,
        ),
    )  # fmt: skip


CASES: Final = Subscription(name="cases", tables=("matching_cases",), on=(On("CaseOpened", on_case_opened),))
