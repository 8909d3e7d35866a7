"""What follows by itself from the registers (N6): proposals are flagged and cleared, doubtful ones named to a person.

An entry and a proposal are compared whenever either changes. Both sides are followed by one subscription, in the log's
order, so that whichever comes later finds the other: a look-up is committed with the event that it leads to. Comparing
twice changes nothing. It never rejects a proposal.

That a period begins and ends is an event of its entry, noted by a timer, and so has its place in the log too.
"""

from datetime import date
from typing import Final

from desk.timers import Alarm, Timer
from desk.turns import Turn
from eventstore.following.subscriptions import On, Subscription
from eventstore.records import Recorded, StreamId
from services.intake.domain.event_types import EVENTS
from services.intake.domain.parties import NAME_INDEX, NUMBER_INDEX, parties_stated
from services.intake.domain.proposal import PROPOSAL
from services.intake.domain.proposal.changes import ClearProposalFlag, FlagProposal
from services.intake.domain.proposal.status import OPEN, STANDING
from services.intake.domain.register_entry import (
    REGISTER_ENTRY,
    BeginMeasure,
    Concern,
    EndMeasure,
    MeasureEnded,
    NoteCandidate,
    concern,
)
from services.intake.projections.register_timers import BEGIN_MEASURE, END_MEASURE
from services.intake.queries.registers import party_now, streams_about


def on_entry_changed(turn: Turn, recorded: Recorded) -> None:
    """Compares an entry with every proposal that it ever may have been about."""
    events = [one.event for one in turn.store.load(recorded.stream).events]
    proposals = {StreamId(PROPOSAL.category, event.proposal_id) for event in events if hasattr(event, "proposal_id")}
    for party in parties_stated(events):
        proposals |= streams_about(turn.store, party, PROPOSAL.category)
    for proposal in sorted(proposals, key=str):
        _compare(turn, recorded, recorded.stream, proposal)


def on_party_stated(turn: Turn, recorded: Recorded) -> None:
    """Compares a proposal with every entry that it ever may have been about."""
    read = turn.store.load(recorded.stream)
    entries = {StreamId(REGISTER_ENTRY.category, flag) for flag in PROPOSAL.fold(read.events).flags}
    for party in parties_stated(one.event for one in read.events):
        entries |= streams_about(turn.store, party, REGISTER_ENTRY.category)
    for entry in sorted(entries, key=str):
        _compare(turn, recorded, entry, recorded.stream)


def _compare(turn: Turn, cause: Recorded, entry_stream: StreamId, proposal_stream: StreamId) -> None:
    entry, proposal = turn.store.load(entry_stream), turn.store.load(proposal_stream)
    today = turn.today()
    found = concern(REGISTER_ENTRY.fold(entry.events), party_now(entry), proposal_stream.id, party_now(proposal), today)
    is_open = PROPOSAL.fold(proposal.events).status in OPEN
    item = f"{entry_stream.id}/{proposal_stream.id}"
    if found is not Concern.FLAGS:
        cleared = ClearProposalFlag(entry_id=entry_stream.id, cleared_on=_cleared_on(cause, today))
        turn.react(PROPOSAL, proposal_stream, cleared, cause, item=item)
    elif is_open:
        _flag(turn, cause, proposal_stream, FlagProposal(entry_id=entry_stream.id, flagged_on=today), item)
    if found is Concern.ASKS and is_open:
        turn.react(REGISTER_ENTRY, entry_stream, NoteCandidate(proposal_id=proposal_stream.id), cause, item=item)


def _cleared_on(cause: Recorded, today: date) -> date:
    """A period that is over clears on the day after it, however late that was noted."""
    return cause.event.ended_on if isinstance(cause.event, MeasureEnded) else today


def _flag(turn: Turn, cause: Recorded, proposal: StreamId, command: FlagProposal, item: str) -> None:
    """Flags, unless the proposal was closed in the meantime: nothing can be signed for it any more."""
    try:
        turn.react(PROPOSAL, proposal, command, cause, item=item)
    except STANDING:
        return


def _types_that_state_a_party() -> list[str]:
    """The types of proposal events by which a party is found, whatever versions they have."""
    return sorted(
        {
            declared.name
            for declared in EVENTS
            if declared.category == PROPOSAL.category
            and any(field.seal and field.seal.blind_index in (NAME_INDEX, NUMBER_INDEX) for field in declared.fields)
        }
    )


def begin_measure(_: Timer, today: date) -> BeginMeasure:
    """Notes that the period has begun; nothing follows where its first day was corrected since."""
    return BeginMeasure(today=today)


def end_measure(_: Timer, today: date) -> EndMeasure:
    """Notes that the period is over; nothing follows where its last day was corrected since."""
    return EndMeasure(today=today)


REGISTER_ALARMS: Final = {
    BEGIN_MEASURE: Alarm(REGISTER_ENTRY, begin_measure),
    END_MEASURE: Alarm(REGISTER_ENTRY, end_measure),
}
"""Kind of timer → what is done."""

_OF_ENTRIES: Final = (
    "MeasureEntered", "MeasureCorrected", "MeasureBegun", "MeasureEnded", "MeasureLifted",
    "CandidateConfirmed", "CandidateDismissed",
)  # fmt: skip

FLAG_PROPOSALS: Final = Subscription(
    name="flag_proposals",
    on=(
        *(On(name, on_entry_changed) for name in _OF_ENTRIES),
        *(On(name, on_party_stated) for name in _types_that_state_a_party()),
    ),
)
