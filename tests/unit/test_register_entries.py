"""Register entries: how their measures stand in time, who is a candidate, and what an entry means for a proposal."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given as generated
from hypothesis import strategies as st

from eventstore.errors import NotFound
from eventstore.protection import Sealed
from eventstore.testing import given
from services.intake.domain.parties import Party
from services.intake.domain.register_entry import (
    REGISTER_ENTRY,
    BeginMeasure,
    Candidacy,
    CandidateUnknown,
    Concern,
    EndMeasure,
    LiftedInTheFuture,
    MeasureAlreadyEntered,
    MeasureBegun,
    MeasureCorrected,
    MeasureEnded,
    MeasureNoLongerStands,
    RegisterEntry,
    Standing,
    concern,
)
from tests.strategies import EVENT_TYPES, events_of
from tests.unit.measures import (
    CONFIRM,
    CONFIRMED,
    DISMISS,
    DISMISSED,
    ENTERED,
    FOUND,
    FROM,
    LAST,
    LIFT,
    LIFTED,
    NOTE,
    PROPOSAL_ID,
    SUSPENSION,
    TODAY,
    correct,
    enter,
)


class TestCorrection:
    def test_it_states_the_entry_whole_and_says_whether_the_party_is_another(self) -> None:
        moved = given(REGISTER_ENTRY, ENTERED).when(correct(replace(SUSPENSION, address="青森市"))).event()
        other = given(REGISTER_ENTRY, ENTERED).when(correct(replace(SUSPENSION, corporate_number=None))).event()
        assert isinstance(moved, MeasureCorrected)
        assert (moved.is_another_party, other.is_another_party) == (False, True)
        assert (moved.address, moved.party_name) == (Sealed("青森市"), ENTERED.party_name)

    def test_what_stands_so_already_is_no_correction(self) -> None:
        given(REGISTER_ENTRY, ENTERED).when(correct(SUSPENSION)).nothing()

    def test_another_party_has_no_candidates_yet(self) -> None:
        correction = given(REGISTER_ENTRY, ENTERED).when(correct(replace(SUSPENSION, party_name="別の会社"))).event()
        assert given(REGISTER_ENTRY, ENTERED, FOUND, CONFIRMED, correction).state.candidates == {}


class TestEnd:
    def test_a_measure_is_lifted_once(self) -> None:
        given(REGISTER_ENTRY, ENTERED).when(LIFT).then(LIFTED)
        given(REGISTER_ENTRY, ENTERED, LIFTED).when(LIFT).nothing()

    def test_it_is_not_lifted_in_the_future(self) -> None:
        given(REGISTER_ENTRY, ENTERED).when(replace(LIFT, lifted_on=date(2026, 11, 23))).refused(LiftedInTheFuture)

    @pytest.mark.parametrize("command", [correct(SUSPENSION), CONFIRM, DISMISS])
    def test_nothing_about_a_lifted_measure_changes(self, command: Any) -> None:
        given(REGISTER_ENTRY, ENTERED, FOUND, LIFTED).when(command).refused(MeasureNoLongerStands)


BEFORE, DAY_AFTER = FROM - timedelta(days=1), LAST + timedelta(days=1)
TO_COME = replace(SUSPENSION, from_day=date(2026, 12, 1), until_day=date(2026, 12, 10))
BEGUN, ENDED = MeasureBegun(begun_on=FROM), MeasureEnded(ended_on=DAY_AFTER)


def begin(today: date) -> BeginMeasure:
    return BeginMeasure(today=today)


def end(today: date) -> EndMeasure:
    return EndMeasure(today=today)


class TestPeriod:
    @pytest.mark.parametrize(
        ("today", "until", "standing"),
        [
            (BEFORE, LAST, Standing.COMING),
            (FROM, LAST, Standing.BARRING),
            (LAST, LAST, Standing.BARRING),
            (DAY_AFTER, LAST, Standing.OVER),
            (date(2099, 1, 1), None, Standing.BARRING),
            (BEFORE, None, Standing.COMING),
        ],
    )
    def test_an_entry_says_how_its_period_stands_on_the_day(
        self, today: date, until: date | None, standing: Standing
    ) -> None:
        measure = replace(SUSPENSION, clause="p1_2", until_day=until)
        assert given(REGISTER_ENTRY).when(replace(enter(measure), today=today)).event().standing is standing
        moved = replace(measure, address="青森市")
        assert given(REGISTER_ENTRY, ENTERED).when(correct(moved, today)).event().standing is standing

    def test_it_begins_once_on_its_first_day_however_late_that_is_noted(self) -> None:
        coming = replace(ENTERED, standing=Standing.COMING)
        given(REGISTER_ENTRY, coming).when(begin(BEFORE)).nothing()
        for day in (FROM, DAY_AFTER):
            given(REGISTER_ENTRY, coming).when(begin(day)).then(BEGUN)
        given(REGISTER_ENTRY, coming, BEGUN).when(begin(FROM)).nothing()
        given(REGISTER_ENTRY, ENTERED).when(begin(FROM)).nothing()

    def test_it_ends_once_on_the_day_after_its_last_however_late_that_is_noted(self) -> None:
        given(REGISTER_ENTRY, ENTERED).when(end(LAST)).nothing()
        for day in (DAY_AFTER, date(2099, 1, 1)):
            given(REGISTER_ENTRY, ENTERED).when(end(day)).then(ENDED)
        given(REGISTER_ENTRY, ENTERED, ENDED).when(end(DAY_AFTER)).nothing()
        given(REGISTER_ENTRY, replace(ENTERED, until_day=None)).when(end(date(2099, 1, 1))).nothing()

    def test_what_was_lifted_neither_begins_nor_ends(self) -> None:
        coming = replace(ENTERED, standing=Standing.COMING)
        given(REGISTER_ENTRY, coming, LIFTED).when(begin(FROM)).nothing()
        given(REGISTER_ENTRY, ENTERED, LIFTED).when(end(DAY_AFTER)).nothing()

    def test_a_correction_that_prolongs_lets_an_ended_one_stand_again(self) -> None:
        longer = replace(SUSPENSION, clause="p1_2", until_day=date(2030, 3, 31))
        corrected = given(REGISTER_ENTRY, ENTERED, ENDED).when(correct(longer, DAY_AFTER)).event()
        assert given(REGISTER_ENTRY, ENTERED, ENDED, corrected).state.standing is Standing.BARRING

    def test_that_time_has_passed_is_no_correction(self) -> None:
        given(REGISTER_ENTRY, ENTERED).when(correct(SUSPENSION, DAY_AFTER)).nothing()


def test_an_entry_is_made_once() -> None:
    given(REGISTER_ENTRY, ENTERED).when(enter()).refused(MeasureAlreadyEntered)


@pytest.mark.parametrize("command", [correct(SUSPENSION), LIFT, begin(FROM), end(LAST), NOTE, CONFIRM, DISMISS])
def test_what_was_not_entered_is_not_found(command: Any) -> None:
    with pytest.raises(NotFound):
        given(REGISTER_ENTRY).when(command)


class TestCandidates:
    def test_a_candidate_is_named_once_and_none_of_a_lifted_measure(self) -> None:
        given(REGISTER_ENTRY, ENTERED).when(NOTE).then(FOUND)
        given(REGISTER_ENTRY, ENTERED, FOUND).when(NOTE).nothing()
        given(REGISTER_ENTRY, ENTERED, FOUND, DISMISSED).when(NOTE).nothing()
        given(REGISTER_ENTRY, ENTERED, LIFTED).when(NOTE).nothing()

    def test_a_person_decides_and_may_think_again(self) -> None:
        given(REGISTER_ENTRY, ENTERED, FOUND).when(CONFIRM).then(CONFIRMED)
        given(REGISTER_ENTRY, ENTERED, FOUND).when(DISMISS).then(DISMISSED)
        given(REGISTER_ENTRY, ENTERED, FOUND, CONFIRMED).when(CONFIRM).nothing()
        given(REGISTER_ENTRY, ENTERED, FOUND, DISMISSED).when(DISMISS).nothing()
        given(REGISTER_ENTRY, ENTERED, FOUND, DISMISSED).when(CONFIRM).then(CONFIRMED)
        given(REGISTER_ENTRY, ENTERED, FOUND, CONFIRMED).when(DISMISS).then(DISMISSED)

    @pytest.mark.parametrize("command", [CONFIRM, DISMISS])
    def test_only_a_candidate_is_decided_about(self, command: Any) -> None:
        given(REGISTER_ENTRY, ENTERED).when(command).refused(CandidateUnknown)


SAME = Party(name="ゆきみち", corporate_number="4011001098993")
NAMESAKE, STRANGER = Party(name="㈱ゆきみち"), Party(name="別の会社", corporate_number="7123456789012")
PARTY = Party(name="株式会社ゆきみち", corporate_number="4011001098993")


@pytest.mark.row("N6")
@pytest.mark.parametrize(
    ("known", "proposer", "found"),
    [
        (None, SAME, Concern.FLAGS),
        (Candidacy.DISMISSED, SAME, Concern.FLAGS),
        (None, NAMESAKE, Concern.ASKS),
        (Candidacy.FOUND, NAMESAKE, Concern.ASKS),
        (Candidacy.CONFIRMED, NAMESAKE, Concern.FLAGS),
        (Candidacy.DISMISSED, NAMESAKE, Concern.NONE),
        (None, STRANGER, Concern.NONE),
        (Candidacy.CONFIRMED, STRANGER, Concern.FLAGS),
    ],
)
def test_a_number_or_a_person_flags_and_a_name_asks(known: Candidacy | None, proposer: Party, found: Concern) -> None:
    entry = RegisterEntry(stated=ENTERED, standing=Standing.BARRING, candidates={PROPOSAL_ID: known} if known else {})
    assert concern(entry, PARTY, PROPOSAL_ID, proposer, TODAY) is found
    assert concern(entry, PARTY, PROPOSAL_ID, proposer, LAST) is found
    assert concern(entry, PARTY, PROPOSAL_ID, proposer, DAY_AFTER) is Concern.NONE, "noted or not"
    for standing in (Standing.OVER, Standing.LIFTED):
        assert concern(replace(entry, standing=standing), PARTY, PROPOSAL_ID, proposer, TODAY) is Concern.NONE
    asks = Concern.ASKS if found is Concern.ASKS else Concern.NONE
    coming = replace(entry, standing=Standing.COMING)
    assert concern(coming, PARTY, PROPOSAL_ID, proposer, TODAY) is asks, "before it begins it flags nothing"


def test_what_was_never_entered_concerns_nobody() -> None:
    assert concern(RegisterEntry(), PARTY, PROPOSAL_ID, SAME, TODAY) is Concern.NONE


@generated(
    st.lists(
        st.one_of([events_of(declared) for declared in EVENT_TYPES if declared.category == "register_entry"]),
        max_size=6,
    )
)
def test_any_events_make_an_entry(events: list[Any]) -> None:
    state = given(REGISTER_ENTRY, *events).state
    assert (state.stated is not None) == any(hasattr(event, "from_day") for event in events)
