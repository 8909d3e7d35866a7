"""The date by which a department answers whether it takes a case (担当課の回答): one for each asking.

It runs from the day of the asking, is met by the answer, and falls away with the question. A case that is resumed after
it was kept begins no date anew: whom the desk still wants an answer of, it asks again.
"""

from datetime import date
from typing import Final
from uuid import UUID

from desk.deadlines.following_calendar import count_for
from desk.deadlines.streams import deadline_rules, deadline_stream
from desk.deadlines.streams_commands import DeadlineCommand, DropDeadline, MeetDeadline, SetDeadline
from desk.packs.codes import DeadlineCode
from desk.turns import Turn
from eventstore.following.subscriptions import Handler, On, Subscription
from eventstore.records import Recorded, StreamId
from services.matching.domain.case.assignment import CaseOffered

CODE: Final = DeadlineCode.DEPARTMENT_ANSWER
RULES: Final = deadline_rules("matching")


def on_case_offered(turn: Turn, recorded: Recorded) -> None:
    """Sets the date, where the pack of that day has one."""
    offered: CaseOffered = recorded.event
    counted = count_for(turn.rules, CODE, offered.offered_on)
    if counted:
        command = SetDeadline(subject=recorded.stream, code=CODE, starts_on=offered.offered_on, count=counted.by)
        stream = _deadlines(turn, recorded.stream)[offered.offer_id]
        turn.react(RULES, stream, command, recorded, policy=counted.policy)


def answered_on(day: str) -> Handler[Turn]:
    """Meets the date on the day that stands in the event under this name."""

    def on_answered(turn: Turn, recorded: Recorded) -> None:
        stream = _deadlines(turn, recorded.stream)[recorded.event.offer_id]
        _tell(turn, recorded, stream, MeetDeadline(met_on=getattr(recorded.event, day)))

    return on_answered


def on_offer_withdrawn(turn: Turn, recorded: Recorded) -> None:
    """Nobody is asked any more."""
    stream = _deadlines(turn, recorded.stream)[recorded.event.offer_id]
    _tell(turn, recorded, stream, DropDeadline(dropped_on=recorded.event.withdrawn_on))


def ended_on(day: str) -> Handler[Turn]:
    """Drops every date of the case on the day that stands in the event under this name: no answer is waited for."""

    def on_ended(turn: Turn, recorded: Recorded) -> None:
        dropped_on: date = getattr(recorded.event, day)
        for stream in _deadlines(turn, recorded.stream).values():
            _tell(turn, recorded, stream, DropDeadline(dropped_on=dropped_on))

    return on_ended


def _deadlines(turn: Turn, case: StreamId) -> dict[UUID, StreamId]:
    """Offer → where its deadline stands: the how manieth offer of the case it is."""
    events = turn.store.load_closed(case)
    offers = [one.event.offer_id for one in events if isinstance(one.event, CaseOffered)]
    return {offer_id: deadline_stream(turn.service, case, CODE, n) for n, offer_id in enumerate(offers, start=1)}


def _tell(turn: Turn, recorded: Recorded, stream: StreamId, command: DeadlineCommand) -> None:
    """Commands a deadline because of an event; nothing where none was set, because no pack had a rule."""
    if turn.store.load_closed(stream):
        turn.react(RULES, stream, command, recorded, item=str(stream.id))


OFFER_DEADLINES: Final[Subscription[Turn]] = Subscription(
    name="offer_deadlines",
    on=(
        On("CaseOffered", on_case_offered),
        On("OfferTaken", answered_on("taken_on")),
        On("OfferDeclined", answered_on("declined_on")),
        On("OfferWithdrawn", on_offer_withdrawn),
        On("FeasibilityDecided", ended_on("decided_on")),
        On("CaseWithdrawn", ended_on("withdrawn_on")),
    ),
)
