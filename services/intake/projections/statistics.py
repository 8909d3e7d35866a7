"""What came in and what became of it: the ground of the statistics. No name and no number stands in it.

Whether a proposer is new or returning (N8) is told by the parties as their proposals were received. Only earlier rows
of this list are asked, so that it is the same when it is built again; but who was erased by then is known to nobody.
A proposal is answered when a letter that says so goes out, as for its deadline: one that comes back changes nothing.
"""

from datetime import date
from typing import Final
from uuid import UUID

from desk.letters.events import LetterComposed
from desk.turns import Turn
from eventstore.following.subscriptions import Handler, On, Subscription
from eventstore.records import Recorded, StreamId
from services.intake.domain.inquiry import INQUIRY, InquiryAnswered, InquiryReceived, InquiryStatus
from services.intake.domain.parties import NAME_INDEX, NUMBER_INDEX, Likeness, Party, likeness, parties_stated
from services.intake.domain.promises import ANSWERS
from services.intake.domain.proposal import PROPOSAL, ProposalAccepted, ProposalReceived, Status
from services.intake.domain.proposal.origin import ProposalDerived
from services.intake.domain.proposal.outcomes import ProposalFoundIneligible, ProposalRedirected
from services.intake.domain.proposal.screening import ProposalResumed, ProposalReturned
from services.intake.domain.proposal.submission import ProposalResubmitted
from services.intake.projections.answers import Answered, on_answered


def on_proposal_received(turn: Turn, recorded: Recorded) -> None:
    """A row of its own."""
    received: ProposalReceived = recorded.event
    turn.connection.execute(
        "INSERT INTO intake_statistics (matter_id, matter, status, kind, call_id, purposes, proposer_kind,"
        " has_proposed_before, channel, received_on) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            recorded.stream.id, PROPOSAL.category, Status.RECEIVED, received.kind, received.call_id,
            list(received.purposes), received.proposer_kind, _has_proposed_before(turn, recorded.stream.id),
            recorded.channel, received.received_on,
        ),
    )  # fmt: skip


def _has_proposed_before(turn: Turn, proposal_id: UUID) -> bool | None:
    """Whether an earlier proposal was received of the same party; None where nobody can tell any more who it is."""
    party = _received_of(turn, proposal_id)
    if party == Party():
        return None
    sought = ((NUMBER_INDEX, party.corporate_number), (NAME_INDEX, party.name))
    found = {stream.id for index, value in sought if value for stream in turn.store.find(index, value)}
    earlier = turn.connection.execute(
        "SELECT matter_id FROM intake_statistics WHERE matter = %s AND matter_id = ANY(%s)",
        (PROPOSAL.category, list(found)),
    ).fetchall()
    return any(likeness(_received_of(turn, one), party) is not Likeness.NONE for (one,) in earlier)


def _received_of(turn: Turn, proposal_id: UUID) -> Party:
    """Whose proposal it was when it was received: what was said of it since came at other places of the log."""
    events = turn.store.load(StreamId(PROPOSAL.category, proposal_id)).events
    return parties_stated([events[0].event])[0]


def on_inquiry_received(turn: Turn, recorded: Recorded) -> None:
    """A row of its own."""
    received: InquiryReceived = recorded.event
    turn.connection.execute(
        "INSERT INTO intake_statistics (matter_id, matter, status, purposes, proposer_kind, channel, received_on)"
        " VALUES (%s, %s, %s, '{}', %s, %s, %s)",
        (
            recorded.stream.id, INQUIRY.category, InquiryStatus.RECEIVED, received.proposer_kind, recorded.channel,
            received.received_on,
        ),
    )  # fmt: skip


def on_proposal_derived(turn: Turn, recorded: Recorded) -> None:
    """What it was made from, so that nobody takes it for one more that came by itself.

    Who proposes what was split off was new or returning when the whole was received.
    """
    derived: ProposalDerived = recorded.event
    turn.connection.execute(
        "UPDATE intake_statistics SET origin = %s, has_proposed_before = coalesce((SELECT whole.has_proposed_before"
        " FROM intake_statistics AS whole WHERE whole.matter_id = %s), has_proposed_before) WHERE matter_id = %s",
        (derived.origin, derived.origin_id, recorded.stream.id),
    )


def on_proposal_returned(turn: Turn, recorded: Recorded) -> None:
    """From now on the city waits for the correction."""
    returned: ProposalReturned = recorded.event
    turn.connection.execute(
        "UPDATE intake_statistics SET status = %s, returned_on = %s WHERE matter_id = %s",
        (Status.RETURNED, returned.returned_on, recorded.stream.id),
    )


def on_proposal_resubmitted(turn: Turn, recorded: Recorded) -> None:
    """The corrected version counts; the days between request and correction do not (補正に要した日数)."""
    corrected: ProposalResubmitted = recorded.event
    _screened_again(turn, recorded.stream.id, corrected.resubmitted_on)
    turn.connection.execute(
        "UPDATE intake_statistics SET purposes = %s, proposer_kind = %s WHERE matter_id = %s",
        (list(corrected.purposes), corrected.proposer_kind, recorded.stream.id),
    )


def on_proposal_resumed(turn: Turn, recorded: Recorded) -> None:
    """The hold ended, or the correction is not waited for any more."""
    resumed: ProposalResumed = recorded.event
    _screened_again(turn, recorded.stream.id, resumed.resumed_on)


def _screened_again(turn: Turn, matter_id: UUID, day: date) -> None:
    """The days since a correction was asked for, if one was, are not the city's."""
    turn.connection.execute(
        "UPDATE intake_statistics SET status = %s, returned_on = NULL,"
        " days_returned = days_returned + coalesce(greatest(%s - returned_on, 0), 0) WHERE matter_id = %s",
        (Status.SCREENING, day, matter_id),
    )


def on_proposal_accepted(turn: Turn, recorded: Recorded) -> None:
    """The city has decided."""
    accepted: ProposalAccepted = recorded.event
    _decided(turn, recorded.stream.id, Status.ACCEPTED, accepted.accepted_on)


def on_proposal_found_ineligible(turn: Turn, recorded: Recorded) -> None:
    """The city has decided."""
    found: ProposalFoundIneligible = recorded.event
    _decided(turn, recorded.stream.id, Status.INELIGIBLE, found.decided_on)


def on_proposal_redirected(turn: Turn, recorded: Recorded) -> None:
    """The city has decided."""
    redirected: ProposalRedirected = recorded.event
    _decided(turn, recorded.stream.id, Status.REDIRECTED, redirected.redirected_on)


def _decided(turn: Turn, matter_id: UUID, status: Status, day: date) -> None:
    turn.connection.execute(
        "UPDATE intake_statistics SET status = %s, decided_on = %s WHERE matter_id = %s", (status, day, matter_id)
    )


def letter_out_on(day: str) -> Handler[Turn]:
    """Takes a proposal for answered by the first letter that tells the reason.

    day: the name under which the day on which a letter went out stands in the event.
    """

    def on_letter_out(turn: Turn, recorded: Recorded) -> None:
        composed: LetterComposed = turn.store.load(recorded.stream).events[0].event
        if composed.template in ANSWERS:
            turn.connection.execute(
                "UPDATE intake_statistics SET answered_on = coalesce(answered_on, %s) WHERE matter_id = %s",
                (getattr(recorded.event, day), composed.subject_id),
            )

    return on_letter_out


def on_proposer_answered(turn: Turn, recorded: Recorded) -> None:
    """Matching's letter went out. The first answer's day counts, and the last answer's outcome: what was kept is told
    again."""
    answered: Answered = recorded.event
    turn.connection.execute(
        "UPDATE intake_statistics SET answered_on = coalesce(answered_on, %s), outcome = %s WHERE matter_id = %s",
        (answered.answered_on, answered.outcome, answered.proposal_id),
    )


def on_inquiry_answered(turn: Turn, recorded: Recorded) -> None:
    """Somebody told the asker something; what is added later is no first answer."""
    answered: InquiryAnswered = recorded.event
    turn.connection.execute(
        "UPDATE intake_statistics SET status = %s, answered_on = coalesce(answered_on, %s) WHERE matter_id = %s",
        (InquiryStatus.ANSWERED, answered.answered_on, recorded.stream.id),
    )


def on_status_changed(turn: Turn, recorded: Recorded) -> None:
    """Where it stands now; the day on which the city decided, if it did, stays what it was."""
    turn.connection.execute(
        "UPDATE intake_statistics SET status = %s WHERE matter_id = %s", (STATUSES[recorded.type], recorded.stream.id)
    )


STATUSES: Final = {
    "ScreeningBegun": Status.SCREENING,
    "ProposalHeld": Status.ON_HOLD,
    "ProposalWithdrawn": Status.WITHDRAWN,
    "ProposalMerged": Status.MERGED,
    "ProposalSplit": Status.SPLIT,
    "InquiryConverted": InquiryStatus.CONVERTED,
    "InquiryClosed": InquiryStatus.CLOSED,
}
"""Where a proposal or inquiry stands after an event that says nothing more to the statistics."""

STATISTICS: Final = Subscription(
    name="statistics",
    tables=("intake_statistics",),
    on=(
        On("ProposalReceived", on_proposal_received),
        On("InquiryReceived", on_inquiry_received),
        On("ProposalDerived", on_proposal_derived),
        On("ProposalReturned", on_proposal_returned),
        On("ProposalResubmitted", on_proposal_resubmitted),
        On("ProposalResumed", on_proposal_resumed),
        On("ProposalAccepted", on_proposal_accepted),
        On("ProposalFoundIneligible", on_proposal_found_ineligible),
        On("ProposalRedirected", on_proposal_redirected),
        On("LetterDispatched", letter_out_on("dispatched_on")),
        On("LetterPosted", letter_out_on("posted_on")),
        on_answered(on_proposer_answered),
        On("InquiryAnswered", on_inquiry_answered),
        *(On(event_type, on_status_changed) for event_type in STATUSES),
    ),
)
