"""`renkei messages discard`: what is parked is taken away by somebody who says why, and that is on record."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from apps.composition import SERVICES
from apps.records.timeline import RecordsOffice
from desk.office import Office
from eventstore.city import City
from eventstore.records import Actor, Code, Recorded, StreamId
from tests.cities import Cities
from tests.integration.parking.conftest import Stored
from tests.parking import (
    REASON,
    Renkei,
    acceptance_parked,
    failing_at_commit,
    followed,
    hindered,
    park,
    parked,
    refusal,
    rows,
)
from tests.tokens import token_of

PARKED = "parked_positions_matching"


def discard_of(office: Office, told: dict[str, Any]) -> Recorded:
    """The event that a discard says it recorded."""
    event = office.store.load(StreamId.parse(told["event"]["stream"])).events[-1]
    assert (str(event.id), event.version) == (told["event"]["id"], told["event"]["version"])
    return event


@pytest.mark.row("B10")
def test_a_discarded_message_is_gone_and_who_discarded_it_and_why_is_on_record(
    renkei: Renkei, office: Office, city: City, cities: Cities
) -> None:
    parked_id, kept_id = park(office, b"not JSON"), park(office, b"neither")

    (told,) = json.loads(renkei("messages", "discard", parked_id, "--reason", REASON).stdout)

    assert [row["id"] for row in parked(renkei)] == [kept_id]
    discarded = discard_of(office, told)
    assert discarded.stream == StreamId("intake_parking", UUID(parked_id))
    assert (discarded.type, discarded.event.message_id, discarded.event.code) == (
        "MessageDiscarded", UUID(parked_id), "not_json",
    )  # fmt: skip
    assert discarded.reason is not None
    assert discarded.reason.reveal() == REASON
    assert discarded.actor == Actor(id=city.operator, role=Code("operator"), app=Code("command_line"))
    assert discarded.policy == office.pack().digest
    ((record,),) = rows(
        city, "intake", f"SELECT convert_from(record, 'UTF8') FROM events_intake WHERE id = '{discarded.id}'"
    )
    assert REASON not in record
    (entry,) = cities.closing(RecordsOffice(city)).timeline(parked_id)
    assert (entry.who, entry.sentence) == (
        "システム運用者", "処理できず保留していたメッセージを破棄しました（保留の理由：JSONとして読めない）。",
    )  # fmt: skip
    for gone in (renkei("messages", "discard", parked_id, "--reason", REASON), renkei("messages", "retry", parked_id)):
        assert refusal(gone) == (1, "not_parked")


def test_what_is_discarded_can_be_parked_and_discarded_again(renkei: Renkei, office: Office) -> None:
    """The same message has the same id, and each decision stands."""
    for version in (1, 2):
        discarded = renkei("messages", "discard", park(office, b"x"), "--reason", REASON)
        assert json.loads(discarded.stdout)[0]["event"]["version"] == version


@pytest.mark.row("B10")
def test_a_message_whose_discard_cannot_be_recorded_stays_parked(
    renkei: Renkei, office: Office, city: City, cities: Cities, stored: Stored
) -> None:
    parked_id = park(office, b"x")
    with hindered(cities, city, "events_intake"):
        assert renkei("messages", "discard", parked_id, "--reason", REASON).exit_code == 3
    assert ([row["id"] for row in parked(renkei)], stored()) == ([parked_id], [])


def test_a_message_that_stays_parked_has_no_discard_on_record(
    renkei: Renkei, office: Office, city: City, cities: Cities, stored: Stored
) -> None:
    parked_id = park(office, b"x")
    with failing_at_commit(cities, city, "parked_intake"):
        assert renkei("messages", "discard", parked_id, "--reason", REASON).exit_code == 3
    assert ([row["id"] for row in parked(renkei)], stored()) == ([parked_id], [])


def test_one_unknown_id_and_nothing_is_discarded(renkei: Renkei, office: Office) -> None:
    parked_id = park(office, b"x")
    for strange in (str(uuid4()), "intake/proposals/1", "x"):
        refused = renkei("messages", "discard", parked_id, strange, "--reason", REASON)
        assert refusal(refused) == (1, "not_parked")
    assert [row["id"] for row in parked(renkei)] == [parked_id]


def test_a_person_discards_with_a_token_that_permits_it(renkei: Renkei, office: Office, city: City) -> None:
    parked_id, person = park(office, b"x"), uuid4()
    discard = ("messages", "discard", parked_id, "--reason", REASON, "--token")
    assert refusal(renkei(*discard, token_of(city, "desk_officer"))) == (1, "not_permitted")
    assert refusal(renkei(*discard, "x")) == (1, "token_refused")
    assert refusal(renkei(*discard, "")) == (1, "token_missing")

    (told,) = json.loads(renkei(*discard, token_of(city, "desk_officer", "administrator", staff=person)).stdout)

    assert discard_of(office, told).actor == Actor(id=person, role=Code("administrator"), app=Code("command_line"))


@pytest.mark.row("B10")
def test_a_discarded_position_is_gone_and_who_discarded_it_and_why_is_on_record(
    renkei: Renkei, office: Office, matching: Office, cities: Cities, city: City
) -> None:
    acceptance_parked(cities, office, matching)
    (item,) = parked(renkei)

    (told,) = json.loads(renkei("messages", "discard", item["id"], "--reason", REASON).stdout)

    stream = StreamId.parse(told["event"]["stream"])
    (discarded,) = matching.store.load(stream).events
    assert (discarded.type, stream.category) == ("PositionDiscarded", "matching_parking")
    happened = discarded.event
    assert (happened.subscription, happened.position, happened.code) == ("open_cases", item["position"], "fault")
    assert discarded.reason is not None
    assert discarded.reason.reveal() == REASON
    assert (discarded.actor.id, discarded.actor.role) == (city.operator, "operator")
    (entry,) = cities.closing(RecordsOffice(city)).timeline(str(stream))
    assert entry.sentence == (
        f"処理できず保留していた記録{item['position']}番を、以後は処理しないことにしました"
        "（処理の名称：open_cases、保留の理由：システムの不具合）。"
    )
    followed(matching, "open_cases")
    assert parked(renkei) == []
    assert rows(city, "matching", "SELECT type FROM events_matching") == [("PositionDiscarded",)]


@pytest.mark.row("B10")
def test_a_position_is_discarded_and_recorded_or_neither(
    renkei: Renkei, office: Office, matching: Office, cities: Cities, city: City
) -> None:
    acceptance_parked(cities, office, matching)
    (item,) = parked(renkei)
    discards = "SELECT count(*) FROM events_matching WHERE type = 'PositionDiscarded'"
    before = rows(city, "matching", discards)
    for hindrance in (hindered(cities, city, "events_matching"), failing_at_commit(cities, city, PARKED)):
        with hindrance:
            assert renkei("messages", "discard", item["id"], "--reason", REASON).exit_code == 3
    assert (parked(renkei), rows(city, "matching", discards)) == ([item], before)


def test_whoever_may_park_declares_what_discarding_it_records() -> None:
    for service in SERVICES:
        declared = {event_type.name for event_type in service.events}
        assert ("MessageDiscarded" in declared) == bool(service.takes)
        assert ("PositionDiscarded" in declared) == bool(service.subscriptions)
