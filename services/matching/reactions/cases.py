"""What matching does by itself when others have decided."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from desk.foreign import reading
from desk.turns import Turn
from eventstore.following.subscriptions import On, Subscription
from eventstore.records import Recorded, StreamId
from services.matching.domain.case import CASE
from services.matching.domain.case.opening import ClearCaseFlag, FlagCase, OpenCase, WithdrawCase


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """What matching reads of intake's `ProposalAccepted`."""

    accepted_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Flagged:
    """What matching reads of intake's `ProposalFlagged`."""

    entry_id: UUID
    flagged_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagCleared:
    """What matching reads of intake's `ProposalFlagCleared`."""

    entry_id: UUID
    cleared_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """What matching reads of intake's `ProposalWithdrawn`."""

    withdrawn_on: date


READS: Final = {
    "ProposalAccepted": reading(Accepted),
    "ProposalFlagged": reading(Flagged),
    "ProposalFlagCleared": reading(FlagCleared),
    "ProposalWithdrawn": reading(Withdrawn),
}
"""What is read of a proposal's stream."""


def open_case(turn: Turn, recorded: Recorded) -> None:
    """Opens the case of an accepted proposal, in a stream of its own, and tells it what has happened by then.

    So a case that opens late, because its acceptance was parked, is none the less flagged and withdrawn.
    """
    accepted: Accepted = recorded.event
    opened = _case_of(turn, recorded)
    turn.react(CASE, opened, OpenCase(proposal_id=recorded.stream.id, opened_on=accepted.accepted_on), recorded)
    standing: dict[UUID, Flagged] = {}
    withdrawn: Withdrawn | None = None
    for told in turn.store.load_fields(recorded.stream):
        match READS[told.type](told.event) if told.type in READS else None:
            case Flagged() as flagged:
                standing[flagged.entry_id] = flagged
            case FlagCleared() as cleared:
                standing.pop(cleared.entry_id, None)
            case Withdrawn() as withdrawn:
                pass
    for flagged in standing.values():
        _flag(turn, opened, flagged, recorded)
    if withdrawn is not None:
        _withdraw(turn, opened, withdrawn, recorded)


def flag_case(turn: Turn, recorded: Recorded) -> None:
    """Flags the case of a proposal, if there is one: one that opens later reads the flag then."""
    for case in _cases_of(turn, recorded.stream):
        _flag(turn, case, recorded.event, recorded)


def clear_case_flag(turn: Turn, recorded: Recorded) -> None:
    """Clears the flag of the case of a proposal, if there is one."""
    cleared: FlagCleared = recorded.event
    command = ClearCaseFlag(entry_id=cleared.entry_id, cleared_on=cleared.cleared_on)
    for case in _cases_of(turn, recorded.stream):
        turn.react(CASE, case, command, recorded, item=str(cleared.entry_id))


def withdraw_case(turn: Turn, recorded: Recorded) -> None:
    """Withdraws the case of a proposal, if there is one: one that opens later reads it then."""
    for case in _cases_of(turn, recorded.stream):
        _withdraw(turn, case, recorded.event, recorded)


def _flag(turn: Turn, case: StreamId, flagged: Flagged, cause: Recorded) -> None:
    command = FlagCase(entry_id=flagged.entry_id, flagged_on=flagged.flagged_on)
    turn.react(CASE, case, command, cause, item=str(flagged.entry_id))


def _withdraw(turn: Turn, case: StreamId, withdrawn: Withdrawn, cause: Recorded) -> None:
    turn.react(CASE, case, WithdrawCase(withdrawn_on=withdrawn.withdrawn_on), cause, item=WITHDRAWAL)


def _cases_of(turn: Turn, proposal: StreamId) -> list[StreamId]:
    """The stream of the case that an acceptance opens, whether or not it has been opened yet."""
    events = turn.store.load_fields(proposal)
    return [_case_of(turn, recorded) for recorded in events if recorded.type == "ProposalAccepted"]


def _case_of(turn: Turn, accepted: Recorded) -> StreamId:
    return StreamId(CASE.category, turn.command_id(accepted))


WITHDRAWAL: Final = "withdrawal"
"""Tells the command that ends a case apart from the one that opens it, where one event causes both."""

OPEN_CASES: Final = Subscription(
    name="open_cases",
    on=tuple(
        On(name, do, service="intake", read=READS[name])
        for name, do in (
            ("ProposalAccepted", open_case),
            ("ProposalFlagged", flag_case),
            ("ProposalFlagCleared", clear_case_flag),
            ("ProposalWithdrawn", withdraw_case),
        )
    ),
)
"""One subscription for all of them: what happens to a proposal reaches its case in the log's order."""
