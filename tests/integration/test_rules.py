"""The rules in force, as services read them from the log."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import uuid4

import pytest

from apps.provisioning.city import Installation, admit_portal, adopt_pack
from desk.office import Office
from desk.packs import load_pack
from desk.rules import NoPackInForce
from eventstore.city import City
from services.administration.declaration import ADMINISTRATION
from services.intake.declaration import INTAKE
from services.matching.declaration import MATCHING
from tests.cities import THIRD_CITY, Cities

FIRST_DAY = date(2026, 10, 1)


def adopt(city: City, version: str, effective_from: date) -> str:
    """Adopts the third city's pack as another version from a day on; gives its digest."""
    content = THIRD_CITY.read_bytes()
    content = content.replace(b'version = "2026-10.2"', f'version = "{version}"'.encode(), 1)
    content = content.replace(b"effective_from = 2026-10-01", f"effective_from = {effective_from}".encode(), 1)
    pack = load_pack(content, origin="test")
    assert pack.version == version
    adopt_pack(city, content, pack, approver="市長", reference="企連第2号")
    return pack.digest


@pytest.fixture
def third(new_city: Callable[..., City]) -> City:
    return new_city("third", THIRD_CITY)


@pytest.fixture(params=[ADMINISTRATION, INTAKE], ids=["own", "foreign"])
def office(request: pytest.FixtureRequest, cities: Cities, third: City) -> Office:
    """The service that owns the log of packs, and one that reads it."""
    return cities.office(request.param, third)


@pytest.mark.row("S73", "N5")
def test_the_pack_in_force_is_the_latest_that_is_effective_on_the_day(office: Office, third: City) -> None:
    adopt(third, "2027-04", date(2027, 4, 1))

    assert office.rules.in_force(FIRST_DAY).version == "2026-10.2"
    assert office.rules.in_force(date(2027, 3, 31)).version == "2026-10.2"
    assert office.rules.in_force(date(2027, 4, 1)).version == "2027-04"


def test_before_the_first_day_no_pack_is_in_force(office: Office) -> None:
    with pytest.raises(NoPackInForce):
        office.rules.in_force(FIRST_DAY - timedelta(days=1))


def test_of_equal_days_the_pack_that_was_adopted_last_is_in_force(office: Office, third: City) -> None:
    adopt(third, "2026-10.3", FIRST_DAY)
    adopt(third, "2026-10", FIRST_DAY)

    assert office.rules.in_force(FIRST_DAY).version == "2026-10"


def test_a_pack_for_an_earlier_day_does_not_replace_a_later_one(office: Office, third: City) -> None:
    adopt(third, "2026-09", date(2026, 9, 20))

    assert office.rules.in_force(FIRST_DAY).version == "2026-10.2"
    assert office.rules.in_force(FIRST_DAY - timedelta(days=1)).version == "2026-09"


def test_what_is_adopted_later_is_seen_without_starting_again(office: Office, third: City) -> None:
    assert office.rules.in_force(FIRST_DAY).version == "2026-10.2"

    digest = adopt(third, "2026-10.3", FIRST_DAY)

    assert office.rules.in_force(FIRST_DAY).digest == digest


def test_a_portal_is_known_once_it_is_admitted(office: Office, third: City, installation: Installation) -> None:
    name = f"portal-{uuid4().hex[:8]}"
    assert office.rules.portal(name) is None

    admit_portal(installation, third, name)

    assert office.rules.portal(name) is not None
    assert office.rules.portal(name) == office.rules.portal(name)
    for other in (None, "", name.upper(), f"{name} ", "city-portal"):
        assert office.rules.portal(other) is None


def test_a_city_without_a_pack_says_so(cities: Cities) -> None:
    bare = cities.stripped([ADMINISTRATION, INTAKE, MATCHING])

    with pytest.raises(NoPackInForce):
        cities.office(INTAKE, bare).pack()
