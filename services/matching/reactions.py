"""What matching does by itself when others have decided."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from marshmallow import fields

from desk.foreign import Foreign, reading
from desk.turns import Turn
from eventstore.following.subscriptions import On, Subscription
from eventstore.records import Recorded, StreamId
from services.matching.domain.case import CASE, ClearCaseFlag, FlagCase, OpenCase


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """What matching reads of intake's `ProposalAccepted`."""

    accepted_on: date


class AcceptedSchema(Foreign):
    """Its open fields."""

    makes = Accepted
    accepted_on = fields.Date(required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flagged:
    """What matching reads of intake's `ProposalFlagged`."""

    entry_id: UUID
    flagged_on: date


class FlaggedSchema(Foreign):
    """Its open fields."""

    makes = Flagged
    entry_id = fields.UUID(required=True)
    flagged_on = fields.Date(required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagCleared:
    """What matching reads of intake's `ProposalFlagCleared`."""

    entry_id: UUID
    cleared_on: date


class FlagClearedSchema(Foreign):
    """Its open fields."""

    makes = FlagCleared
    entry_id = fields.UUID(required=True)
    cleared_on = fields.Date(required=True)


READS: Final = {
    "ProposalAccepted": reading(AcceptedSchema()),
    "ProposalFlagged": reading(FlaggedSchema()),
    "ProposalFlagCleared": reading(FlagClearedSchema()),
}
"""What is read of a proposal's stream."""


def open_case(turn: Turn, recorded: Recorded) -> None:
    """Opens the case of an accepted proposal, in a stream of its own, with the flags that stand by then."""
    accepted: Accepted = recorded.event
    opened = _case_of(turn, recorded)
    turn.react(CASE, opened, OpenCase(proposal_id=recorded.stream.id, opened_on=accepted.accepted_on), recorded)
    standing: dict[UUID, Flagged] = {}
    for told in turn.store.load_fields(recorded.stream):
        match READS[told.type](told.event) if told.type in READS else None:
            case Flagged() as flagged:
                standing[flagged.entry_id] = flagged
            case FlagCleared() as cleared:
                standing.pop(cleared.entry_id, None)
    for flagged in standing.values():
        _flag(turn, opened, flagged, recorded)


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


def _flag(turn: Turn, case: StreamId, flagged: Flagged, cause: Recorded) -> None:
    command = FlagCase(entry_id=flagged.entry_id, flagged_on=flagged.flagged_on)
    turn.react(CASE, case, command, cause, item=str(flagged.entry_id))


def _cases_of(turn: Turn, proposal: StreamId) -> list[StreamId]:
    """The stream of the case that an acceptance opens, whether or not it has been opened yet."""
    events = turn.store.load_fields(proposal)
    return [_case_of(turn, recorded) for recorded in events if recorded.type == "ProposalAccepted"]


def _case_of(turn: Turn, accepted: Recorded) -> StreamId:
    return StreamId(CASE.category, turn.command_id(accepted))


OPEN_CASES: Final = Subscription(
    name="open_cases",
    on=tuple(
        On(name, do, service="intake", read=READS[name])
        for name, do in (
            ("ProposalAccepted", open_case),
            ("ProposalFlagged", flag_case),
            ("ProposalFlagCleared", clear_case_flag),
        )
    ),
)
"""One subscription for all three: a proposal's flags and its case are taken in the log's order."""
