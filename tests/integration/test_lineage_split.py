"""Proposals split: whole or not at all, each part with the day of the whole and a receipt of its own."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from eventstore.city import City
from eventstore.errors import InvalidMessage, NotFound, StreamConflict, Unavailable
from eventstore.execution import CommandIdReused
from eventstore.records import StreamId
from services.intake.domain.proposal import Status
from services.intake.domain.proposal.lineage import TooFewParts
from services.intake.domain.proposal.status import AlreadySplit
from tests.cities import Cities
from tests.lineage import BUS, DAY, FOOD, WITHDRAW, Scene, scene_in
from tests.portals import FULL, MINIMAL


@pytest.fixture
def scene(cities: Cities, city: City) -> Scene:
    return scene_in(cities, city)


@pytest.mark.row("B24")
def test_each_part_names_the_whole_and_counts_from_its_day(scene: Scene) -> None:
    whole = scene.receive(FULL)
    scene.clock.advance(timedelta(days=30))

    told = scene.split(whole, {**FULL, **BUS}, {**MINIMAL, **FOOD, "pledges": [], "terms_version": None})

    parts = [UUID(part["proposal_id"]) for part in told["parts"]]
    assert scene.state(whole).status is Status.SPLIT
    assert scene.shown(whole)["parts"] == [str(part) for part in parts]
    for part, form in zip(parts, (BUS, FOOD), strict=True):
        shown = scene.shown(part)
        assert (shown["origin"], shown["origin_id"]) == ("split", str(whole))
        assert (shown["title"], shown["received_on"]) == (form["title"], "2026-11-22")
        first = scene.office.store.load(StreamId("proposal", part)).events[0]
        assert first.recorded_at.date() == DAY + timedelta(days=30)
    assert [scene.state(part).pledges_pending for part in parts] == [False, True]


def test_each_part_has_a_receipt_of_its_own(scene: Scene) -> None:
    told = scene.split(scene.receive(), {**MINIMAL, **BUS}, {**MINIMAL, **FOOD})

    receipts = told["parts"]
    for name in ("receipt_number", "access_code", "proposal_id"):
        assert len({part[name] for part in receipts}) == 2
    assert {part["received_on"] for part in receipts} == {"2026-11-22"}
    assert [scene.shown(UUID(part["proposal_id"]))["receipt_number"] for part in receipts] == [
        part["receipt_number"] for part in receipts
    ]


@pytest.mark.parametrize("n", range(1, 6))
def test_a_split_that_is_interrupted_anywhere_has_not_begun_and_is_done_once_when_repeated(
    scene: Scene, n: int
) -> None:
    whole, command_id, count = scene.receive(), str(uuid4()), scene.count()
    parts = ({**MINIMAL, **BUS}, {**MINIMAL, **FOOD})
    with scene.interrupted_at(n), pytest.raises(Unavailable):
        scene.split(whole, *parts, command_id=command_id)
    assert (scene.count(), scene.types(whole)) == (count, ["ProposalReceived"])

    told = scene.split(whole, *parts, command_id=command_id)
    assert scene.split(whole, *parts, command_id=command_id) == told
    assert (scene.count(), scene.types(whole)) == (count + 2, ["ProposalReceived", "ProposalSplit"])
    assert len(told["events"]) == 5


def test_a_repeated_split_is_told_the_same_and_with_other_parts_it_is_refused(scene: Scene) -> None:
    whole, command_id, count = scene.receive(), str(uuid4()), scene.count()
    parts = [{**MINIMAL, **BUS}, {**MINIMAL, **FOOD}]
    told = scene.split(whole, *parts, command_id=command_id)
    scene.does(UUID(told["parts"][0]["proposal_id"]), WITHDRAW)

    assert scene.split(whole, *parts, command_id=command_id) == told
    with pytest.raises(CommandIdReused):
        scene.split(whole, *reversed(parts), command_id=command_id)
    with pytest.raises(AlreadySplit):
        scene.split(whole, *parts)
    assert scene.count() == count + 2


def test_what_is_wrong_with_any_part_is_told_of_each_and_nothing_is_recorded(scene: Scene) -> None:
    whole = scene.receive()
    count = scene.count()
    wrong = [{**MINIMAL, "municipality": "112089"}, MINIMAL, {**MINIMAL, "title": None, "terms_version": "1999"}]

    with pytest.raises(InvalidMessage) as refused:
        scene.split(whole, *wrong)

    assert [(error.field, error.code) for error in refused.value.errors] == [
        ("parts.0.municipality", "other_municipality"),
        ("parts.2.title", "required"),
        ("parts.2.terms_version", "terms_version"),
    ]
    assert (scene.count(), scene.types(whole)) == (count, ["ProposalReceived"])


def test_one_part_is_no_split_and_leaves_no_proposal_behind(scene: Scene) -> None:
    whole = scene.receive()
    count = scene.count()

    with pytest.raises(TooFewParts):
        scene.split(whole, MINIMAL)
    with pytest.raises(StreamConflict):
        scene.split(whole, MINIMAL, MINIMAL, expected_version=7)
    with pytest.raises(NotFound):
        scene.split(uuid4(), MINIMAL, MINIMAL)
    assert scene.count() == count
