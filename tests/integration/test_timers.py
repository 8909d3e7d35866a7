"""Timers: they go off once, on time, whoever is at work, whatever died, and however often a rule refused."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from uuid import uuid5

import pytest

from desk.deadlines.following import OVERDUE
from desk.deadlines.streams import Status
from desk.deadlines.streams_commands import NoteOverdue
from desk.timers import Alarm, TimerRound
from eventstore.errors import Unavailable
from services.intake.declaration import INTAKE
from tests.cities import Cities, FrozenClock
from tests.deadlines import ANSWER, CONTACT, RULES, NotToday, Scene, overdue, refusing, went_round
from tests.ledgers import connected

FRIDAY = date(2026, 11, 20)
CONTACT_ENDS = datetime(2026, 11, 26, 15, tzinfo=UTC)
"""00:00 on 27 November 2026 in Asia/Tokyo."""
PUT_OFF = "SELECT tries, code, again_at FROM intake_timers WHERE tries > 0"


@pytest.fixture(scope="module")
def shared(cities: Cities) -> Scene:
    return Scene.of(cities, FrozenClock())


@pytest.fixture
def scene(shared: Scene) -> Scene:
    """A city in which nothing is due, with what other tests have left; calendars say nothing of November."""
    shared.calm()
    return shared


def test_a_deadline_is_overdue_from_midnight_in_the_city_and_not_a_second_before(scene: Scene) -> None:
    proposal = scene.received(FRIDAY)

    scene.clock.instant = CONTACT_ENDS - timedelta(seconds=1)
    assert not scene.round().step()
    scene.clock.instant = CONTACT_ENDS
    assert scene.round().step()
    assert not scene.round().step()

    cause, noted = scene.events(proposal, CONTACT)
    assert (noted.type, noted.event.due_on) == ("DeadlineOverdue", date(2026, 11, 26))
    assert (noted.causation_id, noted.correlation_id) == (cause.id, cause.correlation_id)
    assert noted.command_id == uuid5(cause.id, "timers/deadline_overdue"), "a repetition is known to be one"
    assert (noted.actor.role, noted.policy) == ("system", scene.office.pack().digest)


def test_several_rounds_at_the_same_time_note_each_deadline_once(scene: Scene) -> None:
    proposals = [scene.received(FRIDAY) for _ in range(4)]
    scene.clock.instant = datetime(2027, 1, 5, tzinfo=UTC)
    offices = [scene.office, *(scene.cities.office(INTAKE, scene.city, scene.clock) for _ in range(2))]

    with ThreadPoolExecutor(len(offices)) as pool:
        gone_off = list(pool.map(went_round, map(scene.round, offices)))

    assert sum(gone_off) == 8
    for proposal in proposals:
        for code in (CONTACT, ANSWER):
            assert len(overdue(scene.events(proposal, code))) == 1


def test_what_another_round_has_in_hand_is_passed_without_waiting(scene: Scene) -> None:
    proposal = scene.received(FRIDAY, "inquiry")
    scene.clock.instant = CONTACT_ENDS

    with connected(scene.cities.administrator_url(scene.city)) as other, other.transaction():
        other.execute("SELECT 1 FROM intake_timers FOR UPDATE")
        assert not scene.round().step()

    assert scene.round().step()
    assert len(overdue(scene.events(proposal, CONTACT))) == 1


def test_a_timer_that_is_built_again_before_its_event_is_followed_goes_off_for_nothing(scene: Scene) -> None:
    proposal = scene.received(FRIDAY)
    scene.clock.instant = CONTACT_ENDS
    assert scene.round().step()
    timers = next(one for one in scene.office.followers if one.subscription.name == "timers")
    timers.rebuild()

    assert scene.round().step()

    assert len(overdue(scene.events(proposal, CONTACT))) == 1
    scene.follow()
    assert len(scene.timers(proposal)) == 1, "the answer's"


def test_a_round_that_dies_before_its_commit_leaves_the_timer_to_the_next(scene: Scene) -> None:
    proposal = scene.received(FRIDAY)
    scene.clock.instant = CONTACT_ENDS

    def cut_off(_: object, today: date) -> NoteOverdue:
        scene.rows(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'renkei' AND state = 'idle in transaction'"
        )
        return NoteOverdue(today=today)

    with pytest.raises(Unavailable):
        TimerRound(scene.office, {OVERDUE: Alarm(RULES, cut_off)}).step()
    assert overdue(scene.events(proposal, CONTACT)) == []

    assert scene.round(scene.cities.office(INTAKE, scene.city, scene.clock)).step()
    assert len(overdue(scene.events(proposal, CONTACT))) == 1


def test_what_came_due_while_nothing_ran_goes_off_when_a_process_starts_with_nothing_in_memory(scene: Scene) -> None:
    proposal = scene.received(FRIDAY)
    scene.clock.instant = datetime(2027, 2, 1, tzinfo=UTC)

    started = scene.round(scene.cities.office(INTAKE, scene.city, scene.clock))
    went_round(started)

    assert len(overdue(scene.events(proposal, CONTACT))) == len(overdue(scene.events(proposal, ANSWER))) == 1


def test_a_timer_whose_stream_has_gone_on_does_nothing(scene: Scene) -> None:
    proposal = scene.received(FRIDAY)
    scene.happens(proposal, "ProposalAccepted", accepted_on=FRIDAY)
    scene.clock.instant = CONTACT_ENDS
    timers = scene.timers(proposal)
    happened = scene.events(proposal, CONTACT)
    scene.office.store.append(
        scene.office.store.load(happened[0].stream),
        [RULES.decide(NoteOverdue(today=date(2026, 11, 27)), scene.period(proposal, CONTACT))[0]],
        scene.office.context(happened[0].actor),
    )

    assert scene.round().step()

    assert len(timers) == 2
    assert len(overdue(scene.events(proposal, CONTACT))) == 1


@pytest.mark.row("B15")
def test_a_deadline_that_moved_is_overdue_on_its_new_day_only(scene: Scene) -> None:
    proposal = scene.received(date(2026, 12, 4))
    scene.closed(date(2026, 12, 8), version="2026-12", since=date(2026, 12, 8))
    scene.follow()

    scene.clock.instant = datetime(2026, 12, 9, 15, tzinfo=UTC)
    assert not scene.round().step()
    scene.clock.advance(timedelta(days=1))
    assert scene.round().step()

    (noted,) = (one for one in scene.events(proposal, CONTACT) if one.type == "DeadlineOverdue")
    assert noted.event.due_on == date(2026, 12, 10)


def test_a_moved_deadline_that_was_overdue_runs_again(scene: Scene) -> None:
    proposal = scene.received(date(2026, 12, 11))
    scene.clock.instant = datetime(2026, 12, 16, 15, tzinfo=UTC)
    assert scene.round().step()
    scene.follow()

    scene.closed(date(2026, 12, 15), version="2026-12.2", since=date(2026, 12, 15))
    scene.follow()

    assert scene.period(proposal, CONTACT).status is Status.RUNNING
    scene.clock.advance(timedelta(days=1))
    assert scene.round().step()
    assert scene.period(proposal, CONTACT).status is Status.OVERDUE


@pytest.mark.parametrize(("fault", "code"), [(NotToday("今日はできません。"), "not_today"), (ValueError(), "fault")])
def test_what_is_refused_is_put_off_with_growing_delay_and_stands_in_nobodys_way(
    scene: Scene, fault: Exception, code: str
) -> None:
    refused, later = scene.received(FRIDAY), scene.received(date(2026, 11, 24))
    scene.clock.instant = CONTACT_ENDS

    assert refusing(scene, fault).step()
    assert scene.rows(PUT_OFF) == [(1, code, CONTACT_ENDS + timedelta(seconds=1))]
    assert not refusing(scene, fault).step(), "it does not run hot"
    scene.clock.advance(timedelta(seconds=1))
    assert refusing(scene, fault).step()
    assert scene.rows(PUT_OFF) == [(2, code, CONTACT_ENDS + timedelta(seconds=3))]

    scene.clock.advance(timedelta(days=3))
    went_round(scene.round())
    assert [len(overdue(scene.events(one, CONTACT))) for one in (refused, later)] == [1, 1]


def test_the_delay_of_what_is_refused_ends_at_an_hour(scene: Scene) -> None:
    scene.received(FRIDAY, "inquiry")
    scene.clock.instant = CONTACT_ENDS

    for _ in range(15):
        assert refusing(scene, NotToday("今日はできません。")).step()
        last = scene.clock.instant
        ((_, _, again_at),) = scene.rows(PUT_OFF)
        scene.clock.instant = again_at

    assert again_at - last == timedelta(hours=1)


def test_timers_of_a_kind_that_nobody_knows_wait(scene: Scene) -> None:
    proposal = scene.received(FRIDAY)
    scene.clock.instant = datetime(2027, 2, 1, tzinfo=UTC)

    assert not TimerRound(scene.office, {}).step()
    assert len(scene.timers(proposal)) == 2
