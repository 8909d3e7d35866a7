"""The list of intake's proposals, made of open fields alone."""

from typing import Final

from desk.turns import Turn
from eventstore.following.subscriptions import On, Subscription
from eventstore.records import Recorded
from services.intake.domain.proposal import ProposalAccepted, ProposalReceived, Status


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


def on_proposal_accepted(turn: Turn, recorded: Recorded) -> None:
    """Where it stands now."""
    accepted: ProposalAccepted = recorded.event
    turn.connection.execute(
        "UPDATE intake_proposals SET version = %s, status = %s, accepted_on = %s WHERE proposal_id = %s",
        (recorded.version, Status.ACCEPTED, accepted.accepted_on, recorded.stream.id),
    )


PROPOSALS: Final = Subscription(
    name="proposals",
    tables=("intake_proposals",),
    on=(On("ProposalReceived", on_proposal_received), On("ProposalAccepted", on_proposal_accepted)),
)
