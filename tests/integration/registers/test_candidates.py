"""Candidates: who has the party's name but not its number is looked at by a person."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from desk.packs.codes import ProposalKind
from services.intake.domain.parties import Party
from services.intake.domain.proposal import PROPOSAL
from services.intake.domain.proposal.lineage import MergeProposal, MergeTarget
from services.intake.domain.register_entry import (
    REGISTER_ENTRY,
    Candidacy,
    ConfirmCandidate,
    DismissCandidate,
    NoteCandidate,
)
from services.intake.queries.registers import opened_measure
from tests.registers import ACTOR, DAY, MEASURE, OTHER_NUMBER, WITHDRAW, Scene, renaming

MERGE = MergeProposal(
    merged_on=DAY,
    into=uuid4(),
    target=MergeTarget(kind=ProposalKind.FREE, call_id=None, party=Party(name="ゆきみち株式会社")),
    same_party_confirmed=True,
)


@pytest.mark.row("N6")
class TestCandidates:
    def test_a_namesake_with_a_number_of_its_own_is_no_candidate(self, scene: Scene) -> None:
        entry, proposal = scene.enter(), scene.receive("（株）ゆき　みち", OTHER_NUMBER)
        scene.settle()
        assert (scene.flags(proposal), scene.candidates(entry)) == (frozenset(), {})

    def test_a_name_alone_flags_nothing_until_a_person_confirms_it(self, scene: Scene) -> None:
        entry, proposal = scene.enter(), scene.receive("（株）ゆき　みち", None)
        scene.settle()
        assert (scene.flags(proposal), scene.candidates(entry)) == (frozenset(), {proposal.id: Candidacy.FOUND})
        assert scene.listed(entry)["awaits_decision"]

        scene.does(REGISTER_ENTRY, entry, ConfirmCandidate(proposal_id=proposal.id))
        scene.settle()

        assert scene.flags(proposal) == {entry.id}
        assert not scene.listed(entry)["awaits_decision"]
        scene.lift(entry)
        scene.settle()
        assert scene.flags(proposal) == frozenset()

    def test_who_was_dismissed_is_not_asked_about_again(self, scene: Scene) -> None:
        entry, proposal = scene.enter(), scene.receive(number=None)
        scene.settle()
        scene.does(REGISTER_ENTRY, entry, DismissCandidate(proposal_id=proposal.id))
        scene.correct(entry, replace(MEASURE, address="所沢市並木一丁目"))
        scene.settle()
        assert (scene.flags(proposal), scene.candidates(entry)) == (frozenset(), {proposal.id: Candidacy.DISMISSED})

    def test_a_proposer_that_takes_the_name_later_is_a_candidate_then(self, scene: Scene) -> None:
        entry, proposal = scene.enter(), scene.receive("べつの会社", None)
        scene.settle()
        assert scene.candidates(entry) == {}

        scene.does(PROPOSAL, proposal, renaming("ゆきみち㈱"))
        scene.settle()

        assert scene.candidates(entry) == {proposal.id: Candidacy.FOUND}

    @pytest.mark.parametrize("order", ["FC", "C"])
    @pytest.mark.parametrize(
        "closing",
        [WITHDRAW, MERGE],
        ids=["withdrawn", "merged"],
    )
    def test_a_proposal_that_was_closed_is_not_waited_for(self, scene: Scene, closing: Any, order: str) -> None:
        entry, proposal = scene.enter(), scene.receive(number=None)
        other = scene.receive(number=None)
        if order == "FC":
            scene.settle()
        scene.does(PROPOSAL, proposal, closing)
        scene.settle()
        assert scene.listed(entry)["awaits_decision"], "for the other one"

        scene.does(PROPOSAL, other, closing)
        scene.settle()

        assert not scene.listed(entry)["awaits_decision"]
        told = opened_measure(scene.intake, entry, ACTOR, None)["candidates"]
        assert told
        assert not any(one["awaits_decision"] for one in told)

    def test_who_was_found_while_the_proposal_was_closed_is_not_waited_for(self, scene: Scene) -> None:
        """The look-up saw it open; in the log its withdrawal stands first."""
        entry, proposal = scene.enter(), scene.receive(number=None)
        scene.does(PROPOSAL, proposal, WITHDRAW)
        scene.does(REGISTER_ENTRY, entry, NoteCandidate(proposal_id=proposal.id))
        scene.settle()
        assert scene.candidates(entry) == {proposal.id: Candidacy.FOUND}
        assert not scene.listed(entry)["awaits_decision"]
