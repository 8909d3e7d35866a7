"""The day on which a submission counts: intake's, in Tokyo; for a portal that the city runs, the portal's own."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from apps.provisioning.city import Installation
from desk.portal.reactions import PortalReactions
from eventstore.city import City
from eventstore.parked import Delivery
from eventstore.records import StreamId
from services.intake.declaration import INTAKE
from services.intake.reactions.portal import portal_reactions
from services.intake.reception import Reception
from tests.cities import Cities, FrozenClock
from tests.portals import admitted, as_body, inquiry, proposal

TOKYO = ZoneInfo("Asia/Tokyo")
LAST_MINUTE = datetime(2026, 11, 22, 23, 59, tzinfo=TOKYO)
CITY_RUN, OTHER = "city-portal", "days-portal"


@pytest.fixture(scope="module")
def moving() -> FrozenClock:
    """The clock of the module's office."""
    return FrozenClock()


@pytest.fixture(scope="module")
def reactions(cities: Cities, city: City, installation: Installation, moving: FrozenClock) -> PortalReactions:
    """Intake's reactions in a city with both kinds of portal."""
    for portal in (CITY_RUN, OTHER):
        admitted(installation, city, portal)
    office = cities.office(INTAKE, city, moving)
    return portal_reactions(office, Reception(office))


@pytest.fixture
def received_on(reactions: PortalReactions, moving: FrozenClock) -> Callable[..., str]:
    """`received_on(message, portal, at)`: the day that the portal is told."""

    def told(message: dict[str, Any], portal: str, at: datetime) -> str:
        moving.instant = at.astimezone(UTC)
        return answered(reactions, message, portal)["data"]["received_on"]

    return told


def answered(reactions: PortalReactions, message: dict[str, Any], portal: str) -> dict[str, Any]:
    delivery = Delivery(
        body=as_body({**message, "source": f"/portals/{portal}"}),
        content_type="application/json",
        routing_key=message["type"],
        user_id=portal,
    )
    return reactions.answer(delivery).event


@pytest.mark.row("S17")
@pytest.mark.parametrize("build", [proposal, inquiry])
def test_a_submission_counts_on_the_day_in_tokyo_on_which_intake_has_it(
    received_on: Callable[..., str], build: Callable[[], dict[str, Any]]
) -> None:
    assert received_on(build(), OTHER, LAST_MINUTE) == "2026-11-22"
    assert received_on(build(), OTHER, LAST_MINUTE + timedelta(minutes=2)) == "2026-11-23"


@pytest.mark.row("S17")
@pytest.mark.parametrize("day", [datetime(2026, 11, 23, 3, 0, tzinfo=TOKYO), datetime(2027, 1, 1, 0, 0, tzinfo=TOKYO)])
def test_nights_and_holidays_count(received_on: Callable[..., str], day: datetime) -> None:
    assert received_on(proposal(), OTHER, day) == day.date().isoformat()


@pytest.mark.row("S17")
def test_for_a_portal_that_the_city_runs_the_portal_s_own_instant_counts(received_on: Callable[..., str]) -> None:
    days_ago = {**proposal(), "time": "2026-11-19T23:59:00+09:00"}

    assert received_on(days_ago, CITY_RUN, LAST_MINUTE) == "2026-11-19"
    assert received_on({**proposal(), "time": "2026-11-19T23:59:00Z"}, CITY_RUN, LAST_MINUTE) == "2026-11-20"


def test_for_any_other_portal_its_own_instant_does_not_count(received_on: Callable[..., str]) -> None:
    assert received_on({**proposal(), "time": "2026-11-19T23:59:00+09:00"}, OTHER, LAST_MINUTE) == "2026-11-22"


def test_no_portal_s_instant_counts_from_the_future(received_on: Callable[..., str]) -> None:
    for ahead in (timedelta(seconds=1), timedelta(minutes=2), timedelta(days=300)):
        message = {**proposal(), "time": (LAST_MINUTE + ahead).isoformat()}
        assert received_on(message, CITY_RUN, LAST_MINUTE) == "2026-11-22"
    assert received_on({**proposal(), "time": LAST_MINUTE.isoformat()}, CITY_RUN, LAST_MINUTE) == "2026-11-22"


def test_both_instants_are_kept(reactions: PortalReactions, moving: FrozenClock, cities: Cities, city: City) -> None:
    moving.instant = LAST_MINUTE.astimezone(UTC)
    told = answered(reactions, {**proposal(), "time": "2026-11-19T10:00:00+09:00"}, OTHER)

    stream = StreamId("proposal", UUID(told["data"]["proposal_id"]))
    (recorded,) = cities.office(INTAKE, city).store.load(stream).events

    assert recorded.recorded_at == moving.instant
    assert recorded.event.submitted_at == datetime(2026, 11, 19, 1, 0, tzinfo=UTC)


@pytest.mark.row("S17")
def test_the_day_stays_whenever_the_submission_is_repeated(reactions: PortalReactions, moving: FrozenClock) -> None:
    message = proposal()
    moving.instant = LAST_MINUTE.astimezone(UTC)
    first = answered(reactions, message, OTHER)

    moving.advance(timedelta(days=40))

    assert answered(reactions, message, OTHER) == first
