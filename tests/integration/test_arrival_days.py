"""The day on which a submission counts decides the rules that it is read under, and stands in its record."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from apps.provisioning.city import Installation, adopt_pack
from desk.packs import Pack, load_pack
from desk.rules import PackUnreadable
from eventstore.city import City
from eventstore.parked import Delivery
from eventstore.records import Recorded, StreamId
from services.intake.declaration import INTAKE
from services.intake.reactions.portal import portal_reactions
from services.intake.reception import Reception
from tests.cities import AOMORI, Cities, FrozenClock
from tests.portals import admitted, as_body, proposal

TOKYO = ZoneInfo("Asia/Tokyo")
BEFORE = datetime(2027, 3, 31, 23, 50, tzinfo=TOKYO)
AFTER = datetime(2027, 4, 1, 0, 10, tzinfo=TOKYO)
PORTAL = "city-portal"  # which Aomori's pack lists as run by the city


@pytest.fixture(scope="module")
def changing(installation: Installation, new_city: Callable[..., City]) -> City:
    """A city whose terms change on 1 April 2027, with a portal that the city runs."""
    city = new_city("changing")
    admitted(installation, city, PORTAL)
    old = AOMORI.read_text(encoding="utf-8")
    new = old.replace('version = "2026-04"', 'version = "2027-04"').replace(
        "effective_from = 2026-04-01", "effective_from = 2027-04-01"
    )
    adopt_pack(city, new.encode(), load_pack(new.encode(), origin="new"), approver="市長", reference="企連第2号")
    return city


def posing_as(version: str) -> Pack:
    """Aomori's pack under another version and digest: for bytes that today's strict reader would refuse."""
    known = load_pack(AOMORI.read_bytes(), origin="known")
    return replace(known, digest=sha256(version.encode()).hexdigest(), edition=replace(known.edition, version=version))


def told(cities: Cities, city: City, now: datetime, time: datetime) -> Recorded | list[tuple[str, str]]:
    """What became of a proposal under the terms of 2026: the event, or the errors."""
    office = cities.office(INTAKE, city, FrozenClock(now.astimezone(UTC)))
    message = proposal() | {"source": f"/portals/{PORTAL}", "time": time.isoformat()}
    delivery = Delivery(
        body=as_body(message), content_type="application/json", routing_key=message["type"], user_id=PORTAL
    )
    answer = portal_reactions(office, Reception(office)).answer(delivery).event["data"]
    if "errors" in answer:
        return [(error["field"], error["code"]) for error in answer["errors"]]
    (recorded,) = office.store.load(StreamId("proposal", UUID(answer["proposal_id"]))).events
    assert recorded.policy == office.rules.in_force(recorded.event.received_on).digest
    return recorded


def test_what_the_city_s_portal_took_before_midnight_is_read_under_the_rules_of_that_day(
    cities: Cities, changing: City
) -> None:
    recorded = told(cities, changing, AFTER, BEFORE)

    assert isinstance(recorded, Recorded)
    assert recorded.event.received_on == BEFORE.date()
    assert recorded.occurred_at == BEFORE
    assert recorded.recorded_at == AFTER


def test_what_comes_after_midnight_has_to_know_the_new_terms(cities: Cities, changing: City) -> None:
    assert told(cities, changing, AFTER, AFTER) == [("terms_version", "terms_version")]


def test_a_day_before_the_first_rules_is_refused(cities: Cities, changing: City) -> None:
    long_ago = BEFORE - timedelta(days=2_000)

    assert told(cities, changing, AFTER, long_ago) == [("time", "too_long_ago")]


def test_instants_stand_in_the_record_in_utc(cities: Cities, changing: City) -> None:
    recorded = told(cities, changing, BEFORE, BEFORE)

    assert isinstance(recorded, Recorded)
    office = cities.office(INTAKE, changing)
    with office.database.connection() as connection:
        (record,) = (
            connection.execute("SELECT record FROM events_intake WHERE id = %s", (recorded.id,)).fetchone() or ()
        )
    assert record.count(b'"2027-03-31T14:50:00Z"') == 3  # occurred, recorded, submitted
    assert b"+09:00" not in record


def test_a_pack_in_the_log_that_a_newer_vocabulary_outgrew_can_still_be_read(
    cities: Cities, new_city: Callable[..., City]
) -> None:
    city = new_city("outgrown")
    content = AOMORI.read_text(encoding="utf-8")
    start = content.index("[deadlines.first_contact]")
    end = content.index("[deadlines.", start + 1)
    older = content[:start] + content[end:]
    adopt_pack(city, older.encode(), posing_as("older"), approver="市長", reference="企連第3号")

    assert "first_contact" not in cities.office(INTAKE, city).pack().deadlines


def test_a_pack_that_cannot_be_read_holds_what_needs_it(cities: Cities, new_city: Callable[..., City]) -> None:
    city = new_city("unreadable")
    strange = AOMORI.read_bytes() + b"\n[strange]\nkey = 1\n"
    adopt_pack(city, strange, posing_as("strange"), approver="市長", reference="企連第4号")
    office = cities.office(INTAKE, city)

    with pytest.raises(PackUnreadable):
        office.pack()
