"""Matching's projections: the list of its cases, and history as one plain sentence for each event."""

from collections.abc import Mapping
from typing import Any, Final

from desk import discards
from desk.history import Sentence, always, wareki_of
from desk.turns import Turn
from eventstore.following.subscriptions import On, Subscription
from eventstore.records import Recorded
from services.matching.domain.case import CaseFlagCleared, CaseFlagged, CaseOpened, Status


def _case_flagged(fields: Mapping[str, Any], _: str) -> str:
    day = wareki_of(fields, "flagged_on")
    return f"提案者に関わる措置の登録があるため、{day}に注意を付けました。解除されるまで協定などの締結はできません。"


def _case_flag_cleared(fields: Mapping[str, Any], _: str) -> str:
    return f"{wareki_of(fields, 'cleared_on')}に、措置の登録による注意を外しました。"


def _case_withdrawn(fields: Mapping[str, Any], _: str) -> str:
    day = wareki_of(fields, "withdrawn_on")
    return f"{day}に提案が取り下げられたため、案件の検討を終えました。"


SENTENCES: Final[Mapping[str, Sentence]] = {
    "CaseOpened": always("受理した提案を案件として登録しました。担当する部署を探しています。"),
    "CaseFlagged": _case_flagged,
    "CaseFlagCleared": _case_flag_cleared,
    "CaseWithdrawn": _case_withdrawn,
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


def on_case_flagged(turn: Turn, recorded: Recorded) -> None:
    """One more flag."""
    flagged: CaseFlagged = recorded.event
    turn.connection.execute(
        "UPDATE matching_cases SET version = %s, flags = array_append(flags, %s) WHERE case_id = %s",
        (recorded.version, flagged.entry_id, recorded.stream.id),
    )


def on_case_flag_cleared(turn: Turn, recorded: Recorded) -> None:
    """One less."""
    cleared: CaseFlagCleared = recorded.event
    turn.connection.execute(
        "UPDATE matching_cases SET version = %s, flags = array_remove(flags, %s) WHERE case_id = %s",
        (recorded.version, cleared.entry_id, recorded.stream.id),
    )


def on_case_withdrawn(turn: Turn, recorded: Recorded) -> None:
    """No department is looked for any more."""
    turn.connection.execute(
        "UPDATE matching_cases SET version = %s, status = %s WHERE case_id = %s",
        (recorded.version, Status.WITHDRAWN, recorded.stream.id),
    )


CASES: Final = Subscription(
    name="cases",
    tables=("matching_cases",),
    on=(
        On("CaseOpened", on_case_opened),
        On("CaseFlagged", on_case_flagged),
        On("CaseFlagCleared", on_case_flag_cleared),
        On("CaseWithdrawn", on_case_withdrawn),
    ),
)
