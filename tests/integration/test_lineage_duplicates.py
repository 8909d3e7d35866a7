"""Possible duplicates: shown with what agrees, on record as opened, and never merged by themselves."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from desk.access import access_category
from eventstore.errors import NotFound
from eventstore.records import StreamId
from services.intake.domain.proposal.changes import ChangeContact
from services.intake.schemas import ProposalSchema
from tests.cities import Cities
from tests.ledgers import connected
from tests.lineage import BUS, DAY, FOOD, Scene, scene_in
from tests.portals import FULL, MINIMAL


@pytest.fixture
def fresh(cities: Cities) -> Scene:
    """A city of the test's own: nothing else in it is anything's duplicate."""
    return scene_in(cities, cities.new("lineage"))


@pytest.mark.row("S16")
def test_the_same_party_or_contact_is_told_with_what_agrees_however_long_ago(fresh: Scene) -> None:
    this = fresh.receive(FULL)
    long_ago = DAY - timedelta(days=2000)
    proposer = {**FULL["proposer"], "name": "ゆきみち（株）"}
    same = fresh.receive(
        FULL, on=long_ago, **FOOD, proposer=proposer, contact={"name": "別人", "phone": "017-700-2020"}
    )
    phone = {"name": "別人", "phone": "０３（００００）１１１１"}
    called = fresh.receive(MINIMAL, on=long_ago, **FOOD, contact=phone)
    nobody = fresh.receive(MINIMAL, **FOOD)

    told = fresh.duplicates(this)["items"]

    assert set(told) == {same, called}
    assert (told[same]["agrees"], told[called]["agrees"]) == (["corporate_number", "party_name"], ["phone"])
    assert told[same]["received_on"] == long_ago.isoformat()
    assert nobody not in told


@pytest.mark.row("S16")
def test_a_similar_text_is_told_for_half_a_year_and_whatever_the_call(fresh: Scene) -> None:
    this = fresh.receive(MINIMAL, **FOOD)
    other: dict[str, Any] = {
        "proposer": {"kind": "organisation", "name": "こども会"},
        "contact": {"name": "別人", "phone": "017-700-3030"},
    }
    call: dict[str, Any] = {"kind": "call", "call_id": str(uuid4())}
    half_a_year_ago = DAY - timedelta(days=180)
    similar = fresh.receive(MINIMAL, on=half_a_year_ago, **FOOD, **other, **call)
    fresh.receive(MINIMAL, on=half_a_year_ago - timedelta(days=1), **FOOD, **other)
    fresh.receive(MINIMAL, **BUS, **other)

    told = fresh.duplicates(this)

    assert set(told["items"]) == {similar}
    assert (told["compared"], told["left_out"]) == (2, 0)
    item = told["items"][similar]
    assert (item["agrees"], item["title_similarity"], item["summary_similarity"]) == ([], 100, 100)
    assert (item["kind"], item["call_id"]) == ("call", call["call_id"])


def test_nothing_follows_by_itself_and_no_text_of_the_others_is_told(fresh: Scene) -> None:
    this, other = fresh.receive(FULL), fresh.receive(FULL)

    told = fresh.duplicates(this)

    assert fresh.types(this) == fresh.types(other) == ["ProposalReceived"]
    written = repr(told)
    for protected in (FULL["title"], FULL["summary"], FULL["proposer"]["name"], FULL["contact"]["email"]):
        assert protected not in written


def test_what_is_known_to_belong_together_is_not_told_again(fresh: Scene) -> None:
    this, other = fresh.receive(FULL), fresh.receive(FULL)
    fresh.merge(other, this)
    told = fresh.split(this, {**FULL, **BUS}, {**FULL, **FOOD})
    first, second = (UUID(part["proposal_id"]) for part in told["parts"])

    assert fresh.duplicates(this)["items"] == {}
    assert set(fresh.duplicates(other)["items"]) == {first, second}
    assert set(fresh.duplicates(first)["items"]) == {other, second}


def test_a_contact_that_changed_is_looked_up_as_it_is_now(fresh: Scene) -> None:
    this = fresh.receive(MINIMAL)
    other = fresh.receive(FULL)
    contact = ProposalSchema().load(dict(FULL)).contact
    fresh.does(this, ChangeContact(changed_on=DAY, contact_id=uuid4(), contact=contact))

    assert fresh.duplicates(this)["items"][other]["agrees"] == ["phone", "email"]


@pytest.mark.row("B09")
def test_what_is_told_is_on_record_as_opened_and_what_is_not_told_is_not(fresh: Scene) -> None:
    this, same, unlike = fresh.receive(FULL), fresh.receive(FULL), fresh.receive(MINIMAL)

    fresh.duplicates(this)

    with connected(fresh.administrator) as connection:
        rows = connection.execute(
            "SELECT stream_id FROM events_intake WHERE category = %s", (access_category("intake"),)
        ).fetchall()
    opened = [fresh.office.store.load(StreamId(access_category("intake"), row[0])).events[0].event for row in rows]
    assert {one.record_id for one in opened} == {this, same}
    assert unlike not in {one.record_id for one in opened}
    assert {one.purpose.reveal() for one in opened} == {"重複の確認"}


def test_what_is_not_there_has_no_duplicates(fresh: Scene) -> None:
    with pytest.raises(NotFound):
        fresh.duplicates(uuid4())
