"""Periods: a measure flags from 00:00 of its first day to the end of its last one, as the log has it, and once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import uuid5

import pytest

from desk.forms import Listing
from services.intake.declaration import INTAKE
from services.intake.domain.proposal import PROPOSAL
from services.intake.domain.register_entry import REGISTER_ENTRY, ConfirmCandidate, Standing
from services.matching.queries.cases import CASE_LIST
from tests.cities import Cities
from tests.registers import DAY, MEASURE, Scene, renaming

FIRST, LAST, AFTER = date(2026, 12, 1), date(2026, 12, 10), date(2026, 12, 11)
TO_COME: Final = replace(MEASURE, from_day=FIRST, until_day=LAST)
RUNNING: Final = replace(MEASURE, until_day=LAST)
BEGINS, ENDS = datetime(2026, 11, 30, 15, tzinfo=UTC), datetime(2026, 12, 10, 15, tzinfo=UTC)
"""00:00 in Asia/Tokyo on the first day, and on the day after the last."""
SECOND: Final = timedelta(seconds=1)


@pytest.mark.row("N6")
@pytest.mark.row("S24")
def test_a_period_that_ends_clears_its_flags_at_midnight_in_the_city_and_not_a_second_before(scene: Scene) -> None:
    entry, proposal = scene.enter(RUNNING), scene.receive()
    scene.accept(proposal)
    scene.settle()

    scene.clock.instant = ENDS - SECOND
    assert scene.ring() == 0
    scene.clock.instant = ENDS
    assert scene.ring() == 1
    scene.settle()

    cause, ended = scene.intake.store.load(entry).events
    assert (ended.type, ended.event.ended_on, ended.causation_id) == ("MeasureEnded", AFTER, cause.id)
    assert ended.command_id == uuid5(cause.id, "timers/end_measure"), "a repetition is known to be one"
    cleared = scene.intake.store.load(proposal).events[-1]
    assert (cleared.type, cleared.event.cleared_on) == ("ProposalFlagCleared", AFTER)
    assert scene.listed(entry)["standing"] == Standing.OVER
    page = CASE_LIST.page(scene.matching, Listing(limit=9, after=None, at_least=None), proposal_id=proposal.id)
    assert [case["flagged"] for case in page["items"]] == [False]


@pytest.mark.row("N6")
def test_a_measure_to_come_flags_from_its_first_day_on(scene: Scene) -> None:
    proposal, entry = scene.receive(), scene.enter(TO_COME)
    scene.settle()
    assert (scene.flags(proposal), scene.listed(entry)["standing"]) == (frozenset(), Standing.COMING)

    scene.clock.instant = BEGINS - SECOND
    assert scene.ring() == 0
    scene.clock.instant = BEGINS
    assert scene.ring() == 1
    scene.settle()

    assert (scene.flags(proposal), scene.listed(entry)["standing"]) == ({entry.id}, Standing.BARRING)
    assert scene.intake.store.load(entry).events[-1].event.begun_on == FIRST
    scene.clock.instant = ENDS
    assert scene.ring() == 1
    scene.settle()
    assert scene.flags(proposal) == frozenset()


def test_an_entry_whose_period_is_over_flags_nothing_and_sets_no_timer(scene: Scene) -> None:
    entry, proposal = scene.enter(replace(MEASURE, until_day=DAY - timedelta(days=1))), scene.receive()
    scene.settle()
    assert (scene.flags(proposal), scene.listed(entry)["standing"]) == (frozenset(), Standing.OVER)
    assert scene.rows("intake_timers") == []


def test_the_last_day_belongs_to_the_period_and_no_end_means_until_it_is_lifted(scene: Scene) -> None:
    ends_today, endless = scene.enter(replace(MEASURE, until_day=DAY)), scene.enter(replace(MEASURE, until_day=None))
    proposal = scene.receive()
    scene.settle()
    assert scene.flags(proposal) == {ends_today.id, endless.id}

    scene.clock.advance(timedelta(days=4000))
    assert scene.ring() == 1
    scene.settle()
    assert scene.flags(proposal) == {endless.id}


@pytest.mark.row("N6")
@pytest.mark.parametrize("order", ["CT", "CFT", "TC", "TFC"])
def test_a_correction_that_prolongs_counts_whether_it_comes_before_the_end_or_after(scene: Scene, order: str) -> None:
    """The correction is made at the instant when the period ends: what stands first in the log is told first."""
    entry, proposal = scene.enter(RUNNING), scene.receive()
    scene.settle()
    scene.clock.instant = ENDS

    for step in order:
        match step:
            case "C":
                scene.correct(entry, replace(RUNNING, until_day=date(2026, 12, 31)))
            case "T":
                scene.ring()
            case _:
                scene.settle()
    scene.settle()

    assert scene.flags(proposal) == {entry.id}
    assert scene.types(entry).count("MeasureEnded") == int(order[0] == "T")
    assert scene.types(proposal).count("ProposalFlagCleared") == int(order == "TFC")
    scene.clock.instant = datetime(2026, 12, 31, 15, tzinfo=UTC)
    assert scene.ring() == 1
    scene.settle()
    assert (scene.flags(proposal), scene.types(entry)[-1]) == (frozenset(), "MeasureEnded")


@pytest.mark.parametrize(
    ("until", "standing", "flagged"),
    [(DAY - timedelta(days=1), Standing.OVER, False), (DAY, Standing.BARRING, True)],
)
def test_a_correction_that_shortens_counts_at_once(
    scene: Scene, until: date, standing: Standing, flagged: bool
) -> None:
    entry, proposal = scene.enter(RUNNING), scene.receive()
    scene.settle()
    scene.correct(entry, replace(RUNNING, until_day=until))
    scene.settle()
    assert (scene.listed(entry)["standing"], bool(scene.flags(proposal))) == (standing, flagged)
    assert len(scene.rows("intake_timers")) == int(flagged)


def test_a_correction_that_puts_the_first_day_off_clears_until_then(scene: Scene) -> None:
    entry, proposal = scene.enter(RUNNING), scene.receive()
    scene.settle()
    scene.correct(entry, TO_COME)
    scene.settle()
    assert scene.flags(proposal) == frozenset()
    scene.clock.instant = BEGINS
    assert scene.ring() == 1
    scene.settle()
    assert scene.flags(proposal) == {entry.id}


@pytest.mark.parametrize("order", ["LT", "LFT"])
def test_what_was_lifted_neither_begins_nor_ends(scene: Scene, order: str) -> None:
    entry = scene.enter(TO_COME)
    scene.settle()
    scene.clock.instant = ENDS
    for step in order:
        match step:
            case "L":
                scene.lift(entry)
            case "T":
                scene.ring()
            case _:
                scene.settle()
    scene.settle()
    assert scene.types(entry) == ["MeasureEntered", "MeasureLifted"]
    assert scene.rows("intake_timers") == []


def test_what_is_lifted_after_its_end_stays_ended(scene: Scene) -> None:
    entry, proposal = scene.enter(RUNNING), scene.receive()
    scene.settle()
    scene.clock.instant = ENDS
    scene.ring()
    scene.lift(entry)
    scene.settle()
    assert scene.types(entry) == ["MeasureEntered", "MeasureEnded", "MeasureLifted"]
    assert scene.types(proposal).count("ProposalFlagCleared") == 1


@pytest.mark.row("N6")
def test_two_instances_note_each_beginning_and_end_once(scene: Scene, cities: Cities) -> None:
    entries = [scene.enter(TO_COME) for _ in range(6)]
    proposal = scene.receive()
    scene.settle()
    scene.clock.instant = ENDS
    rounds = [scene.round(), scene.round(cities.office(INTAKE, scene.city, scene.clock))]

    with ThreadPoolExecutor(len(rounds)) as pool:
        gone_off = [pool.submit(lambda one=one: sum(iter(one.step, False))) for one in rounds]
        assert sum(one.result() for one in gone_off) == 12
    scene.settle()

    for entry in entries:
        assert scene.types(entry) == ["MeasureEntered", "MeasureBegun", "MeasureEnded"]
    assert scene.flags(proposal) == frozenset()


@pytest.mark.row("N6")
def test_nothing_is_flagged_after_the_last_day_however_late_its_end_is_noted(scene: Scene) -> None:
    scene.enter(RUNNING)
    earlier = scene.receive()
    scene.settle()

    scene.clock.instant = ENDS + timedelta(days=3)
    later = scene.receive()
    scene.settle()
    scene.ring()
    scene.settle()

    assert scene.types(later) == ["ProposalReceived"]
    (cleared,) = (one for one in scene.intake.store.load(earlier).events if one.type == "ProposalFlagCleared")
    assert cleared.event.cleared_on == AFTER, "the day from which it bars no more"


@pytest.mark.row("N6")
def test_a_person_can_say_who_it_is_before_the_period_begins(scene: Scene) -> None:
    entry, proposal = scene.enter(TO_COME), scene.receive(number=None)
    scene.settle()
    assert scene.listed(entry)["awaits_decision"]
    scene.does(REGISTER_ENTRY, entry, ConfirmCandidate(proposal_id=proposal.id))
    scene.settle()
    assert scene.flags(proposal) == frozenset()

    scene.clock.instant = BEGINS
    scene.ring()
    scene.settle()
    assert scene.flags(proposal) == {entry.id}


def test_who_was_found_waits_for_nobody_once_the_period_is_over_and_again_when_it_is_prolonged(scene: Scene) -> None:
    entry = scene.enter(RUNNING)
    scene.receive(number=None)
    scene.settle()
    scene.clock.instant = ENDS
    scene.ring()
    scene.settle()
    assert not scene.listed(entry)["awaits_decision"]
    scene.correct(entry, replace(RUNNING, until_day=date(2026, 12, 31)))
    scene.settle()
    assert scene.listed(entry)["awaits_decision"]


def test_who_takes_another_name_while_the_period_runs_stays_flagged_by_number(scene: Scene) -> None:
    entry, proposal = scene.enter(TO_COME), scene.receive()
    scene.settle()
    scene.does(PROPOSAL, proposal, renaming("べつの会社"))
    scene.clock.instant = BEGINS
    scene.ring()
    scene.settle()
    assert scene.flags(proposal) == {entry.id}
