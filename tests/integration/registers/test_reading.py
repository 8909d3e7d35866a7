"""What the registers tell: lists, look-ups and openings, and nothing of party or rule in clear."""

from dataclasses import replace
from uuid import uuid4

import pytest

from desk.access import access_category
from eventstore.errors import NotFound
from eventstore.records import StreamId
from services.intake.declaration import INTAKE
from services.intake.domain.parties import Party
from services.intake.domain.register_entry import REGISTER_ENTRY, ConfirmCandidate, NoExclusionRules
from services.intake.queries.registers import Search, measures_about, opened_measure
from tests.cities import Cities, FrozenClock
from tests.ledgers import connected, signed, verdict_of
from tests.registers import ACTOR, MEASURE, NUMBER, OTHER_NUMBER, Scene


def test_rebuilt_lists_equal_the_live_ones(scene: Scene) -> None:
    entry, proposal = scene.enter(), scene.receive(number=None)
    scene.accept(scene.receive())
    scene.settle()
    scene.does(REGISTER_ENTRY, entry, ConfirmCandidate(proposal_id=proposal.id))
    scene.correct(entry, replace(MEASURE, party_name="べつの会社"))
    scene.lift(scene.enter())
    scene.settle()

    before = scene.rows("intake_measures"), scene.rows("matching_cases")
    for follower in scene.followers:
        if follower.subscription.is_projection:
            follower.rebuild()
    assert all(before)
    assert (scene.rows("intake_measures"), scene.rows("matching_cases")) == before


def test_a_party_is_found_by_number_and_by_its_name_in_any_way(scene: Scene) -> None:
    entry = scene.enter()
    scene.enter(replace(MEASURE, party_name="べつの会社", corporate_number=OTHER_NUMBER))

    def found(**party: str) -> list[tuple[str, str]]:
        told = measures_about(scene.intake, search(Party(**party)))
        return [(one["entry_id"], one["agrees"]) for one in told]

    assert found(corporate_number=NUMBER) == [(str(entry.id), "number")]
    assert found(name="ユキミツ") == []
    assert found(name="ユキミチ") == [(str(entry.id), "name")]
    assert found(name="ゆきみち（株）") == [(str(entry.id), "name")]
    scene.correct(entry, replace(MEASURE, party_name="あとの会社", corporate_number=None))
    assert found(corporate_number=NUMBER) == [], "what it said once is no longer so"


@pytest.mark.row("B09")
def test_opening_an_entry_is_on_record(scene: Scene) -> None:
    entry = scene.enter()
    told = opened_measure(scene.intake, entry, ACTOR, "審査のため")
    assert (told["party_name"], told["rule"], told["closed"]) == (MEASURE.party_name, "bid_suspension", [])
    (opening,) = openings(scene)
    assert str(entry.id).encode() in opening
    with pytest.raises(NotFound):
        opened_measure(scene.intake, StreamId("register_entry", uuid4()), ACTOR, None)


@pytest.mark.row("B09")
def test_each_entry_that_a_party_is_found_to_have_is_on_record_as_opened(scene: Scene) -> None:
    entries = [scene.enter(), scene.enter(replace(MEASURE, rule="organised_crime"))]
    scene.enter(replace(MEASURE, party_name="べつの会社", corporate_number=OTHER_NUMBER))

    assert measures_about(scene.intake, search(Party(name="だれでもない"))) == []
    assert openings(scene) == []
    told = measures_about(scene.intake, search(Party(corporate_number=NUMBER)))

    assert {one["entry_id"] for one in told} == {str(one.id) for one in entries}
    assert not any(set(one) & {"kind", "rule"} for one in told)
    assert all(any(str(one.id).encode() in opening for opening in openings(scene)) for one in entries)
    assert len(openings(scene)) == len(entries)


def search(party: Party) -> Search:
    """Somebody looks for what a party has."""
    return Search(party=party, actor=ACTOR, purpose="締結の前の確認")


def openings(scene: Scene) -> list[bytes]:
    """The records of what intake opened."""
    with connected(scene.city.databases["records"]) as connection:
        found = connection.execute("SELECT record FROM events WHERE category = %s", (access_category("intake"),))
        return [record for (record,) in found]


def test_look_ups_by_a_name_in_its_form_are_verified(scene: Scene, cities: Cities) -> None:
    entry = scene.enter()
    scene.receive("（株）ゆき　みち", None)
    scene.settle()
    signed(scene.city)
    assert verdict_of(scene.city).findings == ()

    with connected(cities.administrator_url(scene.city)) as connection:
        connection.execute("DELETE FROM blind_indexes_intake WHERE name = 'party_name' AND stream_id = %s", (entry.id,))
    assert [finding.fault for finding in verdict_of(scene.city).findings] == ["index_missing"]


def test_nothing_of_party_or_rule_stands_in_clear(scene: Scene) -> None:
    entry = scene.enter()
    with connected(scene.city.databases["records"]) as connection:
        ((record,),) = connection.execute("SELECT record FROM events WHERE stream_id = %s", (entry.id,)).fetchall()
    for secret in (MEASURE.party_name, NUMBER, MEASURE.kind, MEASURE.rule, MEASURE.law, MEASURE.source):
        assert secret not in record.decode()


def test_a_city_without_such_rules_keeps_no_register(cities: Cities, clock: FrozenClock) -> None:
    city = cities.new("aomori")
    office = cities.office(INTAKE, city, clock)
    with pytest.raises(NoExclusionRules):
        Scene(city, office, office, clock).enter()
