"""Deadlines counted again: under a calendar that the city adopts, and by another edition of the public holidays."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from apps.provisioning.city import adopt_pack
from desk.deadlines.following_holidays import HolidayRound
from desk.deadlines.holidays import EDITION
from desk.deadlines.streams import deadline_stream
from desk.deadlines.streams_events import DeadlineEvent, DeadlineExtended, DeadlineMet, DeadlinePaused, DeadlineSet
from desk.office import Office
from desk.packs import load_pack
from eventstore.errors import Unavailable
from eventstore.records import StreamId
from services.intake.declaration import INTAKE
from tests.cities import AOMORI, Cities, FrozenClock
from tests.deadlines import ANSWER, CONTACT, FOLLOWED, STAFF, Scene, happen, matter, went_round
from tests.ledgers import numbered

FRIDAY = date(2026, 11, 20)
CONTACT_DUE = date(2026, 11, 26)
"""Three open days after: Monday, the 23rd, is a holiday."""
EARLIER_LAW = date(2026, 11, 25)
"""Three open days after, were that Monday none."""
LISTS = FOLLOWED[:2]
EARLIER = "none/jpholiday-0.0.1"


@pytest.fixture(scope="module")
def scene(cities: Cities) -> Scene:
    """A city whose calendars speak each of days of its own."""
    return Scene.of(cities, FrozenClock())


@pytest.mark.row("B15")
def test_a_closed_day_moves_the_open_deadlines_that_it_touches_and_their_timers(scene: Scene) -> None:
    open_, met = scene.received(date(2026, 12, 18)), scene.received(date(2026, 12, 18))
    scene.happens(met, "ProposerContacted", contacted_on=date(2026, 12, 18))

    scene.closed(date(2026, 12, 22), version="2026-12.3", since=date(2026, 12, 22))
    scene.follow()

    moved = scene.events(open_, CONTACT)[-1]
    assert (moved.event.previously_due_on, moved.event.due_on) == (date(2026, 12, 23), date(2026, 12, 24))
    assert moved.event.calendar == scene.office.rules.open_days(date(2026, 12, 18)).version
    assert moved.policy == scene.office.pack().digest
    assert scene.types(met, CONTACT) == ["DeadlineSet", "DeadlineMet"]
    assert scene.types(open_, ANSWER) == ["DeadlineSet"], "days are days: a closed one counts"
    ends = dict(scene.timers(open_))
    assert ends[deadline_stream("intake", open_, CONTACT).id] == datetime(2026, 12, 24, 15, tzinfo=UTC)


@pytest.mark.row("B15")
def test_a_calendar_waits_for_the_list_and_then_misses_no_deadline(scene: Scene) -> None:
    scene.follow()
    proposal = matter()
    happen(scene.office, proposal, "ProposalReceived", received_on=date(2026, 12, 4))
    scene.follow(names=("matter_deadlines",))
    scene.closed(date(2026, 12, 8), version="2026-12", since=date(2026, 12, 8))
    numbered(scene.city)

    with pytest.raises(Unavailable):
        scene.follow(names=("recounted_deadlines",))
    scene.follow()

    assert scene.period(proposal, CONTACT).due_on == date(2026, 12, 10)


@pytest.mark.row("B15")
def test_a_deadline_that_was_counted_by_the_old_days_at_that_moment_is_counted_again(scene: Scene) -> None:
    old = scene.office.rules.open_days(date(2026, 12, 11))
    scene.closed(date(2026, 12, 15), version="2026-12.2", since=date(2026, 12, 15))
    scene.follow()
    proposal, other = matter(), scene.received(date(2026, 12, 11))
    counted = scene.events(other, CONTACT)[0]
    stale = replace(counted.event, subject_id=proposal.id, due_on=date(2026, 12, 16), calendar=old.version)
    stream = scene.office.store.new_stream(deadline_stream("intake", proposal, CONTACT))

    scene.office.store.append(stream, [stale], scene.office.context(counted.actor))
    scene.follow()

    assert scene.types(proposal, CONTACT) == ["DeadlineSet", "DeadlineMoved"]
    assert scene.period(proposal, CONTACT).due_on == date(2026, 12, 17)


def counted(
    scene: Scene, due_on: date, *after: DeadlineEvent, calendar: str = EARLIER, starts_on: date = FRIDAY
) -> StreamId:
    """A matter whose first contact was counted so; what became of it since."""
    subject = matter()
    before = DeadlineSet(
        subject_category=subject.category,
        subject_id=subject.id,
        code=CONTACT,
        starts_on=starts_on,
        due_on=due_on,
        nature=scene.office.pack().deadlines[CONTACT].nature,
        calendar=calendar,
    )
    stream = scene.office.store.new_stream(deadline_stream("intake", subject, CONTACT))
    scene.office.store.append(stream, [before, *after], scene.office.context(STAFF))
    scene.follow(names=LISTS)
    return subject


def gone(scene: Scene) -> None:
    """A process starts and goes its round once."""
    went_round(HolidayRound(scene.cities.office(INTAKE, scene.city, scene.clock)))
    scene.follow(names=LISTS)


@pytest.mark.row("B15")
def test_what_was_counted_by_another_edition_of_the_holidays_is_counted_again_at_the_next_start(scene: Scene) -> None:
    subject = counted(scene, EARLIER_LAW)

    gone(scene)
    gone(scene)

    first, moved = scene.events(subject, CONTACT)
    assert (moved.type, moved.event.previously_due_on, moved.event.due_on) == (
        "DeadlineMoved",
        EARLIER_LAW,
        CONTACT_DUE,
    )
    assert moved.event.calendar == scene.office.rules.open_days(FRIDAY).version
    assert (moved.policy, moved.correlation_id) == (scene.office.pack().digest, first.correlation_id)
    assert scene.timers(subject) == [(first.stream.id, datetime(2026, 11, 26, 15, tzinfo=UTC))]


def test_several_processes_that_start_at_once_move_each_deadline_once(scene: Scene) -> None:
    subjects = [counted(scene, EARLIER_LAW) for _ in range(4)]
    rounds = [HolidayRound(scene.cities.office(INTAKE, scene.city, scene.clock)) for _ in range(3)]

    with ThreadPoolExecutor(len(rounds)) as pool:
        list(pool.map(went_round, rounds))

    assert [scene.types(one, CONTACT) for one in subjects] == [["DeadlineSet", "DeadlineMoved"]] * 4


def test_what_was_counted_by_this_edition_stands_still_is_over_or_was_stated_in_writing_stays(scene: Scene) -> None:
    extended = DeadlineExtended(due_on=date(2026, 12, 1), previously_due_on=EARLIER_LAW)
    gone(scene)
    looked_at = went_round(HolidayRound(scene.office))
    subjects = [
        counted(scene, EARLIER_LAW, calendar=f"none/{EDITION}"),
        counted(scene, EARLIER_LAW, DeadlinePaused(paused_on=FRIDAY)),
        counted(scene, EARLIER_LAW, DeadlineMet(met_on=FRIDAY)),
        counted(scene, EARLIER_LAW, extended),
    ]
    before = [scene.types(one, CONTACT) for one in subjects]

    assert went_round(HolidayRound(scene.office)) == looked_at
    assert [scene.types(one, CONTACT) for one in subjects] == before


def test_what_gives_the_same_day_is_looked_at_once_a_round_and_stays(scene: Scene) -> None:
    subject = counted(scene, CONTACT_DUE)
    one = HolidayRound(scene.office)

    steps = [went_round(one) for _ in range(2)]

    assert steps[0] == steps[1] > 0, "as often as there are such, and then it pauses"
    assert scene.types(subject, CONTACT) == ["DeadlineSet"]


def test_a_deadline_whose_pack_cannot_be_read_is_put_off_and_in_nobodys_way(cities: Cities) -> None:
    scene = Scene.of(cities, FrozenClock())
    since = date(2026, 10, 1)
    unread = [counted(scene, date(2026, 10, 8), starts_on=since) for _ in range(3)]
    subjects = [counted(scene, EARLIER_LAW) for _ in range(3)]
    known = load_pack(AOMORI.read_bytes(), origin="known")
    strange = AOMORI.read_bytes() + b"\n[strange]\nkey = 1\n"
    for content, version, day in ((strange, "2026-10", since), (AOMORI.read_bytes(), "2026-11", FRIDAY)):
        posing = replace(known, digest=version, edition=replace(known.edition, version=version, effective_from=day))
        adopt_pack(scene.city, content, posing, approver="市長", reference="企連第4号")

    with capture_logs() as logs:
        gone(scene)

    assert [scene.types(one, CONTACT) for one in subjects] == [["DeadlineSet", "DeadlineMoved"]] * 3
    assert [scene.types(one, CONTACT) for one in unread] == [["DeadlineSet"]] * 3
    put_off = {entry["stream"] for entry in logs if entry.get("code") == "pack_unreadable"}
    assert put_off == {str(deadline_stream("intake", one, CONTACT)) for one in unread}


def test_days_that_are_adopted_while_the_round_counts_by_the_old_ones_count(scene: Scene) -> None:
    subject = counted(scene, EARLIER_LAW)
    in_between = iter([lambda: scene.closed(CONTACT_DUE, version="2026-11", since=CONTACT_DUE)])

    def clock() -> datetime:
        for adopt in in_between:
            adopt()
        return scene.clock()

    one = HolidayRound(scene.cities.closing(Office(INTAKE, scene.city, clock=clock)))
    while one.step():
        pass

    assert scene.types(subject, CONTACT) == ["DeadlineSet", "DeadlineMoved", "DeadlineMoved"]
    assert scene.period(subject, CONTACT).due_on == CONTACT_DUE + timedelta(days=1)
