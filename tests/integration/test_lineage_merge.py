"""Proposals merged: both sides tell the same, however the merge is interrupted, raced or repeated."""

from concurrent.futures import ThreadPoolExecutor
from types import NoneType
from uuid import uuid4

import pytest

from eventstore.city import City
from eventstore.errors import NotFound, Unavailable
from eventstore.execution import CommandIdReused
from eventstore.records import StreamId
from services.intake.domain.proposal import Status
from services.intake.domain.proposal.lineage import MergeTargetUnfit
from services.intake.domain.proposal.status import AlreadyMerged, AlreadyWithdrawn
from tests.cities import Cities
from tests.lineage import WHY, WITHDRAW, Scene, scene_in


@pytest.fixture
def scene(cities: Cities, city: City) -> Scene:
    return scene_in(cities, city)


@pytest.mark.row("B24")
def test_both_sides_say_that_one_goes_on_in_the_other(scene: Scene) -> None:
    one, other = scene.receive(), scene.receive()

    told = scene.merge(one, other)

    assert [event["stream"] for event in told["events"]] == [f"proposal-{one}", f"proposal-{other}"]
    assert (scene.shown(one)["status"], scene.shown(one)["merged_into"]) == (Status.MERGED, str(other))
    assert (scene.shown(other)["status"], scene.shown(other)["absorbed"]) == (Status.RECEIVED, [str(one)])
    (merged, absorbed) = (
        scene.office.store.load(StreamId("proposal", side)).events[-1] for side in (one, other)
    )  # fmt: skip
    assert merged.correlation_id == absorbed.correlation_id == merged.command_id
    assert {merged.reason.reveal(), absorbed.reason.reveal()} == {WHY}  # type: ignore[union-attr]  # both have one


def test_a_merge_that_is_repeated_is_told_the_same_whatever_has_happened_since(scene: Scene) -> None:
    one, other, command_id = scene.receive(), scene.receive(), str(uuid4())
    told = scene.merge(one, other, command_id=command_id)
    scene.does(other, WITHDRAW)

    assert scene.merge(one, other, command_id=command_id) == told
    assert scene.types(other) == ["ProposalReceived", "ProposalAbsorbed", "ProposalWithdrawn"]
    with pytest.raises(CommandIdReused):
        scene.merge(one, other, command_id=command_id, reason="ほかの理由")


def test_a_proposal_goes_on_only_in_another_that_is_there_and_undecided(scene: Scene) -> None:
    one, accepted, withdrawn = (scene.receive() for _ in range(3))
    scene.accept(accepted)
    scene.does(withdrawn, WITHDRAW)

    for target in (one, accepted, withdrawn, uuid4()):
        with pytest.raises(MergeTargetUnfit):
            scene.merge(one, target)
    assert scene.types(one) == ["ProposalReceived"]


def test_what_is_not_there_or_closed_is_not_merged_and_the_other_hears_nothing(scene: Scene) -> None:
    closed, other = scene.receive(), scene.receive()
    scene.does(closed, WITHDRAW)

    with pytest.raises(AlreadyWithdrawn):
        scene.merge(closed, other)
    with pytest.raises(NotFound):
        scene.merge(uuid4(), other)
    assert scene.types(other) == ["ProposalReceived"]


def test_merges_make_no_circle(scene: Scene) -> None:
    one, other, third = (scene.receive() for _ in range(3))
    scene.merge(one, other)
    scene.merge(other, third)

    for source, target in ((third, one), (third, other)):
        with pytest.raises(MergeTargetUnfit):
            scene.merge(source, target)
    with pytest.raises(AlreadyMerged):
        scene.merge(other, one)


def test_of_two_merges_into_each_other_at_once_one_is_refused(scene: Scene) -> None:
    one, other = scene.receive(), scene.receive()

    with ThreadPoolExecutor(2) as pool:
        with scene.all_at_once(2):
            merges = [pool.submit(scene.merge, *pair) for pair in ((one, other), (other, one))]
        refused = [merge.exception() for merge in merges]

    assert {type(refusal) for refusal in refused} == {NoneType, AlreadyMerged}
    assert sorted(scene.state(side).status for side in (one, other)) == [Status.MERGED, Status.RECEIVED]


@pytest.mark.parametrize("n", [1, 2])
def test_a_merge_that_is_interrupted_has_not_begun(scene: Scene, n: int) -> None:
    one, other, command_id = scene.receive(), scene.receive(), str(uuid4())
    with scene.interrupted_at(n), pytest.raises(Unavailable):
        scene.merge(one, other, command_id=command_id)
    assert scene.types(one) == scene.types(other) == ["ProposalReceived"]

    scene.merge(one, other, command_id=command_id)
    assert (scene.types(one)[1:], scene.types(other)[1:]) == (["ProposalMerged"], ["ProposalAbsorbed"])
