"""Whatever happens in whichever order, and however far it is followed in between: the rows say what the log says."""

from contextlib import suppress
from datetime import date, timedelta
from typing import Final
from uuid import UUID, uuid5

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from desk.deadlines.streams import Status as Clock
from desk.deadlines.streams import deadline_rules, deadline_stream
from desk.deadlines.streams_commands import MeetDeadline, PauseDeadline, ResumeDeadline
from desk.packs.codes import Channel, DeadlineCode
from eventstore.city import City
from eventstore.errors import RenkeiError
from eventstore.protection import Sealed
from eventstore.records import StreamId
from services.intake.domain.proposal.changes import RenameProposer
from services.matching.domain.case import CASE
from services.matching.domain.case.assignment import Asked, OfferCase, Part, TakeOffer, WithdrawOffer
from services.matching.domain.case.decider import CaseCommand
from services.matching.domain.case.opening import ClearCaseFlag, FlagCase, WithdrawCase
from services.matching.domain.case.people import AssignAccompaniment, HandOverCase, NoteSilence, RecordContact
from services.matching.domain.obligation import OBLIGATION
from services.matching.domain.obligation.events import ObligationDueChanged, ObligationFulfilled
from services.matching.projections.cases import columns_of
from tests.cities import Cities
from tests.lineage import BUS, FOOD
from tests.work import DAY, Work

ANSWER: Final = DeadlineCode.DEPARTMENT_ANSWER
PEOPLE: Final = (UUID(int=11), UUID(int=12))
NEVER: Final = date.max


def commands(case: UUID, n: int) -> list[CaseCommand]:
    """What may be asked of a case; n: 0 or 1, of whom or what."""
    department, part = [("roads", Part.LEAD), ("parks", Part.SUPPORTING)][n]
    offer_id, person, other = uuid5(case, department), PEOPLE[n], PEOPLE[1 - n]
    asked = (Asked(offer_id=offer_id, department=department, part=part),)
    return [
        OfferCase(asked=asked, offered_on=DAY, suggestion_id=None, message=None),
        TakeOffer(offer_id=offer_id, officer_id=person, taken_on=DAY),
        WithdrawOffer(offer_id=offer_id, withdrawn_on=DAY),
        AssignAccompaniment(staff_id=person, assigned_on=DAY),
        HandOverCase(from_id=person, to_id=other, handed_over_on=DAY),
        FlagCase(entry_id=person, flagged_on=DAY),
        ClearCaseFlag(entry_id=person, cleared_on=DAY),
        NoteSilence(last_contact_on=DAY, today=DAY + timedelta(days=60)),
        RecordContact(contacted_on=DAY + timedelta(days=n), means=Channel.PHONE, note=None),
        WithdrawCase(withdrawn_on=DAY),
    ]


class Scenario:
    """Two cases, and what may happen to them."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.cases = [work.opened(**BUS), work.opened(**FOOD)]
        self.promises: list[list[StreamId]] = [[], []]

    def clock(self, at: int) -> StreamId:
        return deadline_stream("matching", StreamId(CASE.category, self.cases[at]), ANSWER)

    def happens(self, at: int, what: int, n: int) -> None:
        """Something happens to a case, unless a rule refuses it."""
        case = self.cases[at]
        asked = commands(case, n)
        others = [self.promise, self.change, self.keep, self.set, self.turn, self.rename]
        with suppress(RenkeiError):
            if what < len(asked):
                self.work.does(case, asked[what])
            else:
                others[what - len(asked)](at, n)

    def promise(self, at: int, n: int) -> None:
        self.promises[at].append(self.work.promised(self.cases[at], DAY + timedelta(days=n)))

    def owed(self, at: int) -> list[StreamId]:
        """The promises that are still to be kept."""
        store = self.work.office.store
        return [one for one in self.promises[at] if OBLIGATION.fold(store.load(one).events).is_open]

    def change(self, at: int, n: int) -> None:
        for promise in self.owed(at)[:1]:
            self.work.happens(promise, ObligationDueChanged(due_on=DAY + timedelta(days=5 + n), previously_due_on=DAY))

    def keep(self, at: int, n: int) -> None:
        for promise in self.owed(at)[n : n + 1]:
            self.work.happens(promise, ObligationFulfilled(fulfilled_on=DAY, note=Sealed(None)))

    def set(self, at: int, n: int) -> None:
        self.work.deadline(self.work.office, StreamId(CASE.category, self.cases[at]), ANSWER, DAY + timedelta(days=n))

    def turn(self, at: int, n: int) -> None:
        office, count = self.work.office, self.work.count(self.work.office, ANSWER)
        commands = [PauseDeadline(paused_on=DAY), ResumeDeadline(resumed_on=DAY + timedelta(days=2), count=count)]
        command = commands[n] if at else [commands[n], MeetDeadline(met_on=DAY)][n]
        self.work.turns(office, self.clock(at), command)

    def rename(self, at: int, n: int) -> None:
        proposal = self.work.proposal_of(self.cases[at])
        named = uuid5(proposal, f"{n}")
        self.work.intake.does(
            proposal,
            RenameProposer(
                renamed_on=DAY, proposer_id=named, representative_id=named, name=f"新しい名前{n}", address=None,
                representative=None,
            ),
        )  # fmt: skip

    def due(self, at: int) -> date:
        """The least of what is open, as the streams say."""
        store = self.work.office.store
        promises = [OBLIGATION.fold(store.load(promise).events) for promise in self.promises[at]]
        period = deadline_rules("matching").fold(store.load(self.clock(at)).events)
        running = [period] if period and period.status in (Clock.RUNNING, Clock.OVERDUE) else []
        return min([one.due_on for one in (*(one for one in promises if one.is_open), *running)], default=NEVER)


STEPS: Final = st.tuples(st.integers(0, 1), st.integers(0, 15) | st.integers(10, 14), st.integers(0, 1), st.booleans())
"""Which case, what, of whom or what, and whether it is followed before the next."""


@pytest.fixture(scope="module")
def work(cities: Cities, city: City) -> Work:
    return Work.of(cities, city)


@settings(max_examples=8, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=15, max_size=25))
def test_rows_say_what_the_log_says_and_a_rebuild_says_the_same(
    work: Work, steps: list[tuple[int, int, int, bool]]
) -> None:
    scenario = Scenario(work)
    for at, what, n, is_followed in steps:
        scenario.happens(at, what, n)
        if is_followed:
            assert_rows_are_true(scenario)
    assert_rows_are_true(scenario)

    live = work.rows()
    work.follower("cases").rebuild()
    assert work.rows() == live
    assert work.follower("cases").parked() == []


def assert_rows_are_true(scenario: Scenario) -> None:
    """Each case's row says what its streams say."""
    scenario.work.settle()
    for at, case in enumerate(scenario.cases):
        read = scenario.work.office.store.load(StreamId(CASE.category, case))
        expected = {"version": read.version, "due_on": scenario.due(at), **columns_of(CASE.fold(read.events))}
        row = scenario.work.row(case)
        assert {name: row[name] for name in expected} == expected
