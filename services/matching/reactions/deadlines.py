"""The date by which a department answers whether it takes a case (担当課の回答): one for each asking.

It runs from the day of the asking, is met by the answer, and falls away with the question. What has become of the
asking by the time at which its date is set is told it at once: so one that is set late, because the asking was parked,
does not run on. A decision ends the dates of those who have not answered, and a case that is resumed begins them anew.
"""

from collections.abc import Mapping
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
from services.matching.domain.case import CASE
from services.matching.domain.case.askings import asked, begun

CODE: Final = DeadlineCode.DEPARTMENT_ANSWER
RULES: Final = deadline_rules("matching")


def asked_on(day: str) -> Handler[Turn]:
    """Sets the dates from the day on that stands in the event under this name, where the pack of that day has one.

    They are told what the case says of their askings by now.
    """

    def on_asked(turn: Turn, recorded: Recorded) -> None:
        starts_on: date = getattr(recorded.event, day)
        counted = count_for(turn.rules, CODE, starts_on)
        events = turn.store.load_closed(recorded.stream)
        offers = asked(recorded.event, CASE.fold(events[: recorded.version]))
        if counted is None or not offers:
            return
        streams = _deadlines(turn, recorded)
        for offer_id in offers:
            command = SetDeadline(subject=recorded.stream, code=CODE, starts_on=starts_on, count=counted.by)
            item = str(streams[offer_id].id)
            turn.react(RULES, streams[offer_id], command, recorded, item=item, policy=counted.policy)
        for later in events[recorded.version :]:
            if later.type in ENDS and getattr(later.event, "offer_id", offers[0]) in offers:
                ENDS[later.type](turn, later)

    return on_asked


def answered_on(day: str) -> Handler[Turn]:
    """Meets the date on the day that stands in the event under this name."""

    def on_answered(turn: Turn, recorded: Recorded) -> None:
        stream = _deadlines(turn, recorded)[recorded.event.offer_id]
        _tell(turn, recorded, stream, MeetDeadline(met_on=getattr(recorded.event, day)))

    return on_answered


def on_offer_withdrawn(turn: Turn, recorded: Recorded) -> None:
    """Nobody is asked any more."""
    stream = _deadlines(turn, recorded)[recorded.event.offer_id]
    _tell(turn, recorded, stream, DropDeadline(dropped_on=recorded.event.withdrawn_on))


def ended_on(day: str) -> Handler[Turn]:
    """Drops every date of the case on the day that stands in the event under this name: no answer is waited for."""

    def on_ended(turn: Turn, recorded: Recorded) -> None:
        dropped_on: date = getattr(recorded.event, day)
        for stream in _deadlines(turn, recorded).values():
            _tell(turn, recorded, stream, DropDeadline(dropped_on=dropped_on))

    return on_ended


def _deadlines(turn: Turn, recorded: Recorded) -> dict[UUID, StreamId]:
    """Offer → where its date stands after an event of the case: the how manieth that was begun in it."""
    offers = begun(one.event for one in turn.store.load_closed(recorded.stream, until=recorded.version))
    return {
        offer_id: deadline_stream(turn.service, recorded.stream, CODE, n) for n, offer_id in enumerate(offers, start=1)
    }


def _tell(turn: Turn, recorded: Recorded, stream: StreamId, command: DeadlineCommand) -> None:
    """Commands a deadline because of an event; nothing where none was set, because no pack had a rule."""
    if turn.store.load_closed(stream):
        turn.react(RULES, stream, command, recorded, item=str(stream.id))


ENDS: Final[Mapping[str, Handler[Turn]]] = {
    "OfferTaken": answered_on("taken_on"),
    "OfferDeclined": answered_on("declined_on"),
    "OfferWithdrawn": on_offer_withdrawn,
    "FeasibilityDecided": ended_on("decided_on"),
    "CaseWithdrawn": ended_on("withdrawn_on"),
}
"""What ends a date; the same event causes the same command, from wherever it is met."""

OFFER_DEADLINES: Final[Subscription[Turn]] = Subscription(
    name="offer_deadlines",
    on=(
        On("CaseOffered", asked_on("offered_on")),
        On("CaseResumed", asked_on("resumed_on")),
        *(On(end, do) for end, do in ENDS.items()),
    ),
)
