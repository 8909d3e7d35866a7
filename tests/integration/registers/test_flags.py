"""The registers: a measure flags its party's open proposals and their cases, whichever comes first; it rejects none."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from desk.forms import Listing
from desk.office import Office
from eventstore.following.followers import Busy
from eventstore.records import StreamId
from services.intake.declaration import INTAKE
from services.intake.domain.proposal import PROPOSAL, Status
from services.matching.domain.case import CASE
from services.matching.domain.case import Status as CaseStatus
from services.matching.queries.cases import CASE_LIST
from tests.cities import Cities
from tests.ledgers import numbered
from tests.registers import DAY, MEASURE, NUMBERS, OTHER_NUMBER, WITHDRAW, Scene


@pytest.mark.row("N6")
@pytest.mark.row("S24")
@pytest.mark.parametrize("order", ["EPF", "PEF", "EFPF", "PFEF"])
def test_an_entry_and_a_proposal_find_each_other_in_any_order(scene: Scene, order: str) -> None:
    for step in order:
        match step:
            case "E":
                entry = scene.enter()
            case "P":
                proposal = scene.receive()
            case _:
                scene.settle()
    assert scene.flags(proposal) == {entry.id}
    assert PROPOSAL.fold(scene.intake.store.load(proposal).events).status is Status.RECEIVED, "nothing is rejected"
    assert scene.candidates(entry) == {}


@pytest.mark.row("N6")
def test_none_is_missed_while_eight_write_and_two_instances_follow(scene: Scene, cities: Cities) -> None:
    instances = [scene.intake, cities.office(INTAKE, scene.city, scene.clock)]

    def writes(n: int) -> StreamId:
        office = Scene(scene.city, cities.office(INTAKE, scene.city, scene.clock), scene.matching, scene.clock)
        measure = replace(MEASURE, corporate_number=NUMBERS[n // 2], party_name=f"会社{n // 2}")
        return office.enter(measure) if n % 2 else office.receive(f"社{n // 2}", NUMBERS[n // 2])

    def follows(office: Office) -> None:
        followers = [one for one in office.followers if one.subscription.name == "flag_proposals"]
        for _ in range(40):
            for follower in followers:
                try:
                    follower.step()
                except Busy:
                    continue

    with ThreadPoolExecutor(11) as pool:
        following = [pool.submit(follows, office) for office in instances]
        written = [pool.submit(writes, n) for n in range(10)]
        while not all(one.done() for one in (*written, *following)):
            numbered(scene.city)
        streams = [one.result() for one in written]
        [one.result() for one in following]
    scene.settle()

    for proposal, entry in zip(streams[::2], streams[1::2], strict=True):
        assert scene.flags(proposal) == {entry.id}
        types = [recorded.type for recorded in scene.intake.store.load(proposal).events]
        assert types.count("ProposalFlagged") == 1


@pytest.mark.row("N6")
def test_lifting_clears_what_this_entry_flagged_and_nothing_else(scene: Scene) -> None:
    first, second = scene.enter(), scene.enter(replace(MEASURE, rule="organised_crime"))
    proposal, stranger = scene.receive(), scene.receive("べつの会社", OTHER_NUMBER)
    scene.settle()
    assert scene.flags(proposal) == {first.id, second.id}

    scene.lift(first)
    scene.settle()

    assert (scene.flags(proposal), scene.flags(stranger)) == ({second.id}, frozenset())
    assert scene.listed(first)["lifted_on"] == DAY.isoformat()
    later = scene.receive()
    scene.settle()
    assert scene.flags(later) == {second.id}


@pytest.mark.row("N6")
def test_a_corrected_party_is_found_out_anew(scene: Scene) -> None:
    entry = scene.enter()
    wrongly, rightly = scene.receive(), scene.receive("べつの会社", OTHER_NUMBER)
    scene.settle()

    scene.correct(entry, replace(MEASURE, party_name="べつの会社", corporate_number=OTHER_NUMBER))
    scene.settle()

    assert (scene.flags(wrongly), scene.flags(rightly)) == (frozenset(), {entry.id})


def test_a_proposal_that_is_closed_is_not_flagged(scene: Scene) -> None:
    proposal = scene.receive()
    scene.does(PROPOSAL, proposal, WITHDRAW)
    scene.enter()
    scene.settle()
    assert scene.flags(proposal) == frozenset()


@pytest.mark.row("N6")
class TestCases:
    @pytest.mark.parametrize("order", ["AEF", "EAF", "AFEF", "EFAF"])
    def test_the_case_is_flagged_whether_it_opens_earlier_or_later(self, scene: Scene, order: str) -> None:
        proposal = scene.receive()
        for step in order:
            match step:
                case "A":
                    scene.accept(proposal)
                case "E":
                    entry = scene.enter()
                case _:
                    scene.settle()
        case = self.case_of(scene, proposal)
        assert case["flagged"] is True
        assert CASE.fold(scene.matching.store.load(StreamId("case", UUID(case["case_id"]))).events).flags == {entry.id}

        scene.lift(entry)
        scene.settle()
        assert self.case_of(scene, proposal)["flagged"] is False

    @pytest.mark.parametrize("order", ["AWF", "AFWF", "AFEWF"])
    def test_a_withdrawal_after_acceptance_withdraws_the_case(self, scene: Scene, order: str) -> None:
        proposal = scene.receive()
        for step in order:
            match step:
                case "A":
                    scene.accept(proposal)
                case "W":
                    scene.does(PROPOSAL, proposal, WITHDRAW)
                case "E":
                    scene.enter()
                case _:
                    scene.settle()
        listed = self.case_of(scene, proposal)
        case = StreamId("case", UUID(listed["case_id"]))
        told = CASE.fold(scene.matching.store.load(case).events)
        assert listed["status"] == told.status == CaseStatus.WITHDRAWN
        assert told.withdrawn_on == DAY
        types = [recorded.type for recorded in scene.matching.store.load(case).events]
        assert types.count("CaseWithdrawn") == types.count("CaseOpened") == 1

    def test_a_proposal_that_was_withdrawn_before_it_was_accepted_has_no_case(self, scene: Scene) -> None:
        scene.does(PROPOSAL, scene.receive(), WITHDRAW)
        scene.settle()
        assert scene.rows("matching_cases") == []

    @staticmethod
    def case_of(scene: Scene, proposal: StreamId) -> dict[str, Any]:
        page = CASE_LIST.page(scene.matching, Listing(limit=9, after=None, at_least=None), proposal_id=proposal.id)
        (case,) = page["items"]
        return dict(case)
