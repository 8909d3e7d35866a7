"""The deadlines of what is handed in: set, stopped, met and dropped as the proposal or inquiry goes its way.

A correction asked or a hold stops the clocks. What was promised is met by the letter that tells it, on the day on
which that goes out, and not by the decision: one whose letter never went out stays late. An acceptance leaves the
answer to the departments, so its clock runs on until matching's letter tells what was decided. The first contact is
made by whoever speaks with the proposer first, at intake or in matching. What is withdrawn, merged or split needs no
answer any more: what it became has deadlines of its own. So has the proposal that an inquiry is turned into: whoever
turned it spoke with the asker.
"""

from datetime import date
from typing import Final

from desk.deadlines.following_calendar import count_for, count_of
from desk.deadlines.streams import deadline_rules, deadline_stream
from desk.deadlines.streams_commands import (
    DeadlineCommand,
    DropDeadline,
    MeetDeadline,
    PauseDeadline,
    ResumeDeadline,
    SetDeadline,
)
from desk.letters.events import LetterComposed
from desk.packs.codes import DeadlineCode
from desk.turns import Turn
from eventstore.following.subscriptions import Handler, On, Subscription
from eventstore.records import Recorded, StreamId
from services.intake.domain.promises import ANSWER, FIRST_CONTACT, PROMISED, TOLD_BY
from services.intake.domain.proposal import PROPOSAL
from services.intake.projections.answers import Answered, on_answered
from services.intake.queries.cases import READS, proposal_of

RULES: Final = deadline_rules("intake")


def set_on_receipt(*codes: DeadlineCode) -> Handler[Turn]:
    """Sets these deadlines from the day of receipt on, those that the pack of that day has."""

    def on_received(turn: Turn, recorded: Recorded) -> None:
        starts_on: date = recorded.event.received_on
        for code in codes:
            counted = count_for(turn.rules, code, starts_on)
            if counted:
                command = SetDeadline(subject=recorded.stream, code=code, starts_on=starts_on, count=counted.by)
                stream = deadline_stream(turn.service, recorded.stream, code)
                turn.react(RULES, stream, command, recorded, item=code, policy=counted.policy)

    return on_received


def contact_on(day: str) -> Handler[Turn]:
    """Meets the first contact on the day that stands in the event under this name."""

    def on_contacted(turn: Turn, recorded: Recorded) -> None:
        _tell(turn, recorded, FIRST_CONTACT, MeetDeadline(met_on=getattr(recorded.event, day)))

    return on_contacted


def contact_in_case_on(day: str) -> Handler[Turn]:
    """Meets the first contact of a case's proposal on the day that stands in matching's event under this name."""

    def on_contacted(turn: Turn, recorded: Recorded) -> None:
        about = StreamId(PROPOSAL.category, proposal_of(turn.store, recorded.stream))
        _command(turn, recorded, about, FIRST_CONTACT, MeetDeadline(met_on=getattr(recorded.event, day)))

    return on_contacted


def on_proposal_returned(turn: Turn, recorded: Recorded) -> None:
    """The days until a correction comes do not count (B05)."""
    _tell(turn, recorded, ANSWER, PauseDeadline(paused_on=recorded.event.returned_on))


def on_proposal_held(turn: Turn, recorded: Recorded) -> None:
    """What is on hold waits (B07)."""
    for code in PROMISED:
        _tell(turn, recorded, code, PauseDeadline(paused_on=recorded.event.held_on))


def on_proposal_resubmitted(turn: Turn, recorded: Recorded) -> None:
    """The correction came."""
    _resume(turn, recorded, recorded.event.resubmitted_on)


def on_proposal_resumed(turn: Turn, recorded: Recorded) -> None:
    """The hold ended, or the correction is not asked for any more."""
    _resume(turn, recorded, recorded.event.resumed_on)


def letter_out_on(day: str) -> Handler[Turn]:
    """Meets what a letter tells on the day on which it went out, which stands in the event under this name."""

    def on_letter_out(turn: Turn, recorded: Recorded) -> None:
        composed: LetterComposed = turn.store.load(recorded.stream).events[0].event
        about = StreamId(composed.subject_category, composed.subject_id)
        for code in TOLD_BY.get(composed.template, ()):
            _command(turn, recorded, about, code, MeetDeadline(met_on=getattr(recorded.event, day)))

    return on_letter_out


def on_proposer_answered(turn: Turn, recorded: Recorded) -> None:
    """What the departments were to answer was answered; what was met before stays so."""
    answered: Answered = recorded.event
    about = StreamId(PROPOSAL.category, answered.proposal_id)
    for code in PROMISED:
        _command(turn, recorded, about, code, MeetDeadline(met_on=answered.answered_on))


def on_proposal_withdrawn(turn: Turn, recorded: Recorded) -> None:
    """Nobody waits for an answer."""
    _drop(turn, recorded, recorded.event.withdrawn_on)


def on_proposal_merged(turn: Turn, recorded: Recorded) -> None:
    """The other proposal is answered."""
    _drop(turn, recorded, recorded.event.merged_on)


def on_proposal_split(turn: Turn, recorded: Recorded) -> None:
    """Its parts are answered."""
    _drop(turn, recorded, recorded.event.split_on)


def _resume(turn: Turn, recorded: Recorded, resumed_on: date) -> None:
    for code in PROMISED:
        period = RULES.fold(turn.store.load(deadline_stream(turn.service, recorded.stream, code)).events)
        counted = period and count_of(turn.rules, period)
        if counted:
            command = ResumeDeadline(resumed_on=resumed_on, count=counted.by)
            _tell(turn, recorded, code, command, counted.policy)


def _drop(turn: Turn, recorded: Recorded, dropped_on: date) -> None:
    for code in PROMISED:
        _tell(turn, recorded, code, DropDeadline(dropped_on=dropped_on))


def _tell(
    turn: Turn, recorded: Recorded, code: DeadlineCode, command: DeadlineCommand, policy: str | None = None
) -> None:
    """Commands a deadline of the event's own matter."""
    _command(turn, recorded, recorded.stream, code, command, policy)


def _command(
    turn: Turn,
    recorded: Recorded,
    about: StreamId,
    code: DeadlineCode,
    command: DeadlineCommand,
    policy: str | None = None,
) -> None:
    """Commands a deadline of a matter because of an event; nothing where the pack of its day set none."""
    stream = deadline_stream(turn.service, about, code)
    if turn.store.load(stream).events:
        turn.react(RULES, stream, command, recorded, item=code, policy=policy)


MATTER_DEADLINES: Final[Subscription[Turn]] = Subscription(
    name="matter_deadlines",
    on=(
        On("ProposalReceived", set_on_receipt(FIRST_CONTACT, ANSWER)),
        On("InquiryReceived", set_on_receipt(FIRST_CONTACT)),
        On("InquiryAnswered", contact_on("answered_on")),
        On("InquiryConverted", contact_on("converted_on")),
        On("InquiryClosed", contact_on("closed_on")),
        On("ProposerContacted", contact_on("contacted_on")),
        On("ProposalReturned", on_proposal_returned),
        On("ProposalHeld", on_proposal_held),
        On("ProposalResubmitted", on_proposal_resubmitted),
        On("ProposalResumed", on_proposal_resumed),
        On("LetterDispatched", letter_out_on("dispatched_on")),
        On("LetterPosted", letter_out_on("posted_on")),
        *(
            On(name, contact_in_case_on(day), service="matching", read=READS[name])
            for name, day in (("ProposerContacted", "contacted_on"), ("SessionHeld", "held_on"))
        ),
        on_answered(on_proposer_answered),
        On("ProposalWithdrawn", on_proposal_withdrawn),
        On("ProposalMerged", on_proposal_merged),
        On("ProposalSplit", on_proposal_split),
    ),
)
