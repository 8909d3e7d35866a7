"""The list of intake's proposals, made of open fields alone: every event of a proposal moves its row on."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from desk.rows import change_row
from desk.turns import Turn
from eventstore.following.subscriptions import On, Subscription
from eventstore.records import Recorded
from services.intake.domain.proposal import ProposalReceived, Status

Columns: TypeAlias = Mapping[str, object]
"""Column → its new value."""


def on_proposal_received(turn: Turn, recorded: Recorded) -> None:
    """A row of its own."""
    received: ProposalReceived = recorded.event
    turn.connection.execute(
        "INSERT INTO intake_proposals (proposal_id, version, status, kind, call_id, purposes, proposer_kind, channel,"
        " pledges_pending, received_on, recorded_at, position) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            recorded.stream.id, recorded.version, Status.RECEIVED, received.kind, received.call_id,
            list(received.purposes), received.proposer_kind, recorded.channel, received.pledges_pending,
            received.received_on, recorded.recorded_at, turn.position,
        ),
    )  # fmt: skip


def on_proposal_flagged(turn: Turn, recorded: Recorded) -> None:
    """One more measure concerns its proposer."""
    turn.connection.execute(
        "UPDATE intake_proposals SET version = %s, flags = array_append(array_remove(flags, %s), %s)"
        " WHERE proposal_id = %s",
        (recorded.version, recorded.event.entry_id, recorded.event.entry_id, recorded.stream.id),
    )


def on_proposal_flag_cleared(turn: Turn, recorded: Recorded) -> None:
    """One measure less."""
    turn.connection.execute(
        "UPDATE intake_proposals SET version = %s, flags = array_remove(flags, %s) WHERE proposal_id = %s",
        (recorded.version, recorded.event.entry_id, recorded.stream.id),
    )


def _resubmitted(event: Any) -> Columns:
    return {
        "status": Status.SCREENING,
        "edition": event.edition,
        "purposes": list(event.purposes),
        "proposer_kind": event.proposer_kind,
        "pledges_pending": event.pledges_pending,
        "returned_on": None,
        "answer_by": None,
    }


CHANGES: Final[Mapping[str, Callable[[Any], Columns]]] = {
    "ProposalDerived": lambda _: {},
    "ScreeningBegun": lambda _: {"status": Status.SCREENING},
    "ProposerContacted": lambda _: {},
    "ExclusionChecked": lambda _: {},
    "ProposalReturned": lambda event: {
        "status": Status.RETURNED, "returned_on": event.returned_on, "answer_by": event.answer_by,
    },
    "ProposalResubmitted": _resubmitted,
    "ProposalHeld": lambda event: {"status": Status.ON_HOLD, "review_on": event.review_on},
    "ProposalResumed": lambda _: {
        "status": Status.SCREENING, "returned_on": None, "answer_by": None, "review_on": None,
    },
    "PledgesDeclared": lambda event: {"pledges_pending": event.pledges_pending},
    "ProposalAccepted": lambda event: {
        "status": Status.ACCEPTED, "accepted_on": event.accepted_on, "decided_on": event.accepted_on,
    },
    "ProposalFoundIneligible": lambda event: {"status": Status.INELIGIBLE, "decided_on": event.decided_on},
    "ProposalRedirected": lambda event: {
        "status": Status.REDIRECTED, "decided_on": event.redirected_on, "destination": event.destination,
    },
    "ProposalWithdrawn": lambda event: {"status": Status.WITHDRAWN, "decided_on": event.withdrawn_on},
    "ProposalMerged": lambda event: {
        "status": Status.MERGED, "decided_on": event.merged_on, "merged_into": event.into,
    },
    "ProposalAbsorbed": lambda _: {},
    "ProposalSplit": lambda event: {"status": Status.SPLIT, "decided_on": event.split_on},
    "ContactChanged": lambda _: {},
    "ProposerRenamed": lambda _: {},
    "ProposerSucceeded": lambda event: {"proposer_kind": event.proposer_kind},
    "AccessCodeRenewed": lambda _: {},
    "ConfidentialityClaimed": lambda _: {},
    "ClaimsAnswered": lambda _: {},
}  # fmt: skip
"""Event type → the columns that it changes beside the version."""


def on_proposal_moved_on(turn: Turn, recorded: Recorded) -> None:
    """Where it stands now, and at which version."""
    columns = CHANGES[recorded.type](recorded.event)
    change_row(turn, "intake_proposals", "proposal_id", recorded.stream.id, version=recorded.version, **columns)


PROPOSALS: Final = Subscription(
    name="proposals",
    tables=("intake_proposals",),
    on=(
        On("ProposalReceived", on_proposal_received),
        On("ProposalFlagged", on_proposal_flagged),
        On("ProposalFlagCleared", on_proposal_flag_cleared),
        *(On(moved_on, on_proposal_moved_on) for moved_on in CHANGES),
    ),
)
