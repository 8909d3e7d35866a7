"""The cases as they stand: each row says what the case's stream says, as far as it is followed.

A row is folded anew from its stream by the domain's own `evolve`, so that it can never say anything else than a
decision does. Dates and texts beside it are kept by the same subscription: one checkpoint for all that the queue shows.
"""

from collections.abc import Mapping
from typing import Final

from desk.rows import change_row
from desk.turns import Turn
from eventstore.following.subscriptions import On, Subscription
from eventstore.records import Recorded
from services.matching.domain.case import CASE, Case, Status
from services.matching.domain.case.opening import CaseOpened
from services.matching.domain.event_types import EVENTS
from services.matching.projections.case_dates import FOLLOWED_FOR_DATES, keep_kept_until, settle_due
from services.matching.projections.case_texts import FOLLOWED_FOR_TEXTS, keep_texts


def on_case_opened(turn: Turn, recorded: Recorded) -> None:
    """A row of its own, with what its proposal is called and by when an answer to it is due."""
    opened: CaseOpened = recorded.event
    turn.connection.execute(
        "INSERT INTO matching_cases (case_id, proposal_id, version, status, opened_on, recorded_at, position)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        (
            recorded.stream.id, opened.proposal_id, recorded.version, Status.UNASSIGNED, opened.opened_on,
            recorded.recorded_at, turn.position,
        ),
    )  # fmt: skip
    on_case_moved_on(turn, recorded)
    keep_texts(turn, opened.proposal_id)


def on_case_moved_on(turn: Turn, recorded: Recorded) -> None:
    """Where it stands now, with whom, and at which version."""
    case = CASE.fold(turn.store.load_closed(recorded.stream, until=recorded.version))
    change_row(turn, "matching_cases", "case_id", recorded.stream.id, version=recorded.version, **columns_of(case))
    keep_kept_until(turn, recorded.stream, case)
    settle_due(turn, recorded.stream.id)


def columns_of(case: Case) -> Mapping[str, object]:
    """What the row says of a case, by column."""
    return {
        "status": case.status,
        "departments": sorted({offer.department for offer in case.current}),
        "in_charge": sorted({offer.department for offer in case.in_charge}),
        "lead": case.lead.department if case.lead else None,
        "accompanied_by": case.accompanied_by,
        "people": sorted(case.people),
        "last_contact_on": case.last_contact_on,
        "silent": case.silent_since is not None,
        "minutes_waiting": any(minutes.is_waiting for minutes in case.sessions.values()),
        "minutes_objected": any(minutes.is_objected for minutes in case.sessions.values()),
        "flags": sorted(case.flags),
        "outcome": case.decided.outcome if case.decided else None,
        "kept_until": case.decided.kept_until if case.decided else None,
    }


MOVED_ON: Final = tuple(
    declared.name for declared in EVENTS if declared.category == CASE.category and declared.name != CaseOpened.__name__
)
"""Every other event of a case: each moves its version on."""

CASES: Final[Subscription[Turn]] = Subscription(
    name="cases",
    tables=("matching_cases", "matching_dates", "matching_case_texts"),
    on=(
        On(CaseOpened.__name__, on_case_opened),
        *(On(moved_on, on_case_moved_on) for moved_on in MOVED_ON),
        *FOLLOWED_FOR_DATES,
        *FOLLOWED_FOR_TEXTS,
    ),
)
