"""What cases do by themselves: silence is noted after the days that the pack says, once, and not where somebody was
in touch."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from desk.packs.codes import Channel
from desk.timers import TimerRound
from eventstore.city import City
from eventstore.execution import execute
from eventstore.records import StreamId
from services.matching.domain.case import CASE
from services.matching.domain.case.feasibility import Outcome, ResumeCase
from services.matching.domain.case.opening import WithdrawCase
from services.matching.domain.case.people import RecordContact
from services.matching.projections.case_timers import KEPT_DUE, SILENCE
from services.matching.reactions.timers import CASE_ALARMS
from tests.cities import NOON, THIRD_CITY, Cities
from tests.deadlines import went_round
from tests.feasibility import decided, happened
from tests.ledgers import numbered
from tests.portals import MINIMAL
from tests.work import CHIEF, DAY, Work

DAYS = 30
"""After how many days without contact Aomori's pack has somebody reminded."""


@pytest.fixture
def work(cities: Cities, city: City) -> Work:
    """The city, at noon of the day."""
    made = Work.of(cities, city)
    made.intake.clock.instant = NOON
    return made


def followed(work: Work) -> None:
    follower = work.follower("timers")
    while numbered(work.city) + follower.step():
        continue


def later(work: Work, days: int) -> None:
    """So many days after the day, what is due by then has gone off."""
    followed(work)
    work.intake.clock.instant = NOON + timedelta(days=days)
    went_round(TimerRound(work.office, CASE_ALARMS))
    followed(work)


def stream(case: UUID) -> StreamId:
    return StreamId(CASE.category, case)


def timers(work: Work) -> list[Any]:
    with work.office.database.connection() as connection:
        return connection.execute("SELECT stream_id, kind, fires_at FROM matching_timers ORDER BY 1, 2").fetchall()


def silences(work: Work, case: UUID) -> list[Any]:
    events = work.office.store.load(StreamId(CASE.category, case)).events
    return [one.event for one in events if one.type == "CaseFellSilent"]


def contact(day: date) -> RecordContact:
    return RecordContact(contacted_on=day, means=Channel.PHONE, note=None)


def test_silence_is_noted_once_when_the_days_of_the_pack_are_over(work: Work) -> None:
    case = work.opened()
    later(work, DAYS)
    assert silences(work, case) == []

    later(work, DAYS + 1)
    later(work, 2 * DAYS + 2)

    (silence,) = silences(work, case)
    assert (silence.last_contact_on, silence.noted_on) == (DAY, DAY + timedelta(days=DAYS + 1))


def test_whoever_was_in_touch_since_is_not_silent_and_the_days_begin_again(work: Work) -> None:
    case = work.opened()
    work.does(case, contact(DAY + timedelta(days=10)))
    work.does(case, contact(DAY + timedelta(days=2)))
    later(work, DAYS + 10)
    assert silences(work, case) == []

    later(work, DAYS + 11)

    assert [one.last_contact_on for one in silences(work, case)] == [DAY + timedelta(days=10)]


def test_a_timer_that_is_older_than_the_last_contact_notes_nothing(work: Work) -> None:
    case = work.opened()
    followed(work)
    work.does(case, contact(DAY + timedelta(days=20)))
    work.intake.clock.instant = NOON + timedelta(days=DAYS + 1)

    went_round(TimerRound(work.office, CASE_ALARMS))

    assert silences(work, case) == []
    later(work, DAYS + 21)
    assert len(silences(work, case)) == 1


def test_a_second_silence_is_noted_after_somebody_was_in_touch(work: Work) -> None:
    case = work.opened()
    later(work, DAYS + 1)
    work.does(case, contact(DAY + timedelta(days=DAYS + 1)))

    later(work, 2 * DAYS + 2)

    assert len(silences(work, case)) == 2


@pytest.mark.parametrize("end", ["answered", "withdrawn"])
def test_where_nobody_waits_any_more_there_is_no_silence(work: Work, end: str) -> None:
    case = work.opened()
    if end == "withdrawn":
        execute(work.office.store, CASE, stream(case), WithdrawCase(withdrawn_on=DAY), work.office.context(CHIEF))
    else:
        answered = happened("ProposerAnswered", decision=1, answered_on=DAY)
        work.happens(stream(case), decided(1, Outcome.KEPT, date(2027, 11, 1)), answered)

    later(work, 4 * DAYS)

    assert silences(work, case) == []


def test_who_is_looked_at_again_may_fall_silent_again(work: Work) -> None:
    case = work.opened()
    answered = happened("ProposerAnswered", decision=1, answered_on=DAY)
    work.happens(stream(case), decided(1, Outcome.KEPT, date(2027, 11, 1)), answered)
    work.does(case, ResumeCase(resumed_on=DAY + timedelta(days=5)))

    later(work, DAYS + 1)

    assert [one.last_contact_on for one in silences(work, case)] == [DAY]


def test_the_timers_built_again_are_those_that_were_kept(work: Work) -> None:
    cases = [work.opened() for _ in range(3)]
    work.does(cases[0], contact(DAY + timedelta(days=3)))
    answered = happened("ProposerAnswered", decision=1, answered_on=DAY)
    work.happens(stream(cases[1]), decided(1, Outcome.KEPT, date(2027, 11, 1)), answered)
    followed(work)
    live = timers(work)
    assert {kind for _, kind, _ in live} >= {SILENCE, KEPT_DUE}

    work.follower("timers").rebuild()
    followed(work)

    assert timers(work) == live


def test_a_city_whose_pack_says_nothing_of_it_notes_no_silence(cities: Cities) -> None:
    work = Work.of(cities, cities.new("third", THIRD_CITY))
    case = work.opened({**MINIMAL, "municipality": work.office.pack().municipality_code})

    later(work, 4 * DAYS)

    assert silences(work, case) == []
