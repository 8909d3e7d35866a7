"""The list of measures in the registers, made of open fields alone: no party, kind or rule stands in it."""

from typing import Final

from desk.turns import Turn
from eventstore.following.subscriptions import On, Subscription
from eventstore.records import Recorded, StreamId
from services.intake.domain.proposal import PROPOSAL
from services.intake.domain.proposal.status import OPEN
from services.intake.domain.register_entry import (
    CandidateConfirmed,
    CandidateDismissed,
    CandidateFound,
    MeasureCorrected,
    MeasureEntered,
    MeasureLifted,
    Standing,
)


def on_measure_entered(turn: Turn, recorded: Recorded) -> None:
    """A row of its own."""
    entered: MeasureEntered = recorded.event
    turn.connection.execute(
        "INSERT INTO intake_measures (entry_id, version, from_day, until_day, standing, recorded_at, position)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        (
            recorded.stream.id, recorded.version, entered.from_day, entered.until_day, entered.standing,
            recorded.recorded_at, turn.position,
        ),
    )  # fmt: skip


def on_measure_corrected(turn: Turn, recorded: Recorded) -> None:
    """As it stands now; where it is about another party, nobody is a candidate any more."""
    corrected: MeasureCorrected = recorded.event
    turn.connection.execute(
        "UPDATE intake_measures SET version = %s, from_day = %s, until_day = %s, standing = %s,"
        " undecided = CASE WHEN %s THEN '{}' ELSE undecided END WHERE entry_id = %s",
        (
            recorded.version, corrected.from_day, corrected.until_day, corrected.standing,
            corrected.is_another_party, recorded.stream.id,
        ),
    )  # fmt: skip


def on_measure_begun(turn: Turn, recorded: Recorded) -> None:
    """It bars from now on."""
    _stand(turn, recorded, Standing.BARRING)


def on_measure_ended(turn: Turn, recorded: Recorded) -> None:
    """It bars no more, and nobody has to decide about its candidates, unless it is prolonged."""
    _stand(turn, recorded, Standing.OVER)


def _stand(turn: Turn, recorded: Recorded, standing: Standing) -> None:
    turn.connection.execute(
        "UPDATE intake_measures SET version = %s, standing = %s WHERE entry_id = %s",
        (recorded.version, standing, recorded.stream.id),
    )


def on_measure_lifted(turn: Turn, recorded: Recorded) -> None:
    """It bars no more, and nobody has to decide about its candidates."""
    lifted: MeasureLifted = recorded.event
    turn.connection.execute(
        "UPDATE intake_measures SET version = %s, standing = %s, lifted_on = %s WHERE entry_id = %s",
        (recorded.version, Standing.LIFTED, lifted.lifted_on, recorded.stream.id),
    )


def on_candidate_found(turn: Turn, recorded: Recorded) -> None:
    """One more waits for a person's decision, unless the proposal was closed while it was found."""
    found: CandidateFound = recorded.event
    proposal = turn.store.load(StreamId(PROPOSAL.category, found.proposal_id))
    waiting = [found.proposal_id] if PROPOSAL.fold(proposal.events).status in OPEN else []
    turn.connection.execute(
        "UPDATE intake_measures SET version = %s, undecided = undecided || %s::uuid[] WHERE entry_id = %s",
        (recorded.version, waiting, recorded.stream.id),
    )


def on_candidate_decided(turn: Turn, recorded: Recorded) -> None:
    """One less."""
    decided: CandidateConfirmed | CandidateDismissed = recorded.event
    turn.connection.execute(
        "UPDATE intake_measures SET version = %s, undecided = array_remove(undecided, %s) WHERE entry_id = %s",
        (recorded.version, decided.proposal_id, recorded.stream.id),
    )


def on_proposal_closed(turn: Turn, recorded: Recorded) -> None:
    """Nobody has to decide about it any more, whatever it was a candidate of."""
    closed = recorded.stream.id
    turn.connection.execute(
        "UPDATE intake_measures SET undecided = array_remove(undecided, %s) WHERE undecided @> ARRAY[%s]",
        (closed, closed),
    )


CLOSING: Final = (
    "ProposalFoundIneligible", "ProposalRedirected", "ProposalWithdrawn", "ProposalMerged", "ProposalSplit",
)  # fmt: skip
"""The events with which a proposal is pursued no more; none leads back."""

MEASURES: Final = Subscription(
    name="measures",
    tables=("intake_measures",),
    on=(
        On("MeasureEntered", on_measure_entered),
        On("MeasureCorrected", on_measure_corrected),
        On("MeasureBegun", on_measure_begun),
        On("MeasureEnded", on_measure_ended),
        On("MeasureLifted", on_measure_lifted),
        On("CandidateFound", on_candidate_found),
        On("CandidateConfirmed", on_candidate_decided),
        On("CandidateDismissed", on_candidate_decided),
        *(On(name, on_proposal_closed) for name in CLOSING),
    ),
)
